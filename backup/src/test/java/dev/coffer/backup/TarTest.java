package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup as a tar archive, unpacked by GNU tar. */
class TarTest {
  private static final Predicate<String> ALL = path -> true;

  @TempDir private Path home;
  private Sandbox sandbox;
  private Path back;

  @BeforeEach
  void make() throws Exception {
    boolean installed = ToolRun.isInstalled("tar");
    if (!installed) {
      System.out.println("SKIPPED TarTest: the program tar is not installed");
    }
    assumeTrue(installed, "tar is not installed");
    sandbox = new Sandbox(home.toRealPath());
    back = Files.createDirectories(home.resolve("back"));
  }

  private RestoreReport dump(Predicate<String> wanted) throws Exception {
    SnapshotId newest = sandbox.open().names().get(0);
    try (OutputStream out = Files.newOutputStream(home.resolve("dump.tar"))) {
      return sandbox.open().writeTar(newest, wanted, out);
    }
  }

  private void unpack() throws Exception {
    Path archive = home.resolve("dump.tar");
    ToolRun run =
        ToolRun.of(
            home,
            "tar",
            "--warning=no-timestamp",
            "-xpf",
            archive.toString(),
            "-C",
            back.toString());
    assertEquals("", run.errors());
  }

  private static void flip(Path object) throws Exception {
    byte[] octets = Files.readAllBytes(object);
    octets[octets.length / 2] ^= 1;
    Files.write(object, octets);
  }

  @Test
  void everythingComesBackAsItWas() throws Exception {
    sandbox.fill();
    String name = "long/" + "x".repeat(150) + "/" + "ü".repeat(100);
    sandbox.write(name, Sandbox.prose(1, 700));
    Path old = sandbox.write("old", Sandbox.prose(2, 70));
    Files.setLastModifiedTime(old, FileTime.from(Instant.parse("1969-12-31T23:59:58.5Z")));
    Files.createSymbolicLink(sandbox.data.resolve("far"), Path.of("small/" + "y".repeat(180)));
    Files.createLink(sandbox.data.resolve("zz further name"), sandbox.data.resolve(name));
    sandbox.backup();
    RestoreReport report = dump(ALL);
    assertEquals(List.of(), report.problems());
    assertEquals(List.of(), report.omitted());
    unpack();
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(back));
    Object key = Files.getAttribute(back.resolve(name), "unix:ino", LinkOption.NOFOLLOW_LINKS);
    assertEquals(key, Files.getAttribute(back.resolve("zz further name"), "unix:ino"));
  }

  @Test
  void aFolderAloneAndAFileWhoseFirstNameLiesElsewhere() throws Exception {
    Path first = sandbox.write("a/first", Sandbox.prose(1, 700));
    sandbox.write("b/other", Sandbox.prose(2, 70));
    Files.createLink(sandbox.data.resolve("b/second"), first);
    Files.createLink(sandbox.data.resolve("b/third"), first);
    sandbox.backup();
    assertEquals(3, dump(path -> path.equals("b") || path.startsWith("b/")).filesRestored());
    unpack();
    assertFalse(Files.exists(back.resolve("a")));
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(back.resolve("b/third")));
    assertEquals(
        Files.getAttribute(back.resolve("b/second"), "unix:ino"),
        Files.getAttribute(back.resolve("b/third"), "unix:ino"));
  }

  @Test
  void nothingOfThatNameIsNoArchive() throws Exception {
    sandbox.fill();
    sandbox.backup();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotId newest = sandbox.open().names().get(0);
    BackupException none =
        assertThrows(
            BackupException.class,
            () -> sandbox.open().writeTar(newest, path -> path.equals("absent"), out));
    assertEquals(BackupException.Reason.NO_FILE, none.reason());
    assertEquals(0, out.size());
  }

  @Test
  void aDamagedFileIsLeftOutAndNamed() throws Exception {
    sandbox.write("a", Sandbox.noise(1, BackupLimits.SMALL_FILE_MAX + 1));
    Snapshot first = sandbox.backup().snapshot();
    List<Path> damaged = DataObjects.of(sandbox, first, "a");
    sandbox.write("b", Sandbox.prose(2, 700));
    Files.createLink(sandbox.data.resolve("c"), sandbox.data.resolve("a"));
    sandbox.backup();
    for (Path object : damaged) {
      flip(object);
    }
    RestoreReport report = dump(ALL);
    assertTrue(report.partial());
    assertEquals(List.of("a", "c"), report.problems().stream().map(Problem::subject).toList());
    unpack();
    assertFalse(Files.exists(back.resolve("a")));
    assertArrayEquals(Sandbox.prose(2, 700), Files.readAllBytes(back.resolve("b")));
  }

  @Test
  void inALargeDamagedFileTheArchiveBreaksOff() throws Exception {
    sandbox.write("a", Sandbox.noise(1, 10 * BackupLimits.PAGE));
    Snapshot snapshot = sandbox.backup().snapshot();
    flip(DataObjects.of(sandbox, snapshot, "a").get(9));
    BackupException broken = assertThrows(BackupException.class, () -> dump(ALL));
    assertEquals(BackupException.Reason.OBJECT_FAULT, broken.reason());
    ToolRun run = ToolRun.any(home, null, "tar", "-tf", home.resolve("dump.tar").toString());
    assertTrue(run.exit() != 0, new String(run.output(), StandardCharsets.UTF_8));
  }
}
