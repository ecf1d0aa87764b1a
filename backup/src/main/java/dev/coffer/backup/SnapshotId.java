package dev.coffer.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A snapshot's name: its time in UTC to the second, a hyphen, 64 hexadecimal digits of MAC. Sorts
 * by time as text does.
 *
 * <p>Immutable and thread-safe.
 */
public final class SnapshotId implements Comparable<SnapshotId> {
  /** Where snapshots live in the store. */
  public static final String PREFIX = "snapshots/";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final String text;

  private SnapshotId(String text) {
    this.text = text;
  }

  /** The name of a snapshot taken at {@code time}, whose content has that MAC. */
  public static SnapshotId of(Instant time, String mac) {
    return new SnapshotId(TIME.format(time) + "-" + mac);
  }

  /** Reads what {@link #toString} writes; empty for anything else. */
  public static Optional<SnapshotId> parse(String text) {
    if (!text.matches("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{64}")
        || parseTime(text.substring(0, 16)).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new SnapshotId(text));
  }

  /** The time as it stands in names, to the second. */
  public static String formatTime(Instant time) {
    return TIME.format(time);
  }

  /** Reads what {@link #formatTime} writes; empty for anything else. */
  public static Optional<Instant> parseTime(String text) {
    try {
      return Optional.of(Instant.from(TIME.parse(text)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Its object in the store. */
  public String path() {
    return PREFIX + text;
  }

  /** The MAC of its content, in hexadecimal. */
  public String mac() {
    return text.substring(17);
  }

  /** When the snapshot was taken. */
  public Instant time() {
    return parseTime(text.substring(0, 16)).orElseThrow();
  }

  @Override
  public int compareTo(SnapshotId other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SnapshotId o && text.equals(o.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
