package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.repository.SnapshotView;
import dev.coffer.backup.snapshot.SnapshotText;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * File lists that somebody with the key made to do harm: nothing is written outside the target, and
 * all else is restored.
 */
@Tag("long")
class HostileListTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @TempDir Path home;
  Sandbox sandbox;
  SealedObjects objects;
  String file;
  String piece;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
    objects = new SealedObjects(FolderStore.at(sandbox.repo), sandbox.key());
    DataName name = store(CONTENT);
    String hash = Bytes.wrap(Sha256.digest().digest(CONTENT)).hex();
    file = "f\t0644\t1700000000.000000000\t7\t" + hash + "\t-\t";
    piece = "p\t" + name.text() + "\t0\t7";
  }

  private DataName store(byte[] content) throws BackupException {
    DataName name = DataName.of(objects.mac(ObjectKind.DATA, content, content.length), 0);
    objects.write(name.path(), content, content.length);
    return name;
  }

  private SnapshotId snapshot(String... lines) throws Exception {
    byte[] list = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Piece page = new Piece(store(list), 0, list.length);
    SnapshotText contents =
        new SnapshotText(
            Instant.parse("2030-01-01T00:00:00Z"),
            "/x",
            List.of(),
            List.of(),
            1,
            1,
            0,
            7,
            0,
            0,
            "-",
            List.of(page));
    byte[] text = contents.text().getBytes(StandardCharsets.UTF_8);
    SnapshotId id =
        SnapshotId.of(contents.time(), objects.mac(ObjectKind.SNAPSHOT, text, text.length).hex());
    objects.write(id.path(), text, text.length);
    return id;
  }

  private RestoreReport restore(String... lines) throws Exception {
    SnapshotId id = snapshot(lines);
    return sandbox.open().restore(Optional.of(id), home.resolve("in/back"), ProgressListener.NONE);
  }

  private void assertOnlyGoodWritten() throws Exception {
    assertTrue(Files.exists(home.resolve("in/back/zz-good")), "the rest is restored");
    try (var paths = Files.list(home.resolve("in"))) {
      assertEquals(List.of(home.resolve("in/back")), paths.toList());
    }
  }

  @Test
  void pathsThatClimb() throws Exception {
    String[] paths = {
      "../evil",
      "/evil",
      "a/../../evil",
      "..",
      ".",
      "./evil",
      "a//evil",
      "a/",
      "/",
      "",
      "a/./evil",
      "\\0056\\0056/evil",
      "evil\\0000",
      "\\0057evil",
      "a\\0057b",
      "\\evil",
      "\\0777",
      "\\078"
    };
    for (String path : paths) {
      RestoreReport report = restore(file + path, piece, file + "zz-good", piece);
      assertTrue(report.partial(), path);
      assertOnlyGoodWritten();
    }
  }

  private BackupException.Reason refused(SnapshotId id, String path) {
    return assertThrows(
            BackupException.class,
            () -> sandbox.open().write(id, path, new ByteArrayOutputStream()))
        .reason();
  }

  @Test
  void aFileIsWrittenOutOnlyIfItHasItsHash() throws Exception {
    String other = file.replaceFirst("[0-9a-f]{64}", "0".repeat(64));
    SnapshotId id = snapshot(other + "false", piece, file + "good", piece);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    sandbox.open().write(id, "good", out);
    assertArrayEquals(CONTENT, out.toByteArray());
    assertEquals(BackupException.Reason.OBJECT_FAULT, refused(id, "false"));
    assertEquals(BackupException.Reason.NO_FILE, refused(id, "none"));
    SnapshotId unclear = snapshot("what is this", file + "good", piece);
    assertEquals(BackupException.Reason.OBJECT_FAULT, refused(unclear, "none"));
  }

  /** Nor does an archive lead anywhere, whatever unpacks it. */
  @Test
  void noArchiveHasAnythingBelowALinkOrFile() throws Exception {
    SnapshotId id =
        snapshot(
            file + "above",
            piece,
            file + "above/evil",
            piece,
            "l\t-\t-\t-\t-\t/outside\tdir",
            "n\t-\t-\t-\t-\tACCESS_LIST\tdir",
            "d\t0755\t1700000000.000000000\t-\t-\t-\tdir/evil",
            file + "dir/evil/evil",
            piece,
            "h\t-\t-\t7\t" + file.split("\t")[4] + "\tabove\tfurther",
            "n\t-\t-\t-\t-\tUNSUPPORTED\tfurther",
            file + "further/evil",
            piece,
            file + "zz-good",
            piece);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RestoreReport report = sandbox.open().writeTar(id, path -> true, out);
    assertEquals(
        List.of("above/evil", "dir/evil", "dir/evil/evil", "further/evil"),
        report.problems().stream().map(Problem::subject).toList());
    String archive = out.toString(StandardCharsets.ISO_8859_1);
    assertTrue(archive.contains("zz-good"));
    assertFalse(archive.contains("evil"));
  }

  @Test
  void noArchiveHasALinkOrFileInThePlaceOfAll() throws Exception {
    for (String top : List.of("l\t-\t-\t-\t-\t/outside\t.", file + ".\n" + piece)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      SnapshotId id = snapshot(top, file + "zz-good", piece);
      RestoreReport report = sandbox.open().writeTar(id, path -> true, out);
      assertEquals(List.of("."), report.problems().stream().map(Problem::subject).toList());
      String archive = out.toString(StandardCharsets.ISO_8859_1);
      assertTrue(archive.contains("zz-good") && !archive.contains("/outside"));
    }
  }

  @Test
  void aFurtherNameLeadsToNoOther() throws Exception {
    String further = "h\t-\t-\t7\t" + file.split("\t")[4] + "\t";
    SnapshotId id =
        snapshot(
            file + "a",
            piece,
            further + "a\tb",
            further + "b\tc",
            further + "d\td",
            file + "zz-good",
            piece);
    SnapshotView view = SnapshotView.of(sandbox.open(), id);
    for (String name : List.of("a", "b", "zz-good")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      view.write(view.find(name).orElseThrow(), 0, 7, out);
      assertArrayEquals(CONTENT, out.toByteArray(), name);
    }
    for (String name : List.of("c", "d")) {
      SnapshotView.Node node = view.find(name).orElseThrow();
      BackupException refused =
          assertThrows(
              BackupException.class, () -> view.write(node, 0, 7, new ByteArrayOutputStream()));
      assertEquals(BackupException.Reason.OBJECT_FAULT, refused.reason(), name);
    }
  }

  @Test
  void filesBelowALinkOfTheSameList() throws Exception {
    Path outside = Files.createDirectories(home.resolve("outside"));
    RestoreReport report =
        restore(
            "l\t-\t-\t-\t-\t" + outside + "\tdir",
            file + "dir/evil",
            piece,
            file + "zz-good",
            piece);
    assertTrue(report.partial());
    assertFalse(Files.exists(outside.resolve("evil")));
    assertOnlyGoodWritten();
    // Once more over the result, where the list's other reading, the link, may stand by now.
    Files.deleteIfExists(home.resolve("in/back/dir/evil"));
    Files.deleteIfExists(home.resolve("in/back/dir"));
    Files.createSymbolicLink(home.resolve("in/back/dir"), outside);
    restore(
        "d\t0755\t1700000000.000000000\t-\t-\t-\tdir",
        file + "dir/evil",
        piece,
        file + "zz-good",
        piece);
    assertFalse(Files.exists(outside.resolve("evil")));
  }

  @Test
  void aLinkInThePlaceOfAFile() throws Exception {
    Path victim = Files.writeString(home.resolve("victim"), "mine");
    Files.createDirectories(home.resolve("in/back"));
    Files.createSymbolicLink(home.resolve("in/back/x"), victim);
    RestoreReport report = restore(file + "x", piece, file + "zz-good", piece);
    assertEquals(Problem.Kind.CONFLICT, report.problems().get(0).kind());
    assertEquals("mine", Files.readString(victim));
    assertOnlyGoodWritten();
  }

  @Test
  void linesThatAreNonsense() throws Exception {
    String[] lines = {
      "",
      "f",
      "x\ta\tb\tc\td\te\tf",
      "f\t0644\t1\t7\tzz\t-\tx",
      "f\t644\t1700000000.000000000\t7\t" + "0".repeat(64) + "\t-\tx",
      file.replace("\t7\t", "\t-7\t") + "x",
      file.replace("\t7\t", "\t07\t") + "x",
      file.replace("\t7\t", "\t99999999999999999999\t") + "x",
      file.replace("1700000000", "99999999999999") + "x",
      "d\t0755\t-\t-\t-\t-\tx",
      "l\t-\t-\t-\t-\t\tx",
      file + "x\textra",
    };
    for (String line : lines) {
      RestoreReport report = restore(line, file + "zz-good", piece);
      assertTrue(report.partial(), line);
      assertOnlyGoodWritten();
    }
  }

  @Test
  void piecesThatDoNotFit() throws Exception {
    String name = piece.split("\t")[1];
    String[] pieces = {
      "p\t" + name + "\t0\t8",
      "p\t" + name + "\t1\t7",
      "p\t" + name + "\t-1\t7",
      "p\t" + name + "\t0\t0",
      "p\t" + name + "\t0\t6",
      "p\t" + "0".repeat(64) + "\t0\t7",
      "p\t" + name + "-1\t0\t7",
      "p\t" + name + "\t2147483647\t7",
      "p\t../../x\t0\t7",
      "",
      "p",
    };
    for (String bad : pieces) {
      RestoreReport report = restore(file + "x", bad, file + "zz-good", piece);
      assertTrue(report.partial(), bad);
      assertFalse(Files.exists(home.resolve("in/back/x")), bad);
      assertOnlyGoodWritten();
    }
  }

  @Test
  void pathsOutOfOrderOrTwice() throws Exception {
    RestoreReport report =
        restore(file + "b", piece, file + "a", piece, file + "b", piece, file + "zz-good", piece);
    assertEquals(2, report.problems().size());
    assertFalse(Files.exists(home.resolve("in/back/a")));
    assertOnlyGoodWritten();
  }

  @Test
  void directoriesNestedBeyondTheLimit() throws Exception {
    RestoreReport report = restore(file + "d/".repeat(300) + "x", piece, file + "zz-good", piece);
    assertTrue(report.partial());
    assertOnlyGoodWritten();
  }

  @Test
  void setUserIdBitsNeedTheirOwner() throws Exception {
    RestoreReport report =
        restore(file.replace("0644", "4755") + "x", piece, file + "zz-good", piece);
    assertEquals(Problem.Kind.NOT_KEPT, report.notices().get(0).kind());
    assertEquals(0755, FileVersion.of(home.resolve("in/back/x")).mode());
    assertOnlyGoodWritten();
  }
}
