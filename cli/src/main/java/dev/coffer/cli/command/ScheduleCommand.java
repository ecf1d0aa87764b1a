package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.schedule.Crontab;
import dev.coffer.cli.schedule.LastBackup;
import dev.coffer.cli.schedule.Schedule;
import dev.coffer.cli.schedule.Systemd;
import dev.coffer.cli.terminal.Output;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer schedule}: backups by themselves. */
@CommandLine.Command(
    name = "schedule",
    description =
        "Back up by itself: write a systemd timer of this user, or a line of the crontab. Without PATH, say how old the"
            + " last backup is.")
final class ScheduleCommand extends UserCommand {
  private static final String SOURCE = "coffer.source";

  /** Who starts the backups. */
  enum Starter {
    SYSTEMD,
    CRONTAB
  }

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Directories and files to back up, each time.")
  private List<Path> paths = List.of();

  @Mixin private RepositoryOption repository = new RepositoryOption();

  @Mixin private LoginOptions logins = new LoginOptions();

  @Option(
      names = "--every",
      paramLabel = "WHEN",
      defaultValue = "daily",
      description = "How often: hourly, daily (default), weekly.")
  private Schedule.Every every = Schedule.Every.DAILY;

  @Option(
      names = "--at",
      paramLabel = "HH:MM",
      defaultValue = "02:30",
      description = "The local time of day (default ${DEFAULT-VALUE}).")
  private String at = "02:30";

  @Option(
      names = "--with",
      paramLabel = "WHOM",
      description = "Who starts it: systemd or crontab (default: the first of them that is here).")
  private @Nullable Starter starter;

  @Option(
      names = "--metrics-file",
      paramLabel = "FILE",
      description = "What each backup writes for a monitor: see coffer backup --help.")
  private @Nullable Path metrics;

  @Option(
      names = "--program",
      paramLabel = "FILE",
      description = "The coffer command that is started (default: the one that runs).")
  private @Nullable Path program;

  @Option(names = "--print", description = "Only show what would be written.")
  private boolean print;

  @Option(names = "--remove", description = "Remove what an earlier coffer schedule wrote.")
  private boolean remove;

  ScheduleCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException {
    if (remove) {
      return remove();
    }
    if (paths.isEmpty()) {
      return show();
    }
    Schedule schedule = schedule();
    Starter chosen = starter();
    Output speech = speech();
    if (print) {
      speech.result(
          chosen == Starter.CRONTAB
              ? schedule.crontabLine()
              : "# "
                  + schedule.name()
                  + ".service\n"
                  + schedule.service()
                  + "\n# "
                  + schedule.name()
                  + ".timer\n"
                  + schedule.timer().stripTrailing());
      speech.result(json(schedule.name(), chosen).put("printed", true));
      return ExitCode.OK;
    }
    // Unattended, it would fail every night.
    secret().destroy();
    if (chosen == Starter.CRONTAB) {
      crontab().put(schedule);
      speech.result("The crontab backs up " + every.word() + " (line " + schedule.name() + ").");
    } else if (systemd().put(schedule)) {
      speech.result("The timer " + schedule.name() + " backs up " + every.word() + ".");
      speech.say(
          "It runs while you are logged in; loginctl enable-linger lets it run at other times too.");
    } else {
      speech.result("The timer " + schedule.name() + " is written to " + units() + ".");
      speech.warn(
          "It starts with your next login, or with: systemctl --user daemon-reload && systemctl --user start "
              + schedule.name()
              + ".timer");
    }
    device().note(LastBackup.SCHEDULE_NOTE, every.word());
    speech.result(json(schedule.name(), chosen).put("every", every.word()));
    return ExitCode.OK;
  }

  private ExitCode show() throws Failure, IOException {
    Output speech = speech();
    LastBackup last = LastBackup.of(device(), session().clock().instant());
    speech.result("Last backup: " + last.sentence());
    last.warning().ifPresent(speech::warn);
    JsonWriter json = new JsonWriter().put("account", device().account());
    speech.result(json(json, last));
    return ExitCode.OK;
  }

  /** The age of the last backup, as {@code status} says it too. */
  static JsonWriter json(JsonWriter json, LastBackup last) {
    last.age().ifPresent(age -> json.put("lastBackupSecondsAgo", age.toSeconds()));
    return json.put("schedule", last.schedule().map(Schedule.Every::word).orElse(""))
        .put("overdue", last.overdue());
  }

  private ExitCode remove() throws Failure, IOException {
    boolean timer = systemd().remove(name());
    boolean line = crontab().remove(name());
    device().dropNote(LastBackup.SCHEDULE_NOTE);
    if (!timer && !line) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "There is no schedule of " + device().account() + " here.",
          "See the timers with systemctl --user list-timers, and the crontab with crontab -l.");
    }
    Output speech = speech();
    speech.result("Nothing backs up by itself any more; the backups stay.");
    speech.result(new JsonWriter().put("name", name()).put("removed", true));
    return ExitCode.OK;
  }

  private JsonWriter json(String name, Starter chosen) {
    return new JsonWriter().put("name", name).put("with", chosen.name().toLowerCase(Locale.ROOT));
  }

  private Starter starter() throws Failure {
    if (starter != null) {
      if (starter == Starter.CRONTAB && !print && !crontab().isHere()) {
        throw nobody("There is no crontab program here.");
      }
      return starter;
    }
    if (systemd().isHere()) {
      return Starter.SYSTEMD;
    }
    if (crontab().isHere()) {
      return Starter.CRONTAB;
    }
    throw nobody("There is neither systemctl nor crontab here.");
  }

  private static Failure nobody(String what) {
    return new Failure(
        ExitCode.HERE,
        what,
        "See with --print --with crontab what is to be run, and let the scheduler of this machine run it.");
  }

  private Schedule schedule() throws Failure, IOException {
    List<String> command = new ArrayList<>(List.of(program().toString(), "backup", "--quiet"));
    command.addAll(List.of("--home", home().toString(), "--account", device().account()));
    command.addAll(List.of("--device", devices().toString()));
    List<String> inbox = DepositSettings.of(device()).map(DepositSettings::place).stream().toList();
    String place = repository.place(home(), device(), inbox.toArray(String[]::new));
    command.addAll(List.of("--repository", place));
    command.addAll(repository.words(place, inbox));
    command.addAll(logins.words());
    if (metrics != null) {
      command.addAll(List.of("--metrics-file", absolute(metrics)));
    }
    command.add("--");
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new Failure(ExitCode.HERE, path + " is not there.", "Name what to back up.");
      }
      command.add(absolute(path));
    }
    if (command.stream().anyMatch(word -> word.chars().anyMatch(Character::isISOControl))) {
      throw new Failure(
          ExitCode.USAGE,
          "A name with a control character cannot stand in a timer or a crontab.",
          "Name the directory above it.");
    }
    try {
      return new Schedule(name(), device().account(), command, every, LocalTime.parse(at));
    } catch (DateTimeParseException e) {
      throw new Failure(ExitCode.USAGE, "--at is no time of day.", "Write it as 02:30.");
    }
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private Path program() throws Failure {
    String source = System.getProperty(SOURCE);
    Path file =
        program != null
            ? program.toAbsolutePath().normalize()
            : source == null ? Path.of("") : Path.of(source).resolve("coffer");
    if (!Files.isExecutable(file) || !Files.isRegularFile(file)) {
      throw new Failure(
          ExitCode.USAGE,
          "It is not known which command is to be started.",
          "Name the coffer command, a file that can be run, with --program.");
    }
    return file;
  }

  private Path devices() throws Failure {
    Path directory = device().directory().toAbsolutePath();
    Path parent = directory.getParent();
    return parent == null ? directory : parent;
  }

  /** One for each device on this machine. */
  private String name() throws Failure {
    byte[] directory =
        device().directory().toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    String plain = device().account().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return "coffer-backup-"
        + plain.substring(0, Math.min(plain.length(), 30))
        + "-"
        + Hashes.sha256(Bytes.wrap(directory)).hex().substring(0, 8);
  }

  private Path units() {
    Map<String, String> environment = session().environment();
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path base = config.startsWith("/") ? Path.of(config) : session().userHome().resolve(".config");
    return base.resolve("systemd").resolve("user");
  }

  private Systemd systemd() {
    return new Systemd(units(), path());
  }

  private Crontab crontab() {
    return new Crontab(path());
  }

  private String path() {
    return session().environment().getOrDefault("PATH", "");
  }
}
