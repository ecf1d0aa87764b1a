package dev.coffer.node;

import dev.coffer.files.AtomicFile;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet's public description, as the founding wrote it. Every HSM keeps it, too, so that a file
 * that is lost or damaged is taken from there, if this node still knows which fleet it belongs to.
 */
final class FleetFile {
  private static final Logger LOG = LoggerFactory.getLogger(FleetFile.class);
  private static final long OCTETS_MAX = 64 << 10;

  private FleetFile() {}

  /**
   * Reads it.
   *
   * @throws IOException with one sentence that names the file and what to do
   */
  static Fleet read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > OCTETS_MAX) {
      throw new IOException(
          "There is no fleet description "
              + file
              + ": start the node, which takes it from its HSM, or copy it from another node.");
    }
    try {
      return Fleet.decode(Bytes.wrap(Files.readAllBytes(file)));
    } catch (Rejected e) {
      throw new IOException(
          file
              + " is empty or damaged ("
              + e.code()
              + "): start the node, which takes it from its HSM, or copy it from another node.",
          e);
    }
  }

  /**
   * Reads it, or brings it back from the own HSM and writes it.
   *
   * @param marker the voter's marker, whose fleet the description has to be of
   * @throws IOException with one sentence that names what is missing
   */
  static Fleet readOrRestore(Path file, FoundingPort hsm, Path marker) throws IOException {
    IOException lost;
    try {
      return read(file);
    } catch (IOException e) {
      lost = e;
    }
    Optional<FleetId> pin = VoterIdentity.fleetIn(marker);
    if (pin.isEmpty()) {
      throw new IOException(
          "The fleet description "
              + file
              + " is missing or damaged, and "
              + marker
              + ", which names this node's fleet, is missing, too: copy the description from"
              + " another node.",
          lost);
    }
    Fleet kept = ofHsm(file, hsm, lost);
    if (!kept.id().equals(pin.get())) {
      throw new IOException(
          "The fleet description "
              + file
              + " is missing or damaged, and the HSM is of another fleet ("
              + kept.id().value().hex()
              + ") than "
              + marker
              + " says ("
              + pin.get().value().hex()
              + "): check hsm.home, or copy the description from another node.",
          lost);
    }
    AtomicFile.replace(file, kept.encode().toByteArray(), AtomicFile.Access.ANYBODY);
    LOG.warn("The fleet description {} was missing or damaged: taken from the HSM", file);
    return kept;
  }

  private static Fleet ofHsm(Path file, FoundingPort hsm, IOException lost) throws IOException {
    try {
      return hsm.fleet();
    } catch (Rejected | HsmUnavailable e) {
      lost.addSuppressed(e);
      throw new IOException(
          "The fleet description "
              + file
              + " is missing or damaged, and the HSM does not tell it: copy it from another node.",
          lost);
    }
  }
}
