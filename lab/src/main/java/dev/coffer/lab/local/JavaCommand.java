package dev.coffer.lab.local;

import dev.coffer.lab.Main;
import dev.coffer.node.NodeProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line that starts another of our programs on the same JDK and class path as this one.
 */
public final class JavaCommand {
  private static final int HEAP_MIB = 160;
  private static final int SERVICE_HEAP_MIB = 48;

  /** Whatever has a terminal calls libc; without this the JVM writes four lines about it. */
  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";

  private JavaCommand() {}

  /**
   * A server that is no node.
   *
   * @param words the command line after {@code coffer}
   */
  static List<String> service(NodeLife life, List<String> words) {
    List<String> command = new ArrayList<>();
    Path setsid = Path.of("/usr/bin/setsid");
    if (life == NodeLife.BACKGROUND && Files.isExecutable(setsid)) {
      command.add(setsid.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            NATIVE,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms8m",
            "-Xmx" + SERVICE_HEAP_MIB + "m",
            "-XX:ReservedCodeCacheSize=24m",
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error:stderr"));
    Class<?> main = life == NodeLife.BACKGROUND ? Main.class : TetheredCommand.class;
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(words);
    return command;
  }

  /**
   * A load that ends with this process. It gives way to whatever else wants the cores: whoever
   * floods a fleet brings his own.
   *
   * @param words the command line after {@code coffer}
   */
  public static List<String> load(List<String> words) {
    List<String> command = new ArrayList<>();
    Path nice = Path.of("/usr/bin/nice");
    if (Files.isExecutable(nice)) {
      command.addAll(List.of(nice.toString(), "-n", "10"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(NATIVE, "-XX:+UseSerialGC", "-Xmx512m", "-XX:-UsePerfData"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), TetheredCommand.class.getName()));
    command.addAll(words);
    return command;
  }

  /**
   * A small JVM: five of them, with their HSMs, fit into 2 GB.
   *
   * @param recording where a recorded cache goes
   */
  static List<String> node(NodeLife life, Path config, Path recording) {
    List<String> command = new ArrayList<>();
    Path setsid = Path.of("/usr/bin/setsid");
    if (life == NodeLife.BACKGROUND && Files.isExecutable(setsid)) {
      // A session of its own: closing the terminal or Ctrl-C there does not reach it.
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
    switch (life) {
      case BACKGROUND, TETHERED -> {}
      case BRIEF -> command.add("-XX:TieredStopAtLevel=1");
      case RECORDING -> command.add("-XX:AOTCacheOutput=" + recording);
    }
    if (life != NodeLife.RECORDING) {
      NodeCache.present().ifPresent(cache -> command.add("-XX:AOTCache=" + cache));
    }
    Class<?> main = life == NodeLife.BACKGROUND ? NodeProcess.class : TetheredNode.class;
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of("--config", config.toString()));
    return command;
  }
}
