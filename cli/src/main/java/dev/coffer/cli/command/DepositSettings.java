package dev.coffer.cli.command;

import dev.coffer.backup.BackupLimits;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.device.Device;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The deposit box of a device, as its notes have it.
 *
 * @param place of the inbox: a folder, a bucket, or a folder on a server
 * @param folder where entries are brought
 * @param writers the Ed25519 keys of those who may write
 */
record DepositSettings(String place, Path folder, List<Bytes> writers) {
  private static final String PLACE = "deposit-place";
  private static final String FOLDER = "deposit-folder";
  private static final String WRITERS = "deposit-writers";

  static Optional<DepositSettings> of(Device device) throws Failure, IOException {
    Optional<String> place = device.note(PLACE);
    Optional<String> folder = device.note(FOLDER);
    Optional<String> writers = device.note(WRITERS);
    if (place.isEmpty() || folder.isEmpty() || writers.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DepositSettings(
            place.get(), Path.of(folder.get()), writers(List.of(writers.get().split(",")))));
  }

  /** The keys as somebody typed them. */
  static List<Bytes> writers(List<String> hexadecimal) throws Failure {
    List<Bytes> writers = new ArrayList<>();
    for (String text : hexadecimal) {
      if (!text.matches("[0-9a-f]{" + 2 * Ed25519.PUBLIC_KEY + "}")) {
        throw new Failure(
            ExitCode.USAGE,
            "This is not the key of a writer.",
            "Give the 64 hexadecimal digits that coffer deposit writer prints.");
      }
      writers.add(Bytes.fromHex(text));
    }
    if (writers.size() > BackupLimits.DEPOSIT_WRITERS_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "These are too many writers for one box.",
          "Name at most " + BackupLimits.DEPOSIT_WRITERS_MAX + ".");
    }
    return List.copyOf(writers);
  }

  void keep(Device device) throws IOException {
    device.note(PLACE, place);
    device.note(FOLDER, folder.toString());
    device.note(WRITERS, writers.stream().map(Bytes::hex).collect(Collectors.joining(",")));
  }

  static void drop(Device device) throws IOException {
    device.dropNote(PLACE);
    device.dropNote(FOLDER);
    device.dropNote(WRITERS);
  }
}
