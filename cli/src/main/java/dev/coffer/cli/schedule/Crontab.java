package dev.coffer.cli.schedule;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;

/** The crontab of the user, of which one line is ours. */
public final class Crontab {
  private final Optional<Program> program;

  /** Looks for crontab in the folders of {@code path}. */
  public Crontab(String path) {
    program = Program.find("crontab", path);
  }

  /** Whether this machine has one. */
  public boolean isHere() {
    return program.isPresent();
  }

  /** Puts the schedule's line in the place of the one before. */
  public void put(Schedule schedule) throws IOException {
    write(without(read(), schedule.name()) + schedule.crontabLine() + "\n");
  }

  /** Removes the line; whether there was one. */
  public boolean remove(String name) throws IOException {
    if (program.isEmpty()) {
      return false;
    }
    String before = read();
    String after = without(before, name);
    if (after.equals(before)) {
      return false;
    }
    write(after);
    return true;
  }

  /** All other lines as they are. */
  private static String without(String table, String name) {
    return table
        .lines()
        .filter(line -> !line.endsWith(Schedule.mark(name)))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  /** Only a table that is not there is taken for an empty one: the next write replaces it whole. */
  private String read() throws IOException {
    Program.Answer answer = program().run("", "-l");
    if (answer.isFine()) {
      return answer.text();
    }
    if (answer.text().contains("no crontab for")) {
      return "";
    }
    throw new IOException("The crontab cannot be read: see what crontab -l says.");
  }

  private void write(String table) throws IOException {
    if (!program().run(table, "-").isFine()) {
      throw new IOException("The crontab cannot be written: see what crontab -e says.");
    }
  }

  private Program program() throws IOException {
    return program.orElseThrow(() -> new IOException("There is no crontab program here."));
  }
}
