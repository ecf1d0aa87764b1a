package dev.coffer.cli.schedule;

import dev.coffer.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The timers of a user's service manager. */
public final class Systemd {
  private final Path units;
  private final Optional<Program> control;

  /**
   * @param units the folder of the user's units
   * @param path where systemctl is looked for
   */
  public Systemd(Path units, String path) {
    this.units = units;
    this.control = Program.find("systemctl", path);
  }

  /** Whether this machine seems to have one. */
  public boolean isHere() {
    return control.isPresent();
  }

  private Path file(String unit) {
    return units.resolve(unit);
  }

  /** The link that starts a timer with its user's session; systemctl enable makes the same. */
  private Path wanted(String name) {
    return units.resolve("timers.target.wants").resolve(name + ".timer");
  }

  /** Writes both units and starts the timer; false if it could be written only. */
  public boolean put(Schedule schedule) throws IOException {
    String name = schedule.name();
    write(file(name + ".service"), schedule.service());
    write(file(name + ".timer"), schedule.timer());
    Path link = wanted(name);
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("..", name + ".timer"));
    return told("daemon-reload") && told("restart", name + ".timer");
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.replace(file, text.getBytes(StandardCharsets.UTF_8), AtomicFile.Access.ANYBODY);
  }

  private boolean told(String... words) throws IOException {
    if (control.isEmpty()) {
      return false;
    }
    String[] all = new String[words.length + 1];
    all[0] = "--user";
    System.arraycopy(words, 0, all, 1, words.length);
    return control.get().run("", all).isFine();
  }

  /** Stops the timer and removes both units; whether there were any. */
  public boolean remove(String name) throws IOException {
    if (!Files.exists(file(name + ".timer"))) {
      return false;
    }
    // A timer that does not run cannot be stopped; its files go all the same.
    told("stop", name + ".timer");
    Files.deleteIfExists(wanted(name));
    Files.deleteIfExists(file(name + ".timer"));
    Files.deleteIfExists(file(name + ".service"));
    told("daemon-reload");
    return true;
  }
}
