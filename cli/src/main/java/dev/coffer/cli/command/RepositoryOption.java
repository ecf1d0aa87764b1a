package dev.coffer.cli.command;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.FolderStore;
import dev.coffer.backup.ObjectStore;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the encrypted backups lie. */
final class RepositoryOption {
  private static final String NOTE = "repository";

  @Option(
      names = {"-r", "--repository"},
      paramLabel = "PLACE",
      description = {
        "Where the encrypted backups lie: a folder, or s3://BUCKET/PREFIX. Remembered by the device",
        "(COFFER_REPOSITORY; otherwise backups in the fleet's directory)."
      })
  private @Nullable String place;

  /** The place: what was given, what the device remembers, or a folder beside the fleet. */
  String place(Path home, Device device) throws IOException {
    if (place != null) {
      return place.contains("://") ? place : Path.of(place).toAbsolutePath().normalize().toString();
    }
    return device
        .note(NOTE)
        .orElseGet(
            () -> home.resolve("backups").resolve(device.directory().getFileName()).toString());
  }

  /** Remembers the place of a backup that went well. */
  static void remember(Device device, String place) throws IOException {
    device.note(NOTE, place);
  }

  /** The store at a place. */
  static ObjectStore store(String place) throws Failure, BackupException {
    if (!place.contains("://")) {
      return FolderStore.at(Path.of(place));
    }
    throw new Failure(
        ExitCode.USAGE,
        "This kind of backup place is not known.",
        "Give a folder or s3://BUCKET/PREFIX with --repository.");
  }
}
