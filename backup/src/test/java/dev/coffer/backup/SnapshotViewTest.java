package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.repository.Repository;
import dev.coffer.backup.repository.SnapshotView;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree whose list has several pages: every file is found on its own. */
class SnapshotViewTest {
  private static final int FILES = 6_000;
  private static final String LONG = "x".repeat(220);

  @TempDir private Path home;
  private Sandbox sandbox;
  private Snapshot snapshot;

  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    for (int i = 0; i < FILES; i++) {
      sandbox.write(name(i), new byte[] {(byte) i, (byte) (i >> 8)});
    }
    Files.createLink(sandbox.data.resolve("zz"), sandbox.data.resolve(name(0)));
    snapshot = sandbox.backup().snapshot();
  }

  private static String name(int i) {
    return String.format(Locale.ROOT, "%d/%04d-%s", i % 3, i, LONG);
  }

  private static byte[] content(SnapshotView view, String path) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotView.Node node = view.find(path).orElseThrow();
    view.write(node, 0, node.size(), out);
    return out.toByteArray();
  }

  @Test
  void everyFileIsFound() throws Exception {
    assertTrue(DataObjects.listing(sandbox, snapshot).size() > 2, "several pages");
    SnapshotView view = SnapshotView.of(sandbox.open(), snapshot.id());
    assertEquals(FILES + 4, view.entries());
    assertEquals(0, view.damaged());
    assertEquals(4, view.find(".").orElseThrow().children().size());
    for (int i = 0; i < FILES; i += i % 100 == 0 ? 1 : 99) {
      assertArrayEquals(new byte[] {(byte) i, (byte) (i >> 8)}, content(view, name(i)), name(i));
    }
    assertArrayEquals(new byte[2], content(view, "zz"));
  }

  @Test
  void viewsKeepObjectsTogetherButNoFailures() throws Exception {
    Repository repository = sandbox.open();
    SnapshotView one = SnapshotView.of(repository, snapshot.id());
    Path object = DataObjects.of(sandbox, snapshot, name(1)).get(0);
    Path away = Files.move(object, sandbox.home.resolve("away"));
    assertEquals(
        BackupException.Reason.OBJECT_FAULT,
        assertThrows(BackupException.class, () -> content(one, name(1))).reason());
    Files.move(away, object);
    assertArrayEquals(new byte[] {1, 0}, content(one, name(1)));

    assertEquals(one.entries(), SnapshotView.of(repository, snapshot.id()).entries());
    List<Path> pages = DataObjects.listing(sandbox, snapshot);
    for (Path page : pages) {
      Files.delete(page);
    }
    // The last pages are in memory.
    SnapshotView another = SnapshotView.of(repository, snapshot.id());
    assertTrue(another.damaged() < pages.size() / 2, "" + another.damaged());
    assertTrue(another.entries() > one.entries() / 2, "" + another.entries());
  }

  /** What the lost page named is missing; the rest is where it was. */
  @Test
  void aPageThatIsLostCostsWhatItNamed() throws Exception {
    List<Path> pages = DataObjects.listing(sandbox, snapshot);
    Files.delete(pages.get(1));
    Repository repository = sandbox.open();
    SnapshotView view = SnapshotView.of(repository, snapshot.id());
    assertEquals(1, view.damaged());
    assertTrue(view.entries() > FILES / 4 && view.entries() < FILES, "" + view.entries());
    int read = 0;
    for (String directory : List.of("0", "1", "2")) {
      for (SnapshotView.Node file : view.find(directory).orElseThrow().children()) {
        if (read++ % 100 == 0) {
          int i = Integer.parseInt(file.name().substring(0, 4));
          assertArrayEquals(
              new byte[] {(byte) i, (byte) (i >> 8)}, content(view, directory + "/" + file.name()));
        }
      }
    }
    assertTrue(read > FILES / 4);
  }
}
