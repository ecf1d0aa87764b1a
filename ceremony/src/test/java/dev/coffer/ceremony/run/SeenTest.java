package dev.coffer.ceremony.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Founding;
import dev.coffer.ceremony.record.Seen;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each HSM signs the one transcript: nobody tells another story afterwards, not even all people.
 */
class SeenTest {
  private static final String CLAIM = "every HSM signed transcript.txt";

  @TempDir private Path folder;

  private static List<String> failed(World world) {
    return Verification.of(new DirectoryFolder(world.stick()), World.SIGNATURES).checks().stream()
        .filter(check -> check.objection().isPresent())
        .map(Verification.Check::claim)
        .toList();
  }

  /** People sign whatever lies there. */
  private static void rewrite(World world, Bytes text) throws IOException {
    Files.write(world.stick().resolve(Signatures.TRANSCRIPT), text.toByteArray());
    for (Participant participant : world.plan.participants()) {
      Files.write(
          world.stick().resolve(Signatures.file(participant)),
          World.sign(participant, text).toByteArray());
    }
  }

  private World founded(String exception) throws Exception {
    World world = new World(folder, 3);
    world.site(2).comeBy();
    world.site(2).command().except(exception);
    world.goRound();
    assertEquals(List.of(), failed(world));
    return world;
  }

  @Test
  void everyLineIsCovered() throws Exception {
    try (World world = founded("the door stood open")) {
      List<String> lines = Files.readAllLines(world.stick().resolve(Signatures.TRANSCRIPT));
      assertTrue(lines.size() > 20, lines.toString());
      for (int i = 0; i < lines.size(); i++) {
        for (String other :
            List.of(lines.get(i) + " ", lines.get(i).replaceFirst("[a-z0-9]", "_"))) {
          List<String> changed = new ArrayList<>(lines);
          changed.set(i, other);
          if (!changed.equals(lines)) {
            rewrite(world, ascii(String.join("\n", changed) + "\n"));
            assertTrue(failed(world).contains(CLAIM), other);
          }
        }
        List<String> missing = new ArrayList<>(lines);
        missing.remove(i);
        rewrite(world, ascii(String.join("\n", missing) + "\n"));
        assertTrue(failed(world).contains(CLAIM), "without " + lines.get(i));
      }
    }
  }

  /** A story that hangs together in itself, and that all people sign: the HSMs did not. */
  @Test
  void peopleAloneCannotRewriteWhatHappened() throws Exception {
    try (World world = founded("the door stood open")) {
      List<Transcript> told = new ArrayList<>();
      for (World.Site site : world.sites) {
        Path file = world.stick().resolve(Transcript.file(site.index));
        Bytes octets = Bytes.wrap(Files.readAllBytes(file));
        Transcript again = Transcript.begin(world.plan.hash(), site.index);
        for (Transcript.Entry entry :
            Transcript.parse(octets, world.plan.hash(), site.index).entries()) {
          if (!entry.step().equals(Transcript.EXCEPTION)) {
            again = again.append(Instant.parse(entry.time()), entry.step(), entry.what());
          }
        }
        Files.write(file, again.encode().toByteArray());
        told.add(again);
      }
      rewrite(world, Founding.transcript(world.plan, world.site(1).installed.orElseThrow(), told));
      assertEquals(List.of(CLAIM), failed(world));
    }
  }

  @Test
  void oneHsmsWordIsNoOthers() throws Exception {
    try (World world = founded("nothing")) {
      Path first = world.stick().resolve(Seen.file(1));
      byte[] own = Files.readAllBytes(first);
      Files.write(first, Files.readAllBytes(world.stick().resolve(Seen.file(2))));
      assertEquals(List.of(CLAIM), failed(world));
      Files.write(first, own);
      Files.delete(world.stick().resolve(Seen.file(3)));
      assertEquals(List.of(CLAIM), failed(world));
    }
  }

  /** One that does not hold is not taken, and no node file is written on it. */
  @Test
  void aForgedOneIsRefusedAndTheGoodOneComesLater() throws Exception {
    try (World world = new World(folder, 3)) {
      Path third = world.stick().resolve(Seen.file(3));
      for (int round = 0; round < 12 && !Files.exists(third); round++) {
        for (World.Site site : world.sites) {
          Standing unused = site.comeBy();
        }
      }
      byte[] good = Files.readAllBytes(third);
      String text = new String(good, StandardCharsets.US_ASCII);
      Files.write(third, ascii(text.replace("site 3", "site 2")).toByteArray());
      world.sign();
      // Judged as soon as there is a transcript to judge it by.
      CeremonyRefused refusal =
          assertThrows(
              CeremonyRefused.class,
              () -> {
                Standing unused = world.site(1).comeBy();
                unused = world.site(1).comeBy();
              });
      assertTrue(refusal.what().startsWith(Seen.file(3) + " is no signature"), refusal.what());
      assertFalse(Files.exists(world.site(1).own().resolve(Seen.file(3))));
      assertTrue(world.site(1).installed.isEmpty());
      Files.write(third, good);
      world.goRound();
      assertTrue(world.sites.stream().allMatch(site -> site.installed.isPresent()));
      assertEquals(List.of(), failed(world));
    }
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
