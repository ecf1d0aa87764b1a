package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.AtomicFile.Access;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private List<Path> files() throws IOException {
    try (var all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void replacesAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("a");
    AtomicFile.replace(file, new byte[] {1, 2}, Access.OWNER);
    AtomicFile.replace(file, new byte[] {3}, Access.OWNER);
    assertArrayEquals(new byte[] {3}, Files.readAllBytes(file));
    assertEquals(List.of(file), files());
    assertEquals("rw-------", mode(file));
  }

  @Test
  void anOwnersFileIsNeverWider() throws IOException {
    Path file = folder.resolve("a");
    Files.write(file, new byte[] {1});
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    AtomicFile.replace(file, new byte[] {2}, Access.OWNER);
    assertEquals("rw-------", mode(file), "the new content is the owner's from its first octet on");
  }

  @Test
  void anybodysFileFollowsTheUmask() throws IOException {
    Path usual = Files.write(folder.resolve("usual"), new byte[1]);
    Path ours = folder.resolve("ours");
    AtomicFile.replace(ours, new byte[1], Access.ANYBODY);
    assertEquals(mode(usual), mode(ours));
  }

  @Test
  void missingFoldersOfAnOwnersFileAreTheOwnersAlone() throws IOException {
    Path file = folder.resolve("x").resolve("y").resolve("a");
    AtomicFile.replace(file, new byte[] {7}, Access.OWNER);
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(file));
    assertEquals("rwx------", mode(folder.resolve("x")));
    assertEquals("rwx------", mode(folder.resolve("x").resolve("y")));
  }

  @Test
  void createsOnlyWhatIsNotThere() throws IOException {
    Path file = folder.resolve("a");
    AtomicFile.create(file, new byte[] {1}, Access.OWNER);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> AtomicFile.create(file, new byte[] {2}, Access.OWNER));
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void aReplacementThatFailsLeavesTheOldContentAndNoDraft() throws IOException {
    Path file = Files.createDirectory(folder.resolve("a"));
    Files.write(file.resolve("inside"), new byte[1]);
    assertThrows(IOException.class, () -> AtomicFile.replace(file, new byte[] {2}, Access.OWNER));
    assertEquals(List.of(file), files());
    assertTrue(Files.exists(file.resolve("inside")));
  }

  @Test
  void oneOfManyWritersWinsWhole() throws Exception {
    Path file = folder.resolve("a");
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> writers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        byte[] content = new byte[20_000];
        Arrays.fill(content, (byte) i);
        writers.add(() -> {
          AtomicFile.replace(file, content, Access.OWNER);
          byte[] seen = Files.readAllBytes(file);
          return seen.length == 20_000 && seen[0] == seen[19_999];
        });
      }
      for (Future<Boolean> writer : threads.invokeAll(writers)) {
        assertTrue(writer.get());
      }
    }
    assertEquals(List.of(file), files());
  }

  @Test
  void draftsOfTheDeadAreTakenAwayAndNothingElse() throws IOException {
    Path draft = Files.write(folder.resolve(".a.123.draft"), new byte[1]);
    Path kept = Files.write(folder.resolve("b.draft"), new byte[1]);
    assertTrue(AtomicFile.isDraft(draft));
    assertFalse(AtomicFile.isDraft(kept));
    AtomicFile.removeDrafts(folder);
    assertEquals(List.of(kept), files());
  }

  @Test
  void erasesWhatIsThere() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[200_000]);
    Path other = folder.resolve("other");
    Files.createLink(other, file);
    Files.write(file, "secret".repeat(20_000).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    AtomicFile.erase(file);
    AtomicFile.erase(file);
    assertFalse(Files.exists(file));
    assertArrayEquals(
        new byte[120_000], Files.readAllBytes(other), "overwritten, not just unlinked");
  }

  @Test
  void privateFoldersAreTheirOwners() throws IOException {
    Path made = AtomicFile.privateFolder(folder.resolve("x").resolve("y"));
    assertEquals("rwx------", mode(made));
    assertEquals("rwx------", mode(folder.resolve("x")));
    AtomicFile.privateFolder(made);
  }

  @Test
  void aLockKeepsOthersOut() throws IOException {
    Path file = folder.resolve("lock");
    try (FolderLock held = FolderLock.take(file).orElseThrow()) {
      assertTrue(FolderLock.take(file).isEmpty(), held.toString());
    }
    FolderLock.take(file).orElseThrow().close();
  }
}
