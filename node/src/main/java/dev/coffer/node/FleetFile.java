package dev.coffer.node;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The fleet's public description, as the founding wrote it. */
final class FleetFile {
  private static final long OCTETS_MAX = 64 << 10;

  private FleetFile() {}

  /**
   * Reads it.
   *
   * @throws IOException with one sentence that names the file and what to do
   */
  static Fleet read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > OCTETS_MAX) {
      throw new IOException("There is no fleet description " + file + ": found the fleet first.");
    }
    try {
      return Fleet.decode(Bytes.wrap(Files.readAllBytes(file)));
    } catch (Rejected e) {
      throw new IOException(
          file + " is not a fleet description (" + e.code() + "): copy it from the founding again.",
          e);
    }
  }
}
