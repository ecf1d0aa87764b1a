package dev.coffer.verification.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code --minutes N --seed S [--fail-overs N] [--accounts N] [--only KIND,…] [--logs] [--json]}:
 * tortures a fleet of five and prints a verdict; with {@code --logs} the nodes' logs are kept
 * anyway. Status 0: all promises kept; 1: not; 2: the command line is wrong; 10: this machine
 * cannot.
 */
public final class TortureProgram {
  private static final int BROKEN = 1;
  private static final int USAGE = 2;
  private static final int HERE = 10;

  private double minutes = 5;
  private long seed = 1;
  private int failOvers = 10;
  private int accounts = 8;
  private List<FaultKind> kinds = Faults.possible();
  private boolean json;
  private boolean logs;

  private TortureProgram() {}

  /** See above. */
  public static void main(String[] args) throws IOException, InterruptedException {
    System.setProperty("http.maxConnections", "64");
    TortureProgram program = new TortureProgram();
    try {
      program.read(args);
    } catch (IllegalArgumentException e) {
      System.err.println("torture: " + e.getMessage());
      System.exit(USAGE);
    }
    System.exit(program.run());
  }

  private void read(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--json")) {
        json = true;
        continue;
      }
      if (args[i].equals("--logs")) {
        logs = true;
        continue;
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " lacks its value, or means nothing");
      }
      String value = args[++i];
      switch (args[i - 1]) {
        case "--minutes" -> minutes = Double.parseDouble(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--fail-overs" -> failOvers = Integer.parseInt(value);
        case "--accounts" -> accounts = Integer.parseInt(value);
        case "--only" -> kinds = Stream.of(value.split(",")).map(TortureProgram::kind).toList();
        default -> throw new IllegalArgumentException(args[i - 1] + " means nothing");
      }
    }
  }

  private static FaultKind kind(String words) {
    return Stream.of(FaultKind.values())
        .filter(kind -> kind.words().equals(words))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no fault " + words));
  }

  private int run() throws IOException, InterruptedException {
    Optional<String> unavailable = Hosts.unavailable();
    if (unavailable.isPresent()) {
      System.err.println("torture: SKIPPED, " + unavailable.get() + ".");
      return HERE;
    }
    if (!NodeOnHost.clocksMove()) {
      System.err.println("torture: no clock jumps, because libfaketime is not installed.");
    }
    Torture.Plan plan =
        new Torture.Plan(minutes, Integer.MAX_VALUE, seed, kinds, failOvers, accounts);
    try (Torture torture = Torture.found(plan, java(), System.err::println)) {
      boolean kept = false;
      try {
        TortureResult result = torture.run();
        kept = result.kept();
        (json ? List.of(result.json()) : result.lines()).forEach(System.out::println);
        if (json && !kept) {
          result.lines().forEach(System.err::println);
        }
      } finally {
        if (!kept || logs) {
          keep(Path.of(torture.directory()));
        }
      }
      return kept ? 0 : BROKEN;
    }
  }

  /** What the nodes wrote, for whoever looks into it. */
  static void keep(Path homes) throws IOException {
    Path kept = Files.createTempDirectory("coffer-torture-logs-");
    try (Stream<Path> files = Files.walk(homes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = homes.relativize(file).toString().replace('/', '_');
        if (Files.isRegularFile(file) && name.matches(".*\\.(out|log|log\\.\\d)$|.*node\\.log.*")) {
          Files.copy(file, kept.resolve(name));
        }
      }
    }
    System.err.println("torture: the nodes' logs are in " + kept);
  }

  /** How nodes are started: from the distribution, if it was named. */
  static FleetOfProcesses.JavaProgram java() {
    String image = System.getProperty("coffer.hsm.image", "");
    Path hsm = Path.of(image, "bin", "coffer-hsm");
    if (image.isEmpty() || !Files.isExecutable(hsm)) {
      throw new IllegalStateException(
          "the HSM's program is not built: start with ./coffer torture");
    }
    String jars = System.getProperty("coffer.torture.jars", "");
    List<String> flags = new ArrayList<>();
    String classPath = System.getProperty("java.class.path");
    if (!jars.isEmpty()) {
      classPath = jars + "/*";
      Path cache = Path.of(jars, "coffer-node.aot");
      if (Files.isRegularFile(cache)) {
        flags.add("-XX:AOTCache=" + cache);
      }
    }
    return new FleetOfProcesses.JavaProgram(hsm, classPath, flags);
  }
}
