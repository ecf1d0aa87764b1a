package dev.coffer.lab.bench;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.JavaCommand;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.protocol.codec.Rejected;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * A {@link Flooding} in a process of its own: in the one that measures, its threads would stand in
 * line before those of honest people. One thread.
 */
public final class FloodProcess implements AutoCloseable {
  private static final Duration TOLD = Duration.ofMillis(100);

  private final Process process;
  private final BufferedReader said;
  private Counts counts = new Counts(0, 0);

  /**
   * What it came to.
   *
   * @param sent things sent, or connections opened
   * @param served of them answered as an honest one would be
   */
  record Counts(long sent, long served) {}

  private FloodProcess(Process process) {
    this.process = process;
    this.said = process.inputReader();
  }

  /** Starts it; returns when it floods. */
  static FloodProcess begin(LocalFleet fleet, Flood flood, int seconds)
      throws Failure, IOException {
    List<String> words =
        List.of(
            "flood",
            flood.name(),
            "--home",
            fleet.directory().toString(),
            "--seconds",
            Integer.toString(seconds));
    FloodProcess started =
        new FloodProcess(
            new ProcessBuilder(JavaCommand.load(words))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    if (!started.hears()) {
      started.close();
      throw new Failure(ExitCode.HERE, "The flood did not begin.", "What it said above tells why.");
    }
    return started;
  }

  private boolean hears() throws IOException {
    String line = said.readLine();
    if (line == null) {
      return false;
    }
    String[] numbers = line.split(" ");
    counts = new Counts(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
    return true;
  }

  /** Ends it, and says what it came to. */
  Counts end() throws IOException {
    process.getOutputStream().close();
    while (hears()) {
      // The last line is the newest.
    }
    return counts;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /**
   * The work of that process: floods for as long as it lives, and says how far it is.
   *
   * @param name of one of the floods
   * @throws Failure if there is none of that name
   */
  public static void flood(
      Session session, LocalFleet fleet, String name, int seconds, PrintStream out)
      throws Failure, IOException, InterruptedException {
    Flood flood =
        Flood.ALL.stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new Failure(ExitCode.USAGE, "There is no flood " + name + ".", "See crowd."));
    System.setProperty("http.maxConnections", "512");
    try (DevelopmentIssuer issuer =
            DevelopmentIssuer.open(fleet.directory().resolve("issuer"), session.clock());
        Flooding flooding = Flooding.begin(session, fleet, issuer, flood, seconds)) {
      while (true) {
        out.println(flooding.sent() + " " + flooding.served());
        out.flush();
        session.pause().await(TOLD);
      }
    } catch (Rejected e) {
      throw new Failure(
          ExitCode.UNTRUSTED,
          "The fleet has a key that cannot be used.",
          "Found another with coffer up.");
    }
  }
}
