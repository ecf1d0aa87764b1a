package dev.coffer.node.store;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A small readable file that says whose store a directory holds, so that a node started on another
 * fleet's directory stops before it opens anything.
 */
final class StoreMarker {
  /** Its file. */
  static final String NAME = "COFFER-STORE";

  private static final int OCTETS_MAX = 256;

  private StoreMarker() {}

  /**
   * Writes the marker into a new directory, or compares it with the one there.
   *
   * @throws StoreFault.Foreign if it differs, or the directory holds files without a marker
   */
  static void claim(Path directory, int format, FleetId fleetId, int partitions) {
    Path marker = directory.resolve(NAME);
    try {
      Files.createDirectories(directory);
      if (!Files.exists(marker)) {
        create(directory, marker, text(format, fleetId, partitions));
      }
      if (difference(directory, format, fleetId, partitions).isPresent()) {
        throw new StoreFault.Foreign("its " + NAME + " names another fleet, format or partitions");
      }
    } catch (IOException e) {
      throw new StoreFault.Unavailable("marker", e);
    }
  }

  private static String text(int format, FleetId fleetId, int partitions) {
    return "format "
        + format
        + "\nfleet "
        + fleetId.value().hex()
        + "\npartitions "
        + partitions
        + "\n";
  }

  /** What is wrong with the marker of a directory; looks only. */
  static Optional<String> difference(Path directory, int format, FleetId fleetId, int partitions)
      throws IOException {
    Path marker = directory.resolve(NAME);
    if (!Files.isRegularFile(marker)) {
      return Optional.of("it is missing, so that the node would not open the store");
    }
    byte[] expected = text(format, fleetId, partitions).getBytes(StandardCharsets.UTF_8);
    return Files.size(marker) <= OCTETS_MAX && Arrays.equals(Files.readAllBytes(marker), expected)
        ? Optional.empty()
        : Optional.of("it names another fleet, format or number of partitions, or is damaged");
  }

  private static void create(Path directory, Path marker, String text) throws IOException {
    // A crash leaves a draft, which the next start throws away.
    AtomicFile.removeDrafts(directory);
    try (var others = Files.list(directory)) {
      if (others.findAny().isPresent()) {
        throw new StoreFault.Foreign("the directory holds files but no " + NAME);
      }
    }
    AtomicFile.replace(marker, text.getBytes(StandardCharsets.UTF_8), AtomicFile.Access.ANYBODY);
  }
}
