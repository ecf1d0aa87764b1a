package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A long run: gives Jazzer one target, or all in turn, with its seeds and whatever earlier runs
 * left in the working folder, and says how many inputs it tried. Arguments: {@code all}, or targets
 * with commas between them ({@code +} to have several as one), seconds for each, folder. Ends with
 * 1 if there was a finding, whose input then lies in the folder.
 */
public final class FuzzProgram {
  private static final Pattern EXECUTED =
      Pattern.compile("stat::number_of_executed_units: *([0-9]+)");

  private FuzzProgram() {}

  /** See above. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Path.of(arguments[2]).toAbsolutePath();
    List<String> wanted =
        arguments[0].equals("all")
            ? Targets.all().stream().map(Target::name).toList()
            : List.of(arguments[0].split(","));
    long sum = 0;
    List<String> found = new ArrayList<>();
    for (String name : wanted) {
      Target target = Targets.named(name);
      Run run = run(name, target, Integer.parseInt(arguments[1]), folder.resolve(target.name()));
      sum += run.executed();
      System.out.printf(
          "%-28s %,12d inputs%s%n",
          target.name(), run.executed(), run.clean() ? "" : "   FINDING, see above");
      if (!run.clean()) {
        found.add(target.name());
      }
    }
    System.out.printf("%-28s %,12d inputs, findings: %s%n", "together", sum, found);
    System.exit(found.isEmpty() ? 0 : 1);
  }

  private record Run(long executed, boolean clean) {}

  private static Run run(String name, Target target, int seconds, Path folder)
      throws IOException, InterruptedException {
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    int number = 0;
    List<Bytes> known = new ArrayList<>(target.seeds());
    known.addAll(Corpus.kept(target.name()));
    for (Bytes input : known) {
      Files.write(corpus.resolve("seed-" + number++), input.toByteArray());
    }
    Process jazzer = jazzer(name, folder, List.of(corpus.toString(), "-max_total_time=" + seconds));
    long executed = 0;
    try (BufferedReader lines = jazzer.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher stat = EXECUTED.matcher(line);
        if (stat.matches()) {
          executed = Long.parseLong(stat.group(1));
        }
        if (line.contains("Exception") || line.contains("Error") || line.startsWith("\tat dev.")) {
          System.out.println(line);
        }
        if (line.startsWith("guided ")) {
          System.out.println(line);
        }
      }
    }
    return new Run(executed, jazzer.waitFor() == 0);
  }

  /** Jazzer on one target, its output and its errors in one stream. */
  static Process jazzer(String target, Path folder, List<String> more) throws IOException {
    List<String> command = new ArrayList<>(command(target));
    command.addAll(more);
    return new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
  }

  private static List<String> command(String target) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        // A leak has to show.
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-classpath",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + FuzzEntry.class.getName(),
        "--target_args=" + target,
        "--instrumentation_includes=dev.coffer.**",
        // The arithmetic has no branches to find and would take all the time.
        "--instrumentation_excludes=dev.coffer.protocol.curve.**:dev.coffer.protocol.crypto.**",
        "--custom_hook_includes=dev.coffer.**",
        "--custom_hook_excludes=dev.coffer.protocol.curve.**:dev.coffer.protocol.crypto.**",
        // Sockets on loopback are what the servers' targets are about.
        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
        "-timeout=60",
        "-rss_limit_mb=0",
        "-print_final_stats=1");
  }
}
