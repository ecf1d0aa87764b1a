package dev.coffer.cli.schedule;

import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A backup that somebody else starts, as that one's files say it (systemd.service(5),
 * systemd.time(7), crontab(5)).
 *
 * @param name of the unit, and of the crontab's line: letters, digits and hyphens
 * @param account for people
 * @param command the words of the command, without control characters
 * @param every how often
 * @param at the time of day; of an hourly one only its minutes count
 */
public record Schedule(
    String name, String account, List<String> command, Every every, LocalTime at) {
  /** How often. */
  public enum Every {
    HOURLY(Duration.ofHours(1)),
    DAILY(Duration.ofDays(1)),
    WEEKLY(Duration.ofDays(7));

    private final Duration period;

    Every(Duration period) {
      this.period = period;
    }

    /** How old the last backup may be: one may fail, or the machine be off. */
    public Duration ageMax() {
      return period.multipliedBy(2).plusHours(1);
    }

    /** As settings and notes have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The service, which is run once each time. */
  public String service() {
    return """
    [Unit]
    Description=Coffer backup of %s

    [Service]
    Type=oneshot
    Nice=10
    ExecStart=%s
    """
        .formatted(account.replace("%", "%%"), systemdCommand());
  }

  /** Variables are put into every word but the first, the program. */
  private String systemdCommand() {
    return systemdWord(command.getFirst())
        + command.stream()
            .skip(1)
            .map(word -> " " + systemdWord(word.replace("$", "$$")))
            .collect(Collectors.joining());
  }

  /** The timer; what was missed while the machine was off is made up for. */
  public String timer() {
    String when =
        switch (every) {
          case HOURLY -> String.format(Locale.ROOT, "*-*-* *:%02d:00", at.getMinute());
          case DAILY -> String.format(Locale.ROOT, "*-*-* %02d:%02d:00", at.getHour(), minute());
          case WEEKLY ->
              String.format(Locale.ROOT, "Sun *-*-* %02d:%02d:00", at.getHour(), minute());
        };
    return """
    [Unit]
    Description=Coffer backup of %s, %s

    [Timer]
    OnCalendar=%s
    Persistent=true

    [Install]
    WantedBy=timers.target
    """
        .formatted(account.replace("%", "%%"), every.word(), when);
  }

  /** The line of a crontab, with the mark that finds it again. */
  public String crontabLine() {
    String when =
        switch (every) {
          case HOURLY -> minute() + " * * * *";
          case DAILY -> minute() + " " + at.getHour() + " * * *";
          case WEEKLY -> minute() + " " + at.getHour() + " * * 0";
        };
    return when
        + " "
        + command.stream().map(Schedule::forCron).collect(Collectors.joining(" "))
        + mark(name);
  }

  /** What stands at the end of the line of the schedule {@code name}. */
  static String mark(String name) {
    return " # " + name;
  }

  private int minute() {
    return at.getMinute();
  }

  /** Quoted; percent signs are specifiers there. */
  private static String systemdWord(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
  }

  /** Quoted for a shell; to cron itself a bare percent sign ends the line, in quotes too. */
  private static String forCron(String word) {
    return "'" + word.replace("'", "'\\''").replace("%", "\\%") + "'";
  }
}
