package dev.coffer.cli.trust;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.AtomicFile;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.Proofs;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The operator of a development vault: has a bundle notarised, counter-signs it, has it logged, and
 * puts it where nodes find it. What was logged and not yet put there is put there by the next call.
 */
public final class Publisher implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final long VALID_SECONDS = 90 * 86_400L;
  private static final int TRIES = 20;
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Session session;
  private final VaultHome vault;
  private final TrustPolicy policy;
  private final Fetch fetch = new Fetch(DEADLINE);
  private final URI log;

  /** What was published. */
  public record Published(Bundle bundle, KeyDelta delta) {}

  /** For the vault in {@code home}. */
  public Publisher(Session session, VaultHome vault) throws Failure, IOException {
    this.session = session;
    this.vault = vault;
    this.policy = vault.policy();
    this.log = logAddress(policy);
  }

  /** Where the log of a policy is. */
  public static URI logAddress(TrustPolicy policy) throws Failure {
    Policy.Log only = policy.log().logs().get(0);
    return URI.create(
        only.url()
            .orElseThrow(() ->
                new Failure(
                    ExitCode.USAGE,
                    "The trust policy does not say where its log is.",
                    "Give the address with --log.")));
  }

  /** The newest bundle of the log, and what came before. */
  public Lineage lineage() throws Failure, IOException {
    try {
      RemoteLog remote = new RemoteLog(fetch, log);
      if (policy.log().checkLog(Note.parse(remote.checkpoint())).size() == 0) {
        return Lineage.EMPTY;
      }
      return lineage(LogWalk.of(remote, policy.log()));
    } catch (Refused e) {
      throw untrusted(e);
    }
  }

  private Lineage lineage(LogWalk walk) throws Refused {
    Lineage lineage = Lineage.EMPTY;
    for (Bytes leaf : walk.leaves()) {
      Bundle bundle = BundleNote.open(leaf, policy.operator(), policy.notary());
      lineage = lineage.extend(policy.namespace(), policy.announce(), bundle, leaf);
    }
    return lineage;
  }

  /**
   * Issues the next bundle.
   *
   * @param states fleets that come or change; all others stay as they are
   */
  public Published issue(Map<FleetId, FleetState> states)
      throws Failure, IOException, InterruptedException {
    Lineage lineage = resumed(lineage());
    Bundle next = next(lineage, states);
    try {
      lineage.check(next, policy.announce());
      KeyDelta delta = lineage.delta(next);
      // From here on this is the one statement of its epoch: a notary signs no second one.
      AtomicFile.write(vault.trust().pending(), next.text().getBytes(StandardCharsets.US_ASCII));
      complete(next);
      return new Published(next, delta);
    } catch (Refused e) {
      throw new Failure(
          ExitCode.USAGE,
          "This bundle cannot follow the one before: " + e.what() + ".",
          "See what there is with coffer bundle show.");
    }
  }

  /** Brings a statement that was interrupted on its way into the log. */
  private Lineage resumed(Lineage lineage) throws Failure, IOException, InterruptedException {
    Path file = vault.trust().pending();
    if (!Files.exists(file)) {
      return lineage;
    }
    try {
      Bundle pending = Bundle.parse(Files.readString(file, StandardCharsets.US_ASCII));
      if (pending.epoch() != lineage.nextEpoch()) {
        Files.delete(file);
        return lineage;
      }
      complete(pending);
      return lineage();
    } catch (Refused e) {
      throw new Failure(
          ExitCode.HERE,
          "The unfinished bundle in " + file + " cannot be published: " + e.what() + ".",
          "If the log does not hold its epoch and the notary never signed it, remove that file.");
    }
  }

  private void complete(Bundle bundle) throws Failure, IOException, InterruptedException, Refused {
    Bytes fleetNote = sign(bundle);
    publish(fleetNote, logged(fleetNote));
    Files.deleteIfExists(vault.trust().pending());
  }

  private Bundle next(Lineage lineage, Map<FleetId, FleetState> states)
      throws Failure, IOException {
    Map<FleetId, ListedFleet> fleets = new HashMap<>();
    lineage
        .newest()
        .ifPresent(before -> before.fleets().forEach(fleet -> fleets.put(fleet.id(), fleet)));
    for (VaultHome.Member member : vault.members()) {
      FleetState state = states.get(member.fleet().id());
      if (state != null) {
        ListedFleet listed = fleets.get(member.fleet().id());
        fleets.put(member.fleet().id(), listed == null ? first(member, state) : listed.in(state));
      }
    }
    List<ListedFleet> sorted = new ArrayList<>(fleets.values());
    sorted.sort(Comparator.comparing(fleet -> fleet.id().value()));
    long now = session.clock().instant().getEpochSecond();
    return new Bundle(
        policy.namespace(),
        lineage.nextEpoch(),
        lineage.nextPrev(),
        now,
        now + VALID_SECONDS,
        1,
        1,
        policy.version(),
        policy.hash(),
        sorted);
  }

  /** A development fleet's only evidence is its own description. */
  private static ListedFleet first(VaultHome.Member member, FleetState state) {
    List<String> sites =
        IntStream.rangeClosed(1, member.fleet().settings().n())
            .mapToObj(i -> "local-" + i)
            .toList();
    return ListedFleet.of(member.fleet(), state, Hashes.sha256(member.fleet().encode()), sites);
  }

  /**
   * The operator proposes, two people approve, the notary signs, the operator counter-signs. Here
   * one command plays operator and approvers.
   */
  private Bytes sign(Bundle next) throws Failure, IOException, InterruptedException {
    URI address =
        URI.create(
            Files.readString(vault.trust().notaryAddress(), StandardCharsets.US_ASCII).strip());
    NotaryLink notary = new NotaryLink(fetch, address);
    Bytes hash = Hashes.sha256(Utf8.encode(next.text()));
    try (NoteSigner operator =
        TrustFounding.signer(policy.operator(), vault.trust().operatorKey())) {
      notary.propose(Note.of(next.text(), List.of(operator.sign(next.text()))));
      List<String> approvers =
          Files.readAllLines(vault.trust().approvers(), StandardCharsets.US_ASCII);
      for (int i = 1; i <= approvers.size(); i++) {
        VerifierKey key = VerifierKey.parse(approvers.get(i - 1));
        try (NoteSigner approver = TrustFounding.signer(key, vault.trust().approverKey(i))) {
          notary.approve(hash, approver);
        }
      }
      String inner = notary.note(hash).toText();
      return Note.of(inner, List.of(operator.sign(inner))).encode();
    } catch (Refused e) {
      throw new Failure(
          ExitCode.HERE,
          "The file " + vault.trust().approvers() + " is damaged.",
          "Restore it from a copy; it is public.");
    }
  }

  /** Asks until witnesses have cosigned; the same leaf is logged once however often it is sent. */
  private TlogProof logged(Bytes leaf) throws Failure, IOException, InterruptedException, Refused {
    RemoteLog remote = new RemoteLog(fetch, log);
    for (int i = 0; i < TRIES; i++) {
      TlogProof proof = remote.add(leaf);
      if (quorum(proof)) {
        return proof;
      }
      session.pause().await(PAUSE);
    }
    throw new Failure(
        ExitCode.TRY_AGAIN,
        "The bundle is logged, but too few witnesses have cosigned it.",
        "See that the witnesses run (coffer up), then run coffer bundle refresh.");
  }

  private boolean quorum(TlogProof proof) {
    try {
      return policy.log().check(proof.checkpoint()).quorumTime().isPresent();
    } catch (Refused e) {
      return false;
    }
  }

  /**
   * Brings the newest bundle of the log, under its newest checkpoint, to the nodes: once a day, for
   * clients want to see that witnesses have looked lately.
   *
   * @return empty if nothing was ever logged
   */
  public Optional<Bundle> refresh() throws Failure, IOException, InterruptedException {
    Lineage lineage = resumed(lineage());
    if (lineage.newest().isEmpty()) {
      return Optional.empty();
    }
    try {
      RemoteLog remote = new RemoteLog(fetch, log);
      LogWalk walk = LogWalk.of(remote, policy.log());
      int last = walk.leaves().size() - 1;
      publish(walk.leaves().get(last), Proofs.inclusion(remote, last, walk.note()));
      return lineage(walk).newest();
    } catch (Refused e) {
      throw untrusted(e);
    }
  }

  private void publish(Bytes fleetNote, TlogProof proof) throws Failure, IOException {
    Bytes policies =
        BundleDelivery.of(
                Bytes.EMPTY,
                Bytes.EMPTY,
                List.of(Bytes.wrap(Files.readAllBytes(vault.trust().policy()))))
            .policies();
    Bytes directory = vault.directoryOfFleets();
    for (VaultHome.Member member : vault.members()) {
      Path folder = AtomicFile.directory(member.bundle());
      AtomicFile.write(folder.resolve("fleets"), directory.toByteArray());
      AtomicFile.write(folder.resolve("trust-policies"), policies.toByteArray());
      AtomicFile.write(folder.resolve("fleet.note"), fleetNote.toByteArray());
      AtomicFile.write(folder.resolve("fleet.tlog-proof"), proof.encode().toByteArray());
    }
  }

  private static Failure untrusted(Refused e) {
    return new Failure(
        ExitCode.UNTRUSTED,
        "The log is not what its policy promises: " + e.what() + ".",
        "Keep what it shows; run coffer audit log.");
  }

  @Override
  public void close() {
    fetch.close();
  }
}
