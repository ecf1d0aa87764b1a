package dev.coffer.evidence;

import dev.coffer.evidence.site.PublishedFleet;
import dev.coffer.evidence.site.PublishedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.ListedFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is published in tests: a demonstration, a fleet on TPMs, and the log that tells of both. */
public final class Sites {
  /** A day after the newest bundle. */
  public static final long NOW = TransparencyWorld.START + TransparencyWorld.DAY;

  private static final List<String> NAMES = List.of("town-1", "town-2", "town-3");

  private final TransparencyWorld world = new TransparencyWorld();
  private final List<EvidencePackage> packages = new ArrayList<>();

  /** A demonstration and a fleet on TPMs, made in {@code folder} and announced one by one. */
  public static Sites in(Path folder) throws Exception {
    Sites sites = new Sites();
    sites.add(new ForgedCeremony(), folder.resolve("simulated"));
    sites.add(
        new TpmCeremony() {
          @Override
          String settings() {
            return super.settings().replace("pilot-1", "vault-2");
          }

          @Override
          SecretBytes hsmSeed(int index) {
            return seed(150 + index);
          }

          @Override
          HsmIdentity bare(int index) {
            HsmIdentity bare = super.bare(index);
            return new HsmIdentity(
                bare.statementKey(),
                Bytes.fromHex("%02x".formatted(180 + index).repeat(32)),
                bare.model(),
                bare.measurement(),
                Bytes.EMPTY);
          }
        },
        folder.resolve("tpm"));
    List<ListedFleet> listed = new ArrayList<>();
    for (EvidencePackage one : sites.packages) {
      listed.add(sites.listed(one));
      sites.world.publish(
          sites.world.next(TransparencyWorld.START, listed.toArray(ListedFleet[]::new)));
    }
    return sites;
  }

  private void add(ForgedCeremony ceremony, Path folder) throws Exception {
    Files.createDirectories(folder);
    packages.add(EvidencePackage.of(ceremony, folder));
  }

  private ListedFleet listed(EvidencePackage of) throws Exception {
    Fleet fleet = of.fleet();
    return ListedFleet.of(
        fleet, FleetState.ANNOUNCED, Hashes.sha256(of.read(PackageFiles.MANIFEST)), NAMES);
  }

  /** The folder of a package: 0 is the demonstration. */
  public Path folder(int number) {
    return packages.get(number).folder;
  }

  /** Rewrites what a package's manifest says and signs it. */
  public void claimNoException(int number) throws Exception {
    packages
        .get(number)
        .remake(
            EvidencePackage.OPERATOR,
            before ->
                new Manifest(
                    before.files(),
                    before.fleet(),
                    before.ceremony(),
                    before.promise(),
                    List.of()));
  }

  /** A package, audited by somebody who knows the operator's key and the bundle. */
  public PublishedFleet audited(int number) throws Exception {
    return PublishedFleet.of(
        Audit.of(
            folder(number),
            ForgedCeremony.SIGNATURES,
            new Expectations(
                Optional.of(EvidencePackage.OPERATOR.publicKey()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(logged()),
                Optional.empty())));
  }

  /** What clients are told. */
  public Expectations.Logged logged() {
    Bytes policy = TransparencyWorld.signed(world.policy(), world.roots);
    return new Expectations.Logged(world.delivery(NOW - 60, policy), world.policy(), NOW);
  }

  /** The log. */
  public PublishedLog log() throws Exception {
    List<PublishedLog.Epoch> epochs = new ArrayList<>();
    Optional<Bundle> before = Optional.empty();
    for (Bytes leaf : world.leaves()) {
      Bundle bundle = BundleNote.open(leaf, world.operator.verifier(), world.notary.verifier());
      epochs.add(
          new PublishedLog.Epoch(
              bundle.epoch(),
              leaf,
              BundleNote.prevHash(leaf),
              Optional.of(bundle),
              "",
              KeyDelta.between(before, bundle).lines()));
      before = Optional.of(bundle);
    }
    return new PublishedLog(
        TransparencyWorld.NAMESPACE.value(),
        world.cosigned(NOW - 60).encode(),
        List.of(TransparencyWorld.signed(world.policy(), world.roots)),
        Instant.ofEpochSecond(NOW - 60),
        epochs);
  }
}
