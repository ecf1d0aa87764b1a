package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.RestoreOptions.Owners;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.tree.FileVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What file systems keep beside content: it comes back, or its loss is said. */
@Tag("long")
class KeptAttributesTest {
  @TempDir Path home;
  Sandbox sandbox;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
  }

  private RestoreReport restore(String to, Owners owners) throws BackupException {
    return sandbox
        .open()
        .restore(
            Optional.empty(),
            home.resolve(to),
            RestoreOptions.standard().withOwners(owners),
            ProgressListener.NONE);
  }

  private static void mode(Path file, int mode) throws IOException {
    Files.setAttribute(file, "unix:mode", mode);
  }

  @Test
  void specialBits() throws Exception {
    mode(sandbox.write("tool", Sandbox.prose(1, 10)), 04755);
    mode(sandbox.write("team/file", Sandbox.prose(2, 10)).getParent(), 02775);
    mode(sandbox.write("shared/file", Sandbox.prose(3, 10)).getParent(), 01777);
    assertEquals(List.of(), sandbox.backup().notices());
    assertEquals(List.of(), restore("back", Owners.IF_ADMINISTRATOR).notices());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
    assertEquals(04755, FileVersion.of(home.resolve("back/tool")).mode());
    assertEquals(02775, FileVersion.of(home.resolve("back/team")).mode());
    assertEquals(01777, FileVersion.of(home.resolve("back/shared")).mode());
  }

  @Test
  void ownersByTheAdministratorAndAWordOtherwise() throws Exception {
    Path file = sandbox.write("of another", Sandbox.prose(1, 10));
    Path link = Files.createSymbolicLink(sandbox.data.resolve("link"), Path.of("x"));
    try {
      Files.setAttribute(file, "unix:uid", 12345);
      Files.setAttribute(file, "unix:gid", 54321);
      Files.setAttribute(link, "unix:uid", 12345, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      assumeTrue(false, "this user may not give files away");
    }
    mode(file, 04755);
    sandbox.backup();
    assertEquals(List.of(), restore("back", Owners.IF_ADMINISTRATOR).notices());
    assertEquals(
        FileVersion.of(file).owner(), FileVersion.of(home.resolve("back/of another")).owner());
    assertEquals(04755, FileVersion.of(home.resolve("back/of another")).mode());
    assertEquals(
        12345,
        Files.getAttribute(home.resolve("back/link"), "unix:uid", LinkOption.NOFOLLOW_LINKS));
    List<Problem> said = restore("mine", Owners.NEVER).notices();
    assertEquals(2, said.size(), "one line a kind");
    assertTrue(said.get(0).sentence().contains("owners and groups of 2 entries"), said.toString());
    assertTrue(said.get(1).sentence().contains("set-user-id"), said.toString());
    assertEquals(0755, FileVersion.of(home.resolve("mine/of another")).mode());
  }

  @Test
  void extendedAttributes() throws Exception {
    Path file = sandbox.write("tagged", Sandbox.prose(1, 10));
    byte[] value = {0, 1, (byte) 0xff, '\n', '\t'};
    try {
      view(file).write("tag with space", ByteBuffer.wrap(value));
      view(sandbox.data).write("of the directory", ByteBuffer.wrap(new byte[0]));
    } catch (IOException e) {
      assumeTrue(false, "this file system has no extended attributes");
    }
    sandbox.backup();
    assertEquals(List.of(), restore("back", Owners.NEVER).notices());
    UserDefinedFileAttributeView back = view(home.resolve("back/tagged"));
    ByteBuffer read = ByteBuffer.allocate(back.size("tag with space"));
    back.read("tag with space", read);
    assertArrayEquals(value, read.array());
    assertEquals(List.of("of the directory"), view(home.resolve("back")).list());
    // Unchanged content, another attribute: no file is read, and the new one is kept.
    view(file).write("second", ByteBuffer.wrap(value));
    sandbox.backup();
    restore("again", Owners.NEVER);
    assertEquals(
        Set.of("tag with space", "second"),
        new TreeSet<>(view(home.resolve("again/tagged")).list()));
  }

  private static UserDefinedFileAttributeView view(Path path) {
    return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
  }

  @Test
  void hardLinks() throws Exception {
    Path first = sandbox.write("a/first", Sandbox.noise(1, BackupLimits.PAGE + 5));
    Files.createDirectory(sandbox.data.resolve("b"));
    Files.createLink(sandbox.data.resolve("b/second"), first);
    Files.createLink(sandbox.data.resolve("third"), first);
    BackupReport report = sandbox.backup();
    assertEquals(3, report.files());
    assertEquals(BackupLimits.PAGE + 5, report.bytesRead(), "read once");
    RestoreReport restored = restore("back", Owners.NEVER);
    assertEquals(List.of(), restored.problems());
    assertEquals(3, restored.filesRestored());
    Object key = FileVersion.of(home.resolve("back/a/first")).key();
    assertEquals(key, FileVersion.of(home.resolve("back/b/second")).key());
    assertEquals(key, FileVersion.of(home.resolve("back/third")).key());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
    assertEquals(3, restore("back", Owners.NEVER).filesPresent());
    RestoreOptions one =
        RestoreOptions.standard().withOwners(Owners.NEVER).withWanted(path -> path.equals("third"));
    RestoreReport part =
        sandbox.open().restore(Optional.empty(), home.resolve("part"), one, ProgressListener.NONE);
    assertEquals(List.of(), part.problems());
    assertEquals(2, part.filesRestored(), "the one that has the content, too");
    assertFalse(Files.exists(home.resolve("part/b")));
    // Where the first name cannot be restored, the others are named.
    for (Path object :
        DataObjects.of(sandbox, sandbox.open().snapshots().snapshots().get(0), "a/first")) {
      Files.delete(object);
    }
    assertEquals(3, restore("damaged", Owners.NEVER).problems().size());
  }

  @Test
  void holes() throws Exception {
    Path sparse = sandbox.data.resolve("sparse");
    try (FileChannel out =
        FileChannel.open(sparse, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(Sandbox.noise(1, 5000)), 10L * BackupLimits.PAGE + 77);
      out.write(ByteBuffer.allocate(1), 20L * BackupLimits.PAGE);
    }
    sandbox.write("zeros", new byte[100_000]);
    sandbox.backup();
    assertEquals(List.of(), restore("back", Owners.NEVER).problems());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
    ToolRun blocks =
        ToolRun.any(
            home,
            null,
            "stat",
            "-c",
            "%b",
            home.resolve("back/sparse").toString(),
            home.resolve("back/zeros").toString());
    assumeTrue(blocks.exit() == 0, "stat does not tell blocks here");
    for (String line :
        new String(blocks.output(), java.nio.charset.StandardCharsets.UTF_8).lines().toList()) {
      assertTrue(Long.parseLong(line.strip()) <= 64, "512-octet blocks: " + line);
    }
  }

  @Test
  void nothingIsWiderWhileItIsRestored() throws Exception {
    Path secret = sandbox.write("secret/file", Sandbox.noise(1, 3 * BackupLimits.PAGE));
    mode(secret, 0600);
    mode(secret.getParent(), 0700);
    mode(sandbox.data, 0700);
    sandbox.backup();
    List<String> seen = new ArrayList<>();
    ProgressListener watching =
        progress -> {
          try (var paths = Files.walk(home.resolve("back"))) {
            for (Path path : (Iterable<Path>) paths::iterator) {
              seen.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    sandbox.open().restore(Optional.empty(), home.resolve("back"), watching);
    assertTrue(seen.size() > 10);
    assertTrue(seen.stream().allMatch(mode -> mode.endsWith("------")), seen.toString());
  }

  @Test
  void aRepositoryOfTheFirstFormatIsReadAndContinued() throws Exception {
    // Made before snapshots knew owners: the text is the format.
    sandbox.write("file", Sandbox.prose(1, 1000));
    sandbox.backup();
    FolderStore store = FolderStore.at(sandbox.repo);
    OldFormat.rewrite(store, sandbox);
    RestoreReport restored = restore("back", Owners.IF_ADMINISTRATOR);
    assertEquals(List.of(), restored.problems());
    assertEquals(0, restored.snapshot().omitted());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(home.resolve("back")));
    BackupReport next = sandbox.backup();
    assertEquals(1, next.filesUnchanged());
    assertEquals(2, sandbox.open().snapshots().snapshots().size());
  }
}
