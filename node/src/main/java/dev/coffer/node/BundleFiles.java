package dev.coffer.node;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Puts the operator's signed files into what clients fetch. Read anew each time, so that a new
 * bundle needs no restart.
 */
final class BundleFiles {
  private static final long FILE_MAX = 64 << 10;

  private BundleFiles() {}

  static FleetDelivery read(Optional<Path> directory, Fleet fleet, List<Certificate> certificates) {
    if (directory.isEmpty()) {
      return FleetDelivery.pinned(fleet, certificates);
    }
    Path folder = directory.get();
    return new FleetDelivery(
        file(folder.resolve("fleet.note")),
        file(folder.resolve("fleet.tlog-proof")),
        file(folder.resolve("trust-policies")),
        fleet,
        certificates);
  }

  private static Bytes file(Path path) {
    try {
      if (!Files.isRegularFile(path) || Files.size(path) > FILE_MAX) {
        return Bytes.EMPTY;
      }
      return Bytes.wrap(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
