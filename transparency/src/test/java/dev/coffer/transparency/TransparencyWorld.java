package dev.coffer.transparency;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Frontier;
import dev.coffer.transparency.tlog.HashReader;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.tlog.TreeProver;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All parties in one process: roots, operator, notary, log, three witnesses, fleets. Honest unless
 * a test takes a part's place. Keys follow from their names, so that every run gives the same
 * octets.
 */
public final class TransparencyWorld {
  /** Noon of a day. */
  public static final long START = 1_800_000_000;

  /** Seconds of a day. */
  public static final long DAY = 86_400;

  /** Whose bundles these are. */
  public static final KeyName NAMESPACE = new KeyName("vault.example/messages");

  /** The log's origin. */
  public static final String ORIGIN = "notary.example/log";

  /** Five root keys. */
  public final List<SignerKey> roots = signers("root.example/");

  /** Five root keys that take over. */
  public final List<SignerKey> newRoots = signers("newroot.example/");

  /** The operator's key. */
  public final SignerKey operator = TestKeys.signer("operator.example");

  /** The notary's key. */
  public final SignerKey notary = TestKeys.signer("notary.example");

  /** The log's key. */
  public final SignerKey log = TestKeys.signer(ORIGIN);

  /** Three witnesses, two of which are a quorum. */
  public final List<SignerKey> witnesses =
      List.of(
          TestKeys.witness("witness.example/1"),
          TestKeys.witness("witness.example/2"),
          TestKeys.witness("witness.example/3"));

  private final List<Bytes> leaves = new ArrayList<>();
  private final Map<List<Long>, Bytes> nodes = new HashMap<>();
  private Frontier frontier = Frontier.EMPTY;

  /** A world whose log holds {@code entry 0}, {@code entry 1} … and no bundle. */
  public static TransparencyWorld withEntries(int count) {
    TransparencyWorld world = new TransparencyWorld();
    for (int i = 0; i < count; i++) {
      world.append(Utf8.encode("entry " + i));
    }
    return world;
  }

  private static List<SignerKey> signers(String prefix) {
    return IntStream.rangeClosed(1, 5).mapToObj(i -> TestKeys.signer(prefix + i)).toList();
  }

  /** The first trust policy: three of five roots, announced for three days. */
  public TrustPolicy policy() {
    return policy(1, TrustPolicy.NO_PREV, roots);
  }

  /** A later version with these roots. */
  public TrustPolicy policy(TrustPolicy before, List<SignerKey> itsRoots) {
    return policy(before.version() + 1, before.hash(), itsRoots);
  }

  private TrustPolicy policy(long version, Bytes prev, List<SignerKey> itsRoots) {
    return new TrustPolicy(
        NAMESPACE,
        version,
        prev,
        3,
        itsRoots.stream().map(SignerKey::verifier).toList(),
        operator.verifier(),
        notary.verifier(),
        TrustPolicy.MAX_AGE_HARD,
        TrustPolicy.MAX_AGE_SOFT,
        3 * DAY,
        logPolicy());
  }

  /** One log; two of three witnesses. */
  public Policy logPolicy() {
    return logPolicy(log.verifier());
  }

  /** That log; two of three witnesses. */
  public Policy logPolicy(VerifierKey logKey) {
    StringBuilder text = new StringBuilder("log " + logKey.text() + "\n");
    for (int i = 0; i < 3; i++) {
      text.append("witness w" + (i + 1) + " " + witnesses.get(i).verifier().text() + "\n");
    }
    text.append("group witnesses 2 w1 w2 w3\nquorum witnesses\n");
    try {
      return Policy.parse(Utf8.encode(text.toString()));
    } catch (Refused e) {
      throw new IllegalStateException(e);
    }
  }

  /** A policy's note with these signatures. */
  public static Bytes signed(TrustPolicy policy, List<SignerKey> signers) {
    return Note.sign(policy.text(), signers.toArray(new SignerKey[0])).encode();
  }

  /** A fleet of five hardware HSMs, three of which are a quorum; keys follow from {@code name}. */
  public static Fleet fleet(String name) {
    return fleet(name, 5, 3, "ACME HSM 9");
  }

  /** Any fleet. */
  public static Fleet fleet(String name, int n, int q, String model) {
    List<HsmIdentity> hsms = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      String seed = name + " " + i;
      hsms.add(
          new HsmIdentity(
              hash("statement " + seed),
              hash("session " + seed),
              model,
              hash("measurement"),
              hash("attestation " + seed)));
    }
    List<TenantIssuer> tenants = List.of(new TenantIssuer("app", hash("tenant")));
    try {
      return Fleet.of(new FleetSettings(n, q, 10, 16, tenants, true, false), hsms);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes hash(String text) {
    return Hashes.sha256(Utf8.encode(text));
  }

  /** How a bundle lists that fleet. */
  public static ListedFleet listed(Fleet fleet, FleetState state) {
    List<String> sites = Collections.nCopies(fleet.hsms().size(), "site-1");
    return ListedFleet.of(fleet, state, hash("evidence"), sites);
  }

  /** The next bundle of an honest notary, valid for 30 days, under the first policy. */
  public Bundle next(long time, ListedFleet... fleets) {
    return next(policy(), time, fleets);
  }

  /** The next bundle of an honest notary, valid for 30 days. */
  public Bundle next(TrustPolicy policy, long time, ListedFleet... fleets) {
    Bytes prev =
        leaves.isEmpty() ? Bundle.NO_PREV : BundleNote.prevHash(leaves.get(leaves.size() - 1));
    List<ListedFleet> sorted = new ArrayList<>(List.of(fleets));
    sorted.sort((a, b) -> a.id().value().compareTo(b.id().value()));
    return new Bundle(
        NAMESPACE,
        leaves.size() + 1,
        prev,
        time,
        time + 30 * DAY,
        1,
        1,
        policy.version(),
        policy.hash(),
        sorted);
  }

  /** Signs and logs a bundle. */
  public Bytes publish(Bundle bundle) {
    return append(BundleNote.sign(bundle, notary, operator));
  }

  /** Logs anything. */
  public Bytes append(Bytes leaf) {
    leaves.add(leaf);
    frontier =
        frontier.append(
            Tlog.leafHash(leaf),
            (level, index, hash) -> nodes.put(List.of((long) level, index), hash));
    return leaf;
  }

  /** The log's leaves. */
  public List<Bytes> leaves() {
    return List.copyOf(leaves);
  }

  /** The log's checkpoint of that size, without cosignatures. */
  public Note checkpoint(long size) {
    try {
      return Note.sign(new Checkpoint(ORIGIN, size, prover().root(size)).text(), log);
    } catch (IOException | Refused e) {
      throw new IllegalStateException(e);
    }
  }

  /** The newest checkpoint, cosigned by the first two witnesses. */
  public Note cosigned(long time) {
    return cosign(checkpoint(leaves.size()), time, 0, 1);
  }

  /** A checkpoint cosigned by these witnesses. */
  public Note cosign(Note checkpoint, long time, int... which) {
    Note note = checkpoint;
    for (int i : which) {
      note = note.with(witnesses.get(i).cosign(checkpoint.unverifiedText(), time));
    }
    return note;
  }

  /** A prover over the log. */
  public TreeProver prover() {
    HashReader reader = (level, index) -> nodes.get(List.of((long) level, index));
    return new TreeProver(reader);
  }

  /** The proof of a leaf under a checkpoint of that size. */
  public TlogProof proof(long index, long size, Note checkpoint) {
    try {
      return new TlogProof(Optional.empty(), index, prover().inclusion(index, size), checkpoint);
    } catch (IOException | Refused e) {
      throw new IllegalStateException(e);
    }
  }

  /** What an honest node delivers: the newest leaf, cosigned at {@code time}. */
  public BundleDelivery delivery(long time, Bytes... policies) {
    return delivery(cosigned(time), policies);
  }

  /** The newest leaf under that checkpoint of the newest size. */
  public BundleDelivery delivery(Note checkpoint, Bytes... policies) {
    int size = leaves.size();
    Bytes proof = proof(size - 1, size, checkpoint).encode();
    return BundleDelivery.of(leaves.get(size - 1), proof, List.of(policies));
  }
}
