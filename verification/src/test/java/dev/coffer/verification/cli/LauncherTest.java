package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code coffer} in a tree of its own, with a program in Java's place that tells. */
class LauncherTest {
  @TempDir private Path directory;
  private Path tree;
  private Path jdk;

  @BeforeEach
  void plant() throws IOException {
    tree = directory.resolve("tree");
    jdk = directory.resolve("jdk");
    Path dist = tree.resolve("lab/target/dist");
    Files.createDirectories(dist.resolve("run-1"));
    Files.writeString(dist.resolve("built"), "1");
    Files.createDirectories(tree.resolve(".mvn"));
    Files.copy(repository().resolve("coffer"), tree.resolve("coffer"));
    Files.copy(repository().resolve(".mvn/jdk.sh"), tree.resolve(".mvn/jdk.sh"));
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    program("javac", "");
    program("java", "for last; do :; done\necho \"ran $last\" || exit 10\ncat\n");
  }

  private static Path repository() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(at.resolve("coffer"))) {
      at = at.getParent();
    }
    return at;
  }

  private void program(String name, String script) throws IOException {
    Path file = jdk.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private record Ran(int status, String said) {}

  /** What a line of the shell does, below the directory. */
  private Ran shell(String line) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", line));
    builder.directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("COFFER_NO_BUILD", "1");
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), said);
  }

  @Test
  void startsThroughSymbolicLinks() throws Exception {
    Files.createDirectories(directory.resolve("bin"));
    Files.createSymbolicLink(directory.resolve("bin/first"), Path.of("../tree/coffer"));
    Files.createSymbolicLink(
        directory.resolve("coffer"), directory.resolve("bin/first").toAbsolutePath());
    assertEquals(new Ran(0, "ran help\n"), shell("tree/coffer help"));
    assertEquals(new Ran(0, "ran help\n"), shell("bin/first help"));
    assertEquals(new Ran(0, "ran help\n"), shell("./coffer help"));
    assertEquals(new Ran(0, "ran help\n"), shell("PATH=$PWD:$PATH; cd /; coffer help"));
  }

  /**
   * A backup may need as much as the machine has; what the user says of it comes last, and counts.
   */
  @Test
  void noCommandHasLessMemoryThanTheMachine() throws Exception {
    program("java", "printf '%s ' \"$@\"");
    for (String command : List.of("backup", "restore", "status")) {
      Ran ran = shell("tree/coffer " + command);
      assertFalse(ran.said().contains("-Xmx"), ran.said());
      Ran given = shell("COFFER_JAVA_OPTS=-Xmn5m tree/coffer " + command);
      assertEquals(given.said().indexOf("-Xmn5m"), given.said().lastIndexOf("-Xmn"), given.said());
    }
  }

  @Test
  void closedStreamsAreNoFiles() throws Exception {
    Ran unheard = shell("tree/coffer help >&-");
    assertEquals(10, unheard.status(), unheard.said());
    assertEquals(new Ran(0, "ran help\n"), shell("tree/coffer help <&-"));
    assertEquals(new Ran(0, "ran help\n"), shell("tree/coffer help 2>&-"));
    // What is opened next is neither of the three: it stays empty.
    program("java", "exec 9>>opened\necho out\necho err >&2\nread -r line\nexit 0\n");
    shell("tree/coffer help <&- >&- 2>&-");
    assertTrue(Files.exists(directory.resolve("opened")));
    assertEquals(0, Files.size(directory.resolve("opened")));
  }
}
