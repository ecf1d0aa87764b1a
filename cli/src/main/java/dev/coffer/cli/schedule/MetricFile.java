package dev.coffer.cli.schedule;

import dev.coffer.files.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * How the last backup went, for a monitor: a file in the text format of Prometheus, as the textfile
 * collector of node_exporter reads it. It is replaced in one step.
 */
public final class MetricFile {
  private MetricFile() {}

  /**
   * Writes {@code file} after a run.
   *
   * @param last when there was a backup, at the end of this run
   * @param exitCode how this run ended
   */
  public static void write(Path file, String account, LastBackup last, int exitCode)
      throws IOException {
    StringBuilder text = new StringBuilder();
    if (last.time().isPresent()) {
      metric(
          text,
          "last_success_timestamp_seconds",
          "When the newest backup from this device was made.",
          account,
          last.time().get().getEpochSecond());
    }
    metric(
        text,
        "last_run_timestamp_seconds",
        "When a backup was last tried.",
        account,
        last.now().getEpochSecond());
    metric(text, "last_exit_code", "How that ended: coffer help exit-codes.", account, exitCode);
    AtomicFile.replace(
        file, text.toString().getBytes(StandardCharsets.UTF_8), AtomicFile.Access.ANYBODY);
  }

  private static void metric(
      StringBuilder text, String name, String help, String account, long value) {
    String full = "coffer_backup_" + name;
    String label = account.replace("\\", "\\\\").replace("\"", "\\\"");
    text.append("# HELP " + full + " " + help + "\n")
        .append("# TYPE " + full + " gauge\n")
        .append(full + "{account=\"" + label + "\"} " + value + "\n");
  }
}
