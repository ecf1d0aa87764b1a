package dev.coffer.cli.local;

import dev.coffer.node.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command line that starts another of our programs on the same JDK and class path as this one.
 */
final class JavaCommand {
  private static final int HEAP_MIB = 160;

  private JavaCommand() {}

  /**
   * A small JVM: five of them, with their HSMs, fit into 2 GB.
   *
   * @param mainClass a class of this class path
   * @param detached whether it outlives a terminal that is closed
   */
  static List<String> of(String mainClass, List<String> arguments, boolean detached) {
    List<String> command = new ArrayList<>();
    Path setsid = Path.of("/usr/bin/setsid");
    if (detached && Files.isExecutable(setsid)) {
      command.add(setsid.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(NodeProcess.jvmFlags(HEAP_MIB));
    command.addAll(
        List.of(
            "-Xms24m",
            "-XX:ReservedCodeCacheSize=48m",
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error:stderr"));
    archive().ifPresent(path -> command.add("-XX:SharedArchiveFile=" + path));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  /** The class archive beside the jars, if one was made: it halves the start-up. */
  private static Optional<Path> archive() {
    String first = System.getProperty("java.class.path").split(java.io.File.pathSeparator)[0];
    Path parent = Path.of(first).toAbsolutePath().getParent();
    return Optional.ofNullable(parent)
        .map(lib -> lib.resolve("coffer-node.jsa"))
        .filter(Files::isRegularFile);
  }
}
