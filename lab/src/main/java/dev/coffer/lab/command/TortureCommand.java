package dev.coffer.lab.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.cli.terminal.Output;
import dev.coffer.lab.local.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * {@code coffer torture}: works from a source tree alone, because what it runs are programs of the
 * {@code verification} module.
 */
@CommandLine.Command(
    name = "torture",
    description =
        "Put a fleet through every fault there is and check that no promise is broken: first simulated fleets, then"
            + " five nodes and HSMs as processes on hosts of their own (network namespaces, needs root). Prints a"
            + " verdict, the faults, the operations and how long fail-overs take. Status 0: all promises kept.")
final class TortureCommand extends Command {
  /** System property: the source tree. The launcher sets it. */
  private static final String SOURCE = "coffer.source";

  private static final String PACKAGES = "dev.coffer.";

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "10",
      description = "In all, half of it simulated (default 10).")
  private double minutes = 10;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Decides which worlds, and which faults when (default 1).")
  private long seed = 1;

  @Option(
      names = "--fail-overs",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Kill the leader N times and measure; comes on top of the minutes (default 10).")
  private int failOvers = 10;

  @Option(
      names = "--only",
      paramLabel = "KIND,…",
      defaultValue = "",
      description = "Only these faults, and nothing simulated: kill-leader, power-cut, …")
  private String only = "";

  @Option(
      names = "--sites",
      description =
          "Only this: five sites far from each other found a fleet by a ceremony, serve, lose the way to one and a"
              + " machine for good. About five minutes; prints how long a recovery takes at such distances.")
  private boolean sites;

  TortureCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    if (!(minutes > 0) || failOvers < 0) {
      throw new Failure(
          ExitCode.USAGE, "That is no time to torture a fleet.", "Give --minutes more than 0.");
    }
    Output speech = speech();
    Path source = source();
    String built = classPath(speech, source);
    Path copies = Files.createTempDirectory("coffer-torture-classes");
    try {
      return torture(speech, copied(built, source, copies));
    } finally {
      FileTree.remove(copies);
    }
  }

  private ExitCode torture(Output speech, String classPath)
      throws IOException, InterruptedException {
    if (sites) {
      speech.say("Five sites far from each other …");
      return run(classPath, "verification.torture.FiveSitesProgram", List.of());
    }
    boolean simulate = only.isEmpty();
    ExitCode simulated = ExitCode.OK;
    if (simulate) {
      speech.say("Simulated fleets …");
      simulated = run(classPath, "analysis.world.TortureProgram", common());
    }
    speech.say("Five nodes and their HSMs on hosts of their own …");
    List<String> more = common();
    more.addAll(List.of("--fail-overs", Integer.toString(failOvers)));
    if (!only.isEmpty()) {
      more.addAll(List.of("--only", only));
    }
    ExitCode real = run(classPath, "verification.torture.TortureProgram", more);
    return simulated == ExitCode.OK ? real : simulated;
  }

  private static Path source() throws Failure {
    Path source = Path.of(System.getProperty(SOURCE, ""));
    if (!Files.isExecutable(source.resolve("mvnw"))) {
      throw new Failure(
          ExitCode.HERE,
          "Torture needs the source tree, where its programs are.",
          "Start it with ./coffer torture from there.");
    }
    return source.toAbsolutePath();
  }

  /** Builds what is missing or older than the sources. */
  private static String classPath(Output speech, Path source)
      throws Failure, IOException, InterruptedException {
    speech.say("Building the programs …");
    List<String> build =
        List.of(
            source.resolve("mvnw").toString(),
            "-f",
            source.resolve("pom.xml").toString(),
            "-q",
            "-B",
            "-pl",
            "analysis,verification",
            "-am",
            "-Ptorture-classpath",
            "process-test-classes");
    int status =
        new ProcessBuilder(build)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (status != 0) {
      throw new Failure(
          ExitCode.HERE,
          "The programs could not be built.",
          "Run ./mvnw -pl analysis,verification -am test-compile to see why.");
    }
    Path target = source.resolve("verification").resolve("target");
    // What the simulated ones need besides is among what the real ones need.
    return source.resolve("analysis/target/test-classes")
        + ":"
        + target.resolve("test-classes")
        + ":"
        + Files.readString(target.resolve("torture.classpath")).strip();
  }

  /** With what lies in the source tree copied, so that the tree may be built anew meanwhile. */
  static String copied(String classPath, Path source, Path to) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(":")) {
      Path path = Path.of(entry);
      if (path.startsWith(source) && Files.isDirectory(path)) {
        Path copy = to.resolve(Integer.toString(entries.size()));
        FileTree.copy(path, copy);
        entries.add(copy.toString());
      } else {
        entries.add(entry);
      }
    }
    return String.join(":", entries);
  }

  /** What both tortures take. */
  private List<String> common() {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--minutes",
                Double.toString(only.isEmpty() ? minutes / 2 : minutes),
                "--seed",
                Long.toString(seed)));
    if (speech().json()) {
      words.add("--json");
    }
    return words;
  }

  private ExitCode run(String classPath, String program, List<String> more)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-Dcoffer.hsm.image=" + System.getProperty("coffer.hsm.image", ""),
                "-Dcoffer.torture.jars=" + jars(),
                "-cp",
                classPath,
                PACKAGES + program));
    command.addAll(more);
    Process process = new ProcessBuilder(command).inheritIO().start();
    // Whatever ends this command ends the torture, which then removes its hosts and disks.
    Thread hook = new Thread(process::destroy, "end the torture");
    Runtime.getRuntime().addShutdownHook(hook);
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(hook);
    return switch (status) {
      case 0 -> ExitCode.OK;
      case 2 -> ExitCode.USAGE;
      case 10 -> ExitCode.HERE;
      default -> ExitCode.FAILED;
    };
  }

  /** The folder of the jars that this command runs from: the nodes run from it, too. */
  private static String jars() {
    String first = System.getProperty("java.class.path", "").split(":")[0];
    Path parent = Path.of(first).toAbsolutePath().getParent();
    return first.endsWith(".jar") && parent != null ? parent.toString() : "";
  }
}
