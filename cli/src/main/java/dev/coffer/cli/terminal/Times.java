package dev.coffer.cli.terminal;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Times as people read them. */
public final class Times {
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd['T'HH:mm[:ss][ZZZZZ]]", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private Times() {}

  /**
   * Local time with its distance from UTC and the zone: {@code 2030-01-02 04:04:05 +01:00 (CET)}.
   */
  public static String local(Instant time) {
    ZoneId zone = ZoneId.systemDefault();
    return LOCAL.format(time.atZone(zone)) + " (" + zone.getId() + ")";
  }

  /** The same without the zone. */
  public static String shortLocal(Instant time) {
    return LOCAL.format(time.atZone(ZoneId.systemDefault()));
  }

  /**
   * What people write: a day, which means its end, or a time, both in the local zone; or a time
   * with its offset.
   *
   * @param option where it was written
   */
  public static Instant parse(String text, String option) throws Failure {
    ZoneId zone = ZoneId.systemDefault();
    TemporalAccessor found;
    try {
      found =
          WRITTEN.parseBest(
              text.strip().replaceFirst("^(\\S+) +", "$1T"),
              OffsetDateTime::from,
              LocalDateTime::from,
              LocalDate::from);
    } catch (DateTimeParseException e) {
      throw new Failure(
          ExitCode.USAGE,
          "This is no time.",
          "Write " + option + " 2030-01-31, 2030-01-31T12:00 or 2030-01-31T12:00+01:00.");
    }
    return switch (found) {
      case OffsetDateTime exact -> exact.toInstant();
      case LocalDateTime local -> local.atZone(zone).toInstant();
      default -> LocalDate.from(found).plusDays(1).atStartOfDay(zone).toInstant().minusSeconds(1);
    };
  }
}
