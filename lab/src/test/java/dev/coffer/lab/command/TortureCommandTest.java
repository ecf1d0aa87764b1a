package dev.coffer.lab.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A torture of an hour goes on while the tree that it came from is built anew. */
class TortureCommandTest {
  @TempDir private Path home;

  @Test
  void whatLiesInTheTreeIsCopiedAndLibrariesAreNot() throws Exception {
    Path source = Files.createDirectories(home.resolve("tree"));
    Path classes = Files.createDirectories(source.resolve("lab/target/classes/of"));
    Path loaded = Files.writeString(classes.resolve("A.class"), "as it was");
    Path library = Files.writeString(home.resolve("library.jar"), "");
    String classPath = source.resolve("lab/target/classes") + ":" + library;

    String copied = TortureCommand.copied(classPath, source, home.resolve("copies"));
    Files.delete(loaded);

    String[] entries = copied.split(":");
    assertEquals("as it was", Files.readString(Path.of(entries[0]).resolve("of/A.class")));
    assertEquals(library.toString(), entries[1]);
    assertEquals(2, entries.length);
  }
}
