package dev.coffer.evidence;

import dev.coffer.ceremony.record.Signatures;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A sound package on the disk and the HSMs that it is about, for the tests of other modules. */
public final class SamplePackage {
  /** Who verifies what people signed. */
  public static final Signatures SIGNATURES = ForgedCeremony.SIGNATURES;

  /** HSMs of its fleet. */
  public static final int HSMS = ForgedCeremony.N;

  /** From which source its program was built, by its own word. */
  public static final String COMMIT = ForgedCeremony.COMMIT;

  private final Fleet fleet;
  private final Bytes manifest;

  private SamplePackage(EvidencePackage made) throws Exception {
    this.fleet = made.fleet();
    this.manifest = Hashes.sha256(made.read(PackageFiles.MANIFEST));
  }

  /** Makes it as {@code evidence} in {@code home}. */
  public static SamplePackage in(Path home) throws Exception {
    EvidencePackage made = EvidencePackage.of(new ForgedCeremony(), home);
    SamplePackage sample = new SamplePackage(made);
    Files.move(made.folder, home.resolve("evidence"));
    return sample;
  }

  /** Who signed it. */
  public Bytes signer() {
    return EvidencePackage.OPERATOR.publicKey();
  }

  /** Its fleet. */
  public Fleet fleet() {
    return fleet;
  }

  /** Its line in a bundle. */
  public ListedFleet listed(FleetState state) {
    return ListedFleet.of(fleet, state, manifest, List.of("town-1", "town-2", "town-3"));
  }

  /** What HSM {@code index} says over a nonce. */
  public Bytes status(int index, Bytes nonce) {
    return new LiveHsms().status(fleet, index, nonce);
  }
}
