package dev.coffer.cli.operator;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.TrustHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.evidence.EvidenceSummary;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.operator.BundleSigners;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.notary.operator.NotaryLink;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.notary.operator.SilentWitnesses;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The operator of the vault in a home: {@link Issuance} with its notary, its log, its files and its
 * keys.
 */
public final class Publisher implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final VaultHome vault;
  private final Fetch fetch = new Fetch(DEADLINE);
  private final Issuance issuance;
  private final URI notary;

  /** For the vault in {@code home}, whose operator's key lies there and nobody else's. */
  public Publisher(Session session, VaultHome vault) throws Failure, OperatorFailure, IOException {
    this(session, vault, operator(vault.policy(), vault.trust()));
  }

  /** The same with other keys. */
  public Publisher(Session session, VaultHome vault, BundleSigners signers)
      throws Failure, OperatorFailure, IOException {
    this.vault = vault;
    PolicyHistory policies = vault.policies();
    TrustPolicy policy = policies.newest();
    this.notary = vault.trust().readNotaryAddress();
    this.issuance =
        new Issuance(
            policies,
            session.clock(),
            session.pause()::await,
            new NotaryLink(fetch, notary),
            new RemoteLog(fetch, OperatorPolicies.logAddress(policy)),
            SilentWitnesses.of(fetch, policy.log()),
            new OperatorFiles(vault),
            signers);
  }

  private static BundleSigners operator(TrustPolicy policy, TrustHome home) {
    return () -> signer(policy.operator(), home.operatorKey());
  }

  /** Signs under that name with the key in a file. */
  public static NoteSigner signer(VerifierKey key, Path file) throws IOException {
    return new NoteSigner(key.name(), key.type(), new KeyFile(file).open());
  }

  /** Where its notary is. */
  public URI notary() {
    return notary;
  }

  /** The newest bundle of the log, and what came before. */
  public Lineage lineage() throws Failure, OperatorFailure, IOException {
    return issuance.logged().lineage();
  }

  /**
   * Issues the next bundle.
   *
   * @param states fleets that come or change; all others stay as they are
   */
  public Issuance.Published issue(Map<FleetId, FleetState> states)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    return issuance.issue(change(states));
  }

  /** Proposes the next bundle, for people to approve. */
  public Issuance.Proposed propose(Map<FleetId, FleetState> states)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    return issuance.propose(change(states));
  }

  /** Brings to log and nodes what the notary has signed; see {@link Issuance#publish}. */
  public Optional<Bundle> publish(Optional<Bytes> hash)
      throws Failure, OperatorFailure, IOException, InterruptedException {
    return issuance.publish(hash);
  }

  /**
   * Brings the newest bundle of the log, under its newest checkpoint, to the nodes: once a day, for
   * clients want to see that witnesses have looked lately.
   *
   * @return empty if nothing was ever logged
   */
  public Optional<Issuance.HandedOut> refresh() throws Failure, OperatorFailure, IOException {
    return issuance.refresh();
  }

  /** Does nothing if witnesses looked lately; see {@link Issuance#checkFresh}. */
  public void checkFresh(Issuance.HandedOut handed) throws OperatorFailure, IOException {
    issuance.checkFresh(handed);
  }

  private UnaryOperator<List<ListedFleet>> change(Map<FleetId, FleetState> states)
      throws Failure, OperatorFailure, IOException {
    List<ListedFleet> changed = new ArrayList<>();
    for (VaultHome.Member member : vault.members()) {
      FleetState state = states.get(member.fleet().id());
      if (state != null) {
        changed.add(listed(member, state));
      }
    }
    return before -> {
      Map<FleetId, ListedFleet> fleets = new HashMap<>();
      before.forEach(fleet -> fleets.put(fleet.id(), fleet));
      for (ListedFleet fleet : changed) {
        ListedFleet listed = fleets.get(fleet.id());
        fleets.put(fleet.id(), listed == null ? fleet : again(listed, fleet));
      }
      List<ListedFleet> sorted = new ArrayList<>(fleets.values());
      sorted.sort(Comparator.comparing(fleet -> fleet.id().value()));
      return sorted;
    };
  }

  /** With the package of evidence in its home, if somebody made one. */
  private static ListedFleet listed(VaultHome.Member member, FleetState state)
      throws Failure, IOException {
    Path directory = VaultHome.evidence(member.home());
    Fleet fleet = member.fleet();
    boolean used = state == FleetState.ANNOUNCED || state == FleetState.ACTIVE;
    try {
      // What ends must not wait for a package to be mended.
      Optional<EvidenceSummary> evidence =
          used ? EvidenceSummary.read(directory) : Optional.empty();
      if (evidence.isEmpty()) {
        List<String> sites =
            IntStream.rangeClosed(1, fleet.settings().n()).mapToObj(i -> "local-" + i).toList();
        return ListedFleet.of(fleet, state, ListedFleet.NO_EVIDENCE, sites);
      }
      EvidenceSummary summary = evidence.get();
      if (!summary.fleet().equals(fleet.id()) || summary.sites().size() != fleet.settings().n()) {
        throw new Failure(
            ExitCode.UNTRUSTED,
            "The evidence in " + directory + " is another fleet's.",
            "Put the package of " + member.name() + " there, or none.");
      }
      return ListedFleet.of(fleet, state, summary.manifest(), summary.sites());
    } catch (CeremonyRefused e) {
      throw new Failure(ExitCode.UNTRUSTED, e.what() + ".", e.next());
    }
  }

  /** Its HSMs, what their sites are called, and evidence that is not here stay as listed first. */
  private static ListedFleet again(ListedFleet before, ListedFleet now) {
    ListedFleet moved = before.in(now.state());
    return now.hasEvidence()
        ? new ListedFleet(moved.id(), moved.state(), now.evidence(), moved.members())
        : moved;
  }

  @Override
  public void close() {
    fetch.close();
  }
}
