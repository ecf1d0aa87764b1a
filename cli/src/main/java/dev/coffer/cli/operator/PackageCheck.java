package dev.coffer.cli.operator;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.vault.StatusCall;
import dev.coffer.evidence.EvidenceSummary;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.Objections;
import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a notary checks of every fleet that comes, changes its state or its evidence: the package
 * that its line names, and that the HSMs have their keys now.
 *
 * @param shelf what the notary was given: a directory a fleet, with {@code evidence} in it and, so
 *     that its HSMs can be asked, {@code fleet.properties} and its certificate
 * @param signer who has to have signed the packages
 * @param image an HSM image that the notary built
 */
public record PackageCheck(
    Path shelf, Signatures signatures, Bytes signer, Optional<Path> image, Randomness randomness)
    implements EvidenceCheck {
  /** By what is there, with packages signed by the policy's operator. */
  public static PackageCheck of(
      Path shelf, TrustPolicy policy, Optional<Path> image, Randomness randomness) throws Failure {
    if (!Files.isDirectory(shelf)) {
      throw new Failure(
          ExitCode.USAGE, "There is no directory " + shelf + ".", "Make it, or mount it.");
    }
    return new PackageCheck(
        shelf, new SshKeygen("ssh-keygen"), policy.operator().publicKey(), image, randomness);
  }

  /** What is wrong with the evidence of fleets that are used; silent HSMs are not. */
  public List<String> failures(Bundle bundle) throws IOException {
    List<String> all = new ArrayList<>();
    for (ListedFleet fleet : bundle.fleets()) {
      if (fleet.state() != FleetState.REVOKED) {
        told(fleet, objections(fleet, false), all);
      }
    }
    return all;
  }

  private static void told(ListedFleet fleet, List<String> objections, List<String> all) {
    String name = "fleet " + fleet.id().value().hex().substring(0, 8) + ": ";
    objections.forEach(objection -> all.add(name + objection));
  }

  @Override
  public List<String> objections(Bundle bundle, KeyDelta delta) throws IOException {
    List<String> all = new ArrayList<>();
    for (ListedFleet fleet : bundle.fleets()) {
      if (concerns(fleet, delta)) {
        told(fleet, objections(fleet, true), all);
      }
    }
    return all;
  }

  /** What is ended needs no evidence, and what is left may keep what it had. */
  private static boolean concerns(ListedFleet fleet, KeyDelta delta) {
    String id = fleet.id().value().hex();
    boolean changes = delta.lines().stream().anyMatch(line -> line.startsWith("+ fleet " + id));
    boolean kept =
        delta.lines().stream()
            .anyMatch(
                line -> line.startsWith("- fleet " + id) && line.endsWith(fleet.evidence().hex()));
    return switch (fleet.state()) {
      case ANNOUNCED, ACTIVE -> changes;
      case RETIRING -> changes && !kept;
      case REVOKED -> false;
    };
  }

  private List<String> objections(ListedFleet fleet, boolean strict) throws IOException {
    try {
      return examined(fleet, strict);
    } catch (IOException e) {
      if (strict) {
        throw e;
      }
      // One package that cannot be read keeps nobody from hearing of the others.
      return List.of("its evidence cannot be looked at: " + e.getMessage());
    }
  }

  private List<String> examined(ListedFleet fleet, boolean strict) throws IOException {
    Optional<Path> home = home(fleet.evidence());
    if (home.isEmpty()) {
      return List.of("there is no evidence sha256:" + fleet.evidence().hex() + " here");
    }
    Optional<Expectations.Challenge> challenge =
        fleet.state() == FleetState.RETIRING ? Optional.empty() : challenge(home.get());
    Expectations expected =
        new Expectations(Optional.of(signer), Optional.empty(), image, Optional.empty(), challenge);
    Path directory = VaultHome.evidence(home.get());
    return strict
        ? Objections.to(fleet, directory, signatures, expected)
        : Objections.failures(fleet, directory, signatures, expected);
  }

  private Optional<Path> home(Bytes manifest) throws IOException {
    try (Stream<Path> given = Files.list(shelf)) {
      for (Path home : given.sorted().toList()) {
        try {
          if (EvidenceSummary.read(VaultHome.evidence(home))
              .filter(summary -> summary.manifest().equals(manifest))
              .isPresent()) {
            return Optional.of(home);
          }
        } catch (CeremonyRefused e) {
          // It is another's, or nobody's.
        } catch (IOException e) {
          // So is what cannot be read; the fleet whose package it was has none then.
        }
      }
      return Optional.empty();
    }
  }

  private Optional<Expectations.Challenge> challenge(Path home) throws IOException {
    if (!FleetAddress.mayBeIn(home)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Expectations.Challenge(
              randomness.bytes(Limits.DIGEST), new StatusCall(FleetAddress.readFromOthers(home))));
    } catch (Failure e) {
      throw new IOException(e.what(), e);
    }
  }
}
