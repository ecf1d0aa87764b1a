package dev.coffer.cli.operator;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.vault.StatusCall;
import dev.coffer.evidence.ChainChecks;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * What a notary checks of every fleet that comes, changes its state or its evidence: the package
 * that its line names, and that the HSMs have their keys now. Thread-safe; of two who ask at once,
 * one is asked to come again, so that slow hosts hold one request.
 */
public final class PackageCheck implements EvidenceCheck {
  private final Path shelf;
  private final Signatures signatures;
  private final Bytes signer;
  private final Optional<Path> image;
  private final Randomness randomness;
  private final ReentrantLock looking = new ReentrantLock();

  /**
   * @param shelf what the notary was given: a directory a fleet, with {@code evidence} in it and,
   *     so that its HSMs can be asked, {@code fleet.properties} and its certificate
   * @param signer who has to have signed the packages
   * @param image an HSM image that the notary built
   */
  public PackageCheck(
      Path shelf,
      Signatures signatures,
      Bytes signer,
      Optional<Path> image,
      Randomness randomness) {
    this.shelf = shelf;
    this.signatures = signatures;
    this.signer = signer;
    this.image = image;
    this.randomness = randomness;
  }

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

  /**
   * What is wrong with the evidence of fleets that are used; silent HSMs are not. A package that
   * cannot be looked at now keeps nobody from hearing of the others.
   */
  public List<String> failures(Bundle bundle) {
    List<String> all = new ArrayList<>();
    for (ListedFleet fleet : bundle.fleets()) {
      if (fleet.state() != FleetState.REVOKED) {
        try {
          told(fleet, examined(fleet, false), all);
        } catch (IOException e) {
          told(fleet, List.of("its evidence cannot be looked at now: " + e.getMessage()), all);
        }
      }
    }
    return all;
  }

  /** Certificates of devices of fleets that are used, and that do not count any more. */
  public List<String> ended(Bundle bundle, Expectations.Today today) {
    List<String> all = new ArrayList<>();
    for (ListedFleet fleet : bundle.fleets()) {
      try {
        Optional<Path> home =
            fleet.state() == FleetState.REVOKED
                ? Optional.empty()
                : home(fleet.evidence(), new ArrayList<>());
        if (home.isPresent()) {
          told(fleet, ChainChecks.ended(VaultHome.evidence(home.get()), today), all);
        }
      } catch (IOException e) {
        // Said by failures; the others' certificates end none the less.
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
    if (!looking.tryLock()) {
      throw new IOException("Evidence is looked at for somebody else: ask again in a minute.");
    }
    try {
      List<String> all = new ArrayList<>();
      for (ListedFleet fleet : bundle.fleets()) {
        if (concerns(fleet, delta)) {
          told(fleet, examined(fleet, true), all);
        }
      }
      return all;
    } finally {
      looking.unlock();
    }
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

  /**
   * What speaks against a fleet, until somebody mends it.
   *
   * @throws IOException for what may pass by itself
   */
  private List<String> examined(ListedFleet fleet, boolean strict) throws IOException {
    List<String> unread = new ArrayList<>();
    Optional<Path> home = home(fleet.evidence(), unread);
    if (home.isEmpty()) {
      String others =
          unread.isEmpty() ? "" : "; no package can be read in " + String.join(", ", unread);
      return List.of("there is no evidence sha256:" + fleet.evidence().hex() + " here" + others);
    }
    Optional<Expectations.Challenge> challenge = Optional.empty();
    if (fleet.state() != FleetState.RETIRING && FleetAddress.mayBeIn(home.get())) {
      try {
        FleetAddress nodes = FleetAddress.readFromOthers(home.get());
        challenge =
            Optional.of(
                new Expectations.Challenge(randomness.bytes(Limits.DIGEST), new StatusCall(nodes)));
      } catch (Failure | IOException e) {
        // Whose words name places on this machine.
        return List.of(
            "its HSMs cannot be asked: fleet.properties or its certificate is damaged: give both"
                + " anew");
      }
    }
    Expectations expected =
        new Expectations(Optional.of(signer), Optional.empty(), image, Optional.empty(), challenge);
    Path directory = VaultHome.evidence(home.get());
    return strict
        ? Objections.to(fleet, directory, signatures, expected)
        : Objections.failures(fleet, directory, signatures, expected);
  }

  /**
   * Whose package has that manifest.
   *
   * @param unread gets the names of what holds no package that can be read
   */
  private Optional<Path> home(Bytes manifest, List<String> unread) throws IOException {
    try (Stream<Path> given = Files.list(shelf)) {
      for (Path home : given.sorted().toList()) {
        try {
          if (EvidenceSummary.read(VaultHome.evidence(home))
              .filter(summary -> summary.manifest().equals(manifest))
              .isPresent()) {
            return Optional.of(home);
          }
        } catch (CeremonyRefused | IOException e) {
          unread.add(home.getFileName().toString());
        }
      }
      return Optional.empty();
    }
  }
}
