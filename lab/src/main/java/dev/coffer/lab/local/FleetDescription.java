package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.files.AtomicFile;
import dev.coffer.node.hsm.HsmCommand;
import dev.coffer.node.hsm.HsmSupervisor;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings {@code fleet.bin} of a fleet on this machine back where it was emptied or damaged: each
 * node hands the description out, each HSM keeps it, and the pin in {@code fleet.properties} says
 * which is right. Stateless.
 */
public final class FleetDescription {
  private FleetDescription() {}

  /** The same for every fleet of the vault in {@code home}; {@code said} hears what was lost. */
  public static void restoreAll(Path home, Consumer<String> said) throws Failure, IOException {
    for (Path fleetHome : new VaultHome(home).homes()) {
      if (restore(fleetHome)) {
        said.accept(
            fleetHome.resolve("fleet.bin") + " was empty or damaged: taken from the fleet itself.");
      }
    }
  }

  /**
   * Leaves a sound description alone, and one that is missing, as before a founding.
   *
   * @return whether it was brought back
   * @throws Failure that names what is missing
   */
  private static boolean restore(Path directory) throws Failure, IOException {
    FleetHome home = new FleetHome(directory.toAbsolutePath().normalize());
    if (!Files.isRegularFile(home.fleet())
        || decoded(Files.readAllBytes(home.fleet())).isPresent()) {
      return false;
    }
    if (!Files.isRegularFile(home.directory().resolve("fleet.properties"))) {
      throw new Failure(
          ExitCode.HERE,
          home.fleet()
              + " is empty or damaged, and fleet.properties, which names the fleet, is missing.",
          "Restore one of the two from a copy; both are public.");
    }
    FleetAddress address = FleetAddress.read(home.directory());
    Optional<Fleet> found = ofNodes(address).or(() -> ofHsms(home, address));
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.HERE,
          home.fleet()
              + " is empty or damaged, and no node that runs and no HSM here tells of fleet "
              + address.pin().value().hex()
              + ".",
          "Restore it from a copy; it is public.");
    }
    AtomicFile.replace(home.fleet(), found.get().encode().toByteArray(), AtomicFile.Access.OWNER);
    return true;
  }

  private static Optional<Fleet> decoded(byte[] octets) {
    try {
      return Optional.of(Fleet.decode(Bytes.wrap(octets)));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  private static Optional<Fleet> ofNodes(FleetAddress address) throws IOException {
    VaultTransport transport = address.transport();
    for (int turn = 0; turn < address.nodes().size(); turn++) {
      if (transport.bundle(turn) instanceof VaultTransport.Answered answer) {
        try {
          Fleet told = FleetDelivery.decode(answer.body()).fleet();
          if (told.id().equals(address.pin())) {
            return Optional.of(told);
          }
        } catch (Rejected e) {
          // Whoever answers there is no node of this fleet: the next one may be.
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Fleet> ofHsms(FleetHome home, FleetAddress address) {
    for (int index = 1; index <= address.nodes().size(); index++) {
      Optional<Fleet> told = ofHsm(home, index, address.pin());
      if (told.isPresent()) {
        return told;
      }
    }
    return Optional.empty();
  }

  private static Optional<Fleet> ofHsm(FleetHome home, int index, FleetId pin) {
    if (!Files.isDirectory(home.hsm(index))) {
      return Optional.empty();
    }
    try (HsmSupervisor hsm =
        HsmSupervisor.start(
            HsmCommand.of(HsmImage.command(), home.hsm(index), home.socket(index)), one -> {})) {
      Fleet told = hsm.hsm().fleet();
      return told.id().equals(pin) ? Optional.of(told) : Optional.empty();
    } catch (IOException | Failure | Rejected | HsmUnavailable e) {
      // This one does not help; what is wrong with it shows when its node starts.
      return Optional.empty();
    }
  }
}
