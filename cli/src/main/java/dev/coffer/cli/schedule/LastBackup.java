package dev.coffer.cli.schedule;

import dev.coffer.cli.device.Device;
import dev.coffer.cli.terminal.Times;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;

/**
 * When this device was backed up last, and whether that is too long ago for its schedule.
 *
 * @param time of the last snapshot that was made from here
 * @param schedule how often there should be one
 * @param now what the clock says
 */
public record LastBackup(Optional<Instant> time, Optional<Schedule.Every> schedule, Instant now) {
  /** The device's note of the time. */
  public static final String TIME_NOTE = "last-backup";

  /** The device's note of the schedule. */
  public static final String SCHEDULE_NOTE = "schedule";

  /** What {@code device} knows. */
  public static LastBackup of(Device device, Instant now) throws IOException {
    Optional<Schedule.Every> schedule =
        device
            .note(SCHEDULE_NOTE)
            .flatMap(note ->
                Arrays.stream(Schedule.Every.values())
                    .filter(every -> every.word().equals(note))
                    .findFirst());
    return new LastBackup(device.note(TIME_NOTE).flatMap(LastBackup::parse), schedule, now);
  }

  private static Optional<Instant> parse(String note) {
    try {
      return Optional.of(Instant.parse(note));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** How long ago; never negative. */
  public Optional<Duration> age() {
    return time.map(made -> made.isAfter(now) ? Duration.ZERO : Duration.between(made, now));
  }

  /** Whether the schedule should have made one since. */
  public boolean overdue() {
    return schedule.isPresent()
        && age().filter(age -> age.compareTo(schedule.get().ageMax()) <= 0).isEmpty();
  }

  /** For people. */
  public String sentence() {
    return time.map(made -> Times.local(made) + ", " + ago(age().orElseThrow()) + " ago")
            .orElse("none from this device")
        + schedule.map(every -> "; scheduled " + every.word()).orElse("");
  }

  private static String ago(Duration age) {
    if (age.toDays() >= 2) {
      return age.toDays() + " days";
    }
    if (age.toHours() >= 2) {
      return age.toHours() + " hours";
    }
    return age.toMinutes() + " min";
  }

  /** What to say if it is overdue. */
  public Optional<String> warning() {
    return overdue()
        ? Optional.of(
            "No backup was made when the schedule ("
                + schedule.orElseThrow().word()
                + ") should have made one: run coffer backup and see what it says.")
        : Optional.empty();
  }
}
