package dev.coffer.ceremony.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.SampleSettings;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anybody checks what is left of a ceremony. */
class VerificationTest {
  @TempDir private Path folder;

  private static Verification verify(Path record) {
    return Verification.of(new DirectoryFolder(record), World.SIGNATURES);
  }

  /** There is no file whose change or loss goes unnoticed. */
  @Test
  void everyFileCounts() throws Exception {
    try (World world = new World(folder, 3)) {
      world.goRound();
      assertTrue(verify(world.stick()).holds());
      List<Path> files;
      try (Stream<Path> listed = Files.list(world.stick())) {
        files = listed.sorted().toList();
      }
      assertTrue(files.size() > 20, files.toString());
      for (Path file : files) {
        byte[] whole = Files.readAllBytes(file);
        Files.delete(file);
        assertFalse(verify(world.stick()).holds(), "without " + file);
        for (int at : new int[] {0, whole.length / 2, whole.length - 1}) {
          byte[] changed = whole.clone();
          changed[at] ^= 1;
          Files.write(file, changed);
          assertFalse(verify(world.stick()).holds(), file + " changed at " + at);
        }
        // Every file but fleet.bin is a text, of which no line ends in another way.
        byte[] returned = whole.clone();
        for (int at = 0; at < whole.length; at++) {
          returned[at] = whole[at] == '\n' ? (byte) '\r' : whole[at];
          if (whole[at] == '\n' && at < 400) {
            byte[] one = whole.clone();
            one[at] = '\r';
            Files.write(file, one);
            assertFalse(verify(world.stick()).holds(), file + " with a return at " + at);
          }
        }
        assertTrue(
            !Arrays.equals(whole, returned) || file.endsWith(Verification.FLEET), file.toString());
        if (!Arrays.equals(whole, returned)) {
          Files.write(file, returned);
          assertFalse(verify(world.stick()).holds(), file + " with returns alone");
        }
        Files.write(file, whole);
      }
      assertTrue(verify(world.stick()).holds());
    }
  }

  /** Two ceremonies of one plan: no part of one passes for the other's. */
  @Test
  void noPartOfAnotherCeremonyPasses() throws Exception {
    Path other = Files.createDirectories(folder.resolve("other"));
    try (World one = new World(folder, 3);
        World two = new World(other, 3)) {
      one.goRound();
      two.goRound();
      try (Stream<Path> listed = Files.list(two.stick())) {
        for (Path theirs : listed.sorted().toList()) {
          Path ours = one.stick().resolve(theirs.getFileName());
          byte[] whole = Files.readAllBytes(ours);
          Files.write(ours, Files.readAllBytes(theirs));
          boolean same = Arrays.equals(whole, Files.readAllBytes(theirs));
          assertTrue(same == verify(one.stick()).holds(), theirs.toString());
          Files.write(ours, whole);
        }
      }
    }
  }

  @Test
  void fewerSignaturesThanThePlanAsksForAreTooFew() throws Exception {
    String settings = SampleSettings.of(3, "yes") + "signatures-needed = 2\n";
    try (World world = new World(folder, World.plan(folder, settings))) {
      world.goRound();
      Files.delete(world.stick().resolve("signature-person-1.sig"));
      assertTrue(verify(world.stick()).holds());
      Files.delete(world.stick().resolve("signature-person-2.sig"));
      Verification verification = verify(world.stick());
      assertTrue(
          verification.checks().getLast().objection().orElseThrow().startsWith("1 of 3"),
          verification.checks().toString());
    }
  }
}
