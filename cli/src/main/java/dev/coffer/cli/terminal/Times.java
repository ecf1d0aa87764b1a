package dev.coffer.cli.terminal;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as people read them. */
public final class Times {
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

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
}
