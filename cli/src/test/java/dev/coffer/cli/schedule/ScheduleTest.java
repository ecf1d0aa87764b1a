package dev.coffer.cli.schedule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a schedule writes, and what it leaves alone. */
class ScheduleTest {
  private static final String NAME = "coffer-backup-ada-01234567";
  private static final Instant NOW = Instant.parse("2030-01-10T12:00:00Z");

  @TempDir private Path home;

  private static Schedule schedule(Schedule.Every every, String... words) {
    return new Schedule(NAME, "ada", List.of(words), every, LocalTime.of(2, 5));
  }

  /** A shell script of that name in a folder of its own; the folder. */
  private String program(String name, String... lines) throws IOException {
    Path folder = Files.createDirectories(home.resolve("bin"));
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return folder.toString();
  }

  /** As cron does it: percent signs lose their backslash, then a shell reads the line. */
  private List<String> runByCron(String line) throws Exception {
    String command = line.split(" ", 6)[5].replace("\\%", "%");
    Process shell = new ProcessBuilder("/bin/sh", "-c", command).start();
    String said = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, shell.waitFor());
    return said.lines().toList();
  }

  @Test
  void cronRunsTheCommandWordByWord() throws Exception {
    String program = program("say words", "printf '%s\\n' \"$@\"") + "/say words";
    List<String> words = List.of("backup", "a  b", "it's", "100%", "$HOME", "\"#;\\", "größe");
    Schedule schedule =
        new Schedule(
            NAME,
            "ada",
            java.util.stream.Stream.concat(java.util.stream.Stream.of(program), words.stream())
                .toList(),
            Schedule.Every.DAILY,
            LocalTime.of(2, 5));
    assertEquals(words, runByCron(schedule.crontabLine()));
    assertTrue(schedule.crontabLine().startsWith("5 2 * * * '"));
    assertTrue(schedule(Schedule.Every.HOURLY, "c").crontabLine().startsWith("5 * * * * 'c'"));
    assertTrue(schedule(Schedule.Every.WEEKLY, "c").crontabLine().startsWith("5 2 * * 0 'c'"));
  }

  @Test
  void systemdGetsEachWordQuoted() {
    String service = schedule(Schedule.Every.DAILY, "/a $b/c%", "50%", "$x \"y\" \\z").service();
    assertTrue(
        service.contains("\nExecStart=\"/a $b/c%%\" \"50%%\" \"$$x \\\"y\\\" \\\\z\"\n"), service);
    assertTrue(
        schedule(Schedule.Every.HOURLY, "c").timer().contains("\nOnCalendar=*-*-* *:05:00\n"));
    assertTrue(
        schedule(Schedule.Every.DAILY, "c").timer().contains("\nOnCalendar=*-*-* 02:05:00\n"));
    assertTrue(
        schedule(Schedule.Every.WEEKLY, "c").timer().contains("\nOnCalendar=Sun *-*-* 02:05:00\n"));
  }

  @Test
  void otherLinesOfTheCrontabStayAsTheyAre() throws Exception {
    Path table = home.resolve("table");
    String path =
        program(
            "crontab",
            "if [ \"$1\" = -l ]; then",
            "  [ -f '" + table + "' ] || { echo 'no crontab for ada' >&2; exit 1; }",
            "  exec cat '" + table + "'",
            "fi",
            "exec cat >'" + table + "'");
    Crontab crontab = new Crontab(path);
    assertTrue(crontab.isHere());
    assertFalse(crontab.remove(NAME));
    crontab.put(schedule(Schedule.Every.DAILY, "one"));
    assertEquals(1, Files.readAllLines(table).size());
    String others = "# mine\n\n1 2 3 4 5 what ever # coffer-backup-ada\n";
    Files.writeString(table, others + Files.readString(table));
    crontab.put(schedule(Schedule.Every.WEEKLY, "two"));
    assertEquals(
        others + schedule(Schedule.Every.WEEKLY, "two").crontabLine() + "\n",
        Files.readString(table));
    assertTrue(crontab.remove(NAME));
    assertEquals(others, Files.readString(table));
  }

  /** It would be replaced by one that has our line alone. */
  @Test
  void aCrontabThatCannotBeReadIsNotWritten() throws Exception {
    Path table = home.resolve("table");
    String path =
        program(
            "crontab", "[ \"$1\" = -l ] && { echo 'disk trouble' >&2; exit 1; }", "cat >" + table);
    assertThrows(
        IOException.class, () -> new Crontab(path).put(schedule(Schedule.Every.DAILY, "c")));
    assertFalse(Files.exists(table));
  }

  @Test
  void theTimerIsWrittenStartedAndRemoved() throws Exception {
    Path told = home.resolve("told");
    Path units = home.resolve("units");
    Systemd systemd = new Systemd(units, program("systemctl", "echo \"$*\" >>'" + told + "'"));
    assertFalse(systemd.remove(NAME));
    assertTrue(systemd.put(schedule(Schedule.Every.DAILY, "/c")));
    assertTrue(systemd.put(schedule(Schedule.Every.WEEKLY, "/c")), "again");
    Path link = units.resolve("timers.target.wants").resolve(NAME + ".timer");
    assertEquals(schedule(Schedule.Every.WEEKLY, "/c").timer(), Files.readString(link));
    assertEquals(
        schedule(Schedule.Every.WEEKLY, "/c").service(),
        Files.readString(units.resolve(NAME + ".service")));
    assertEquals(
        List.of("--user daemon-reload", "--user restart " + NAME + ".timer"),
        Files.readAllLines(told).subList(0, 2));
    assertTrue(systemd.remove(NAME));
    assertTrue(Files.readAllLines(told).contains("--user stop " + NAME + ".timer"));
    try (java.util.stream.Stream<Path> left = Files.walk(units)) {
      assertEquals(List.of(), left.filter(file -> !Files.isDirectory(file)).toList());
    }
  }

  @Test
  void withoutSystemctlItIsWrittenAndSaid() throws Exception {
    Systemd systemd = new Systemd(home.resolve("units"), "");
    assertFalse(systemd.isHere());
    assertFalse(systemd.put(schedule(Schedule.Every.DAILY, "/c")));
    assertTrue(Files.exists(home.resolve("units").resolve(NAME + ".timer")));
  }

  private static LastBackup last(Duration ago, Schedule.Every every) {
    return new LastBackup(Optional.of(NOW.minus(ago)), Optional.of(every), NOW);
  }

  @Test
  void oneMissedBackupIsNoAlarmTwoAre() {
    assertFalse(last(Duration.ofHours(49), Schedule.Every.DAILY).overdue());
    assertTrue(last(Duration.ofHours(49).plusSeconds(1), Schedule.Every.DAILY).overdue());
    assertTrue(last(Duration.ofHours(4), Schedule.Every.HOURLY).overdue());
    assertTrue(new LastBackup(Optional.empty(), Optional.of(Schedule.Every.DAILY), NOW).overdue());
    assertFalse(new LastBackup(Optional.empty(), Optional.empty(), NOW).overdue());
    LastBackup future = last(Duration.ofHours(-3), Schedule.Every.DAILY);
    assertEquals(Duration.ZERO, future.age().orElseThrow());
  }

  @Test
  void theMonitorReadsWhatPrometheusDoes() throws Exception {
    Path file = home.resolve("metrics/coffer.prom");
    LastBackup last = last(Duration.ofHours(3), Schedule.Every.DAILY);
    MetricFile.write(file, "a\"d\\a", last, 6);
    List<String> values =
        Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList();
    assertEquals(
        List.of(
            "coffer_backup_last_success_timestamp_seconds{account=\"a\\\"d\\\\a\"} "
                + NOW.minusSeconds(10_800).getEpochSecond(),
            "coffer_backup_last_run_timestamp_seconds{account=\"a\\\"d\\\\a\"} "
                + NOW.getEpochSecond(),
            "coffer_backup_last_exit_code{account=\"a\\\"d\\\\a\"} 6"),
        values);
    assertEquals(6, Files.readAllLines(file).stream().filter(line -> line.startsWith("#")).count());
    MetricFile.write(file, "ada", new LastBackup(Optional.empty(), Optional.empty(), NOW), 10);
    assertFalse(Files.readString(file).contains("success"), "there never was one");
  }
}
