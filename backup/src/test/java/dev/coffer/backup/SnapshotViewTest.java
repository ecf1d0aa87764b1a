package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
