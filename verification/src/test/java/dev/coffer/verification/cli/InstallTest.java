package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code coffer install} makes works without the tree that it came from, and goes again. */
@Tag("long")
class InstallTest {
  private static final String DIGITS =
      "00112233 44556677 8899aabb ccddeeff 00112233 44556677 8899AABB ccddeeff 46 6a 0e 5c 18 79 5c dd";

  @TempDir private Path directory;
  private Path tree;

  /** A source tree in which these very classes are what was built last. */
  @BeforeEach
  void plant() throws IOException {
    tree = directory.resolve("tree");
    Path jars = Files.createDirectories(tree.resolve("lab/target/dist/run-1"));
    Files.writeString(tree.resolve("lab/target/dist/built"), "1");
    for (String file : List.of("coffer", "LICENSE", "NOTICE", ".mvn/jdk.sh", ".mvn/install.sh")) {
      Path copy = tree.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(repository().resolve(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
    }
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    int number = 0;
    for (String part : classPath.split(File.pathSeparator)) {
      Path entry = Path.of(part);
      if (Files.isDirectory(entry) && entry.endsWith("classes")) {
        Path jar = jars.resolve("coffer-" + entry.getName(entry.getNameCount() - 3) + "-x.jar");
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(System.out, System.err, "cf", jar.toString(), "-C", part, ".");
      } else if (part.endsWith(".jar")) {
        Files.copy(entry, jars.resolve(number++ + "-" + entry.getFileName()));
      }
    }
    Files.createDirectories(jars.resolve("hsm-image/bin"));
  }

  private static Path repository() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(at.resolve("coffer"))) {
      at = at.getParent();
    }
    return at;
  }

  /** What a line of the shell says, both streams together, below the directory. */
  private String shell(int status, String line) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", line));
    builder.directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("COFFER_NO_BUILD", "1");
    builder.environment().put("HOME", directory.resolve("user").toString());
    builder.environment().put("XDG_CONFIG_HOME", directory.resolve("user").toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.waitFor(), line + "\n" + said);
    return said;
  }

  @Test
  void worksWithoutItsTreeAndGoesAgain() throws Exception {
    assertTrue(shell(2, "tree/coffer install").contains("coffer install --prefix DIR"));
    Files.createDirectories(directory.resolve("p q/bin"));
    Files.writeString(directory.resolve("p q/bin/other"), "");
    String said = shell(0, "tree/coffer install --prefix 'p q'");
    assertTrue(said.contains("Installed: " + directory.toRealPath() + "/p q/bin/coffer"), said);
    Files.move(tree, directory.resolve("gone"));

    Files.createSymbolicLink(directory.resolve("c"), Path.of("p q/bin/coffer"));
    assertTrue(shell(0, "./c --version").startsWith("coffer "));
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.writeString(data.resolve("a"), "kept");
    String who = " --home h --account alice ";
    shell(0, "echo '" + DIGITS + "' | ./c key use --digits-stdin" + who);
    shell(0, "./c backup -r repo" + who + "data");
    shell(0, "./c restore -r repo" + who + "back");
    assertEquals("kept", Files.readString(directory.resolve("back/a")));
    assertTrue(shell(2, "./c demo").contains("There is no command coffer demo."));
    Path share = directory.resolve("p q/share");
    String completion = share + "/bash-completion/completions/coffer";
    assertTrue(Files.readString(Path.of(completion)).contains("change-code"));
    assertTrue(Files.readString(share.resolve("man/man1/coffer.1")).contains("change\\-code"));

    assertTrue(shell(10, "./c uninstall --prefix data").contains("There is no Coffer in "));
    crontab();
    shell(0, "PATH=$PWD/tools:$PATH ./c schedule -r repo --with crontab" + who + "data");
    Path program = directory.toRealPath().resolve("p q/lib/coffer/coffer");
    Path units = Files.createDirectories(directory.resolve("user/systemd/user"));
    Files.writeString(
        units.resolve("coffer-backup-x.service"), "ExecStart=\"" + program + "\" \"backup\"\n");
    Files.writeString(units.resolve("coffer-backup-y.service"), "ExecStart=\"/other/coffer\"\n");
    // Java may have gone before.
    Files.writeString(program.resolveSibling(".mvn/jdk.sh"), "find_jdk() { return 1; }\n");
    assertEquals("", shell(1, "./c --version"));
    String gone = shell(0, "PATH=$PWD/tools:$PATH ./c uninstall --prefix 'p q'");
    assertTrue(gone.contains("systemctl --user disable --now coffer-backup-x.timer"), gone);
    assertFalse(gone.contains("coffer-backup-y"), gone);
    assertTrue(gone.contains("A line of the crontab still starts it"), gone);
    assertTrue(gone.endsWith("Keys, settings and backups stay where they are.\n"), gone);
    try (Stream<Path> left = Files.walk(directory.resolve("p q"))) {
      List<Path> files = left.filter(file -> !Files.isDirectory(file)).toList();
      assertEquals(List.of(directory.resolve("p q/bin/other")), files);
    }
  }

  /** A crontab of one file. */
  private void crontab() throws IOException {
    Path file = Files.createDirectories(directory.resolve("tools")).resolve("crontab");
    String table = "\"" + directory.resolve("tools/table") + "\"";
    Files.writeString(file.resolveSibling("table"), "");
    Files.writeString(
        file, "#!/bin/sh\ncase $1 in -l) cat " + table + " ;; *) cat >" + table + " ;; esac\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void neverOverwritesWhatIsOfOthers() throws Exception {
    Files.createDirectories(directory.resolve("p/bin"));
    Files.writeString(directory.resolve("p/bin/coffer"), "another program");
    assertTrue(shell(10, "tree/coffer install --prefix p").contains("is not of Coffer"));
    assertFalse(Files.exists(directory.resolve("p/lib")));
    Files.createDirectories(directory.resolve("q/lib/coffer"));
    Files.writeString(directory.resolve("q/lib/coffer/mine"), "");
    assertTrue(shell(10, "tree/coffer install --prefix q").contains("no installation of Coffer"));
    assertTrue(shell(10, "tree/coffer uninstall --prefix q").contains("no installation"));
    assertTrue(Files.exists(directory.resolve("q/lib/coffer/mine")));

    // A clone of the sources, one that was installed into, and what has the names of drafts.
    Path clone = Files.createDirectories(directory.resolve("r/lib")).resolve("coffer");
    Files.createDirectories(clone.resolve(".mvn"));
    Files.copy(tree.resolve(".mvn/install.sh"), clone.resolve(".mvn/install.sh"));
    Path work = Files.writeString(clone.resolve("pom.xml"), "mine");
    for (String verb : List.of("install", "uninstall", "install", "uninstall")) {
      String said = shell(10, "tree/coffer " + verb + " --prefix r");
      assertTrue(said.contains("no installation of Coffer"), said);
      assertTrue(Files.exists(work), verb);
      Files.writeString(clone.resolve(".coffer-installation"), "");
    }
    for (String name : List.of("coffer.old", "coffer.new")) {
      Files.createDirectories(directory.resolve("s/lib").resolve(name).resolve("mine"));
    }
    shell(0, "tree/coffer install --prefix s");
    shell(0, "tree/coffer install --prefix s");
    assertTrue(Files.isExecutable(directory.resolve("s/bin/coffer")));
    shell(0, "s/bin/coffer uninstall --prefix s");
    try (Stream<Path> left = Files.list(directory.resolve("s/lib"))) {
      assertEquals(
          List.of("coffer.new", "coffer.old"),
          left.map(path -> path.getFileName().toString()).sorted().toList());
    }
    assertTrue(Files.exists(directory.resolve("s/lib/coffer.old/mine")));
  }
}
