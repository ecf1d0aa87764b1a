package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.tree.PartialTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Plays the HSM of one partition for a store: holds (k, head, root) alone, checks every record and
 * proof against its root as the real one does, and hands back new ciphertexts.
 */
public final class ChainDriver {
  public static final FleetId FLEET =
      new FleetId(Hashes.sha256(Bytes.copyOf(new byte[] {1, 2, 3})));

  private final RandomGenerator random;
  private ChainValues values;

  public ChainDriver(RandomGenerator random, ChainValues values) {
    this.random = random;
    this.values = values;
  }

  public ChainValues values() {
    return values;
  }

  public static List<TreeKey> ascending(Collection<TreeKey> keys) {
    TreeSet<Bytes> sorted = new TreeSet<>();
    keys.forEach(key -> sorted.add(key.value()));
    return sorted.stream().map(TreeKey::new).toList();
  }

  /** A fresh record, named by its content: the first 32 octets are random. */
  public Bytes randomRecord() {
    byte[] record = new byte[Limits.RECORD];
    random.nextBytes(record);
    return Bytes.wrap(record);
  }

  /**
   * Captures one entry that rewrites {@code touched}; where {@code absent} says so an absent record
   * stays absent.
   */
  EntryResult capture(Proof proof, List<TreeKey> touched, boolean leaveAbsent, int entryOctets) {
    Invariant.check(proof.at().equals(values), "the proof is for this state");
    try {
      PartialTree tree = PartialTree.decode(proof.multiproof().encode());
      Invariant.check(tree.rootHash().equals(values.root()), "the proof has the root");
      List<Optional<Bytes>> records = new ArrayList<>();
      for (int i = 0; i < touched.size(); i++) {
        Optional<Bytes> present = proof.records().get(i);
        Invariant.check(
            tree.find(touched.get(i)).equals(present.map(PartialTree::ciphertextHash)),
            "the proof speaks of the record");
        records.add(
            present.isEmpty() && leaveAbsent ? Optional.empty() : Optional.of(randomRecord()));
      }
      for (int i = 0; i < touched.size(); i++) {
        TreeKey key = touched.get(i);
        records.get(i).ifPresent(r -> tree.put(key, PartialTree.ciphertextHash(r)));
      }
      return append(touched, records, tree.rootHash(), entryOctets);
    } catch (Rejected e) {
      throw new AssertionError(e);
    }
  }

  /** Appends an entry with this effect to the chain. */
  EntryResult append(
      List<TreeKey> touched, List<Optional<Bytes>> records, Bytes root, int entryOctets) {
    Bytes raw = entry(touched, entryOctets);
    List<Bytes> leaves = touched.stream().map(key -> Hashes.sha256(key.value())).toList();
    values =
        new ChainValues(
            values.fleetId(),
            values.partition(),
            values.k() + 1,
            values.nextHead(ChainValues.entryHash(raw)),
            root,
            OutcomeTree.root(leaves));
    return new EntryResult(
        values,
        raw,
        touched,
        records,
        leaves,
        Optional.empty(),
        new OrderPosition(1, 2 * values.k()));
  }

  /** About {@code octets} octets that name {@code touched}; not an entry if there are none. */
  private Bytes entry(List<TreeKey> touched, int octets) {
    byte[] drawn = new byte[octets];
    random.nextBytes(drawn);
    if (touched.isEmpty()) {
      return Bytes.wrap(drawn);
    }
    int each = Math.min(Limits.OPERATION_MAX, octets / touched.size());
    List<Entry.Item> items = new ArrayList<>();
    for (int i = 0; i < touched.size(); i++) {
      items.add(new Entry.Item(touched.get(i), 1, Bytes.copyOf(drawn, i * each, (i + 1) * each)));
    }
    return new Entry(items).encode();
  }

  /** One whole step: prove, capture, apply. */
  public EntryResult step(RecordStore store, List<TreeKey> touched) {
    EntryResult result = capture(store.prove(touched), touched, false, 100);
    store.apply(result);
    return result;
  }

  /** A key, random but for its first {@code shared} bits, which are those of {@code near}. */
  public static TreeKey keyNear(RandomGenerator random, Bytes near, int shared) {
    byte[] key = new byte[Limits.DIGEST];
    random.nextBytes(key);
    for (int bit = 0; bit < shared; bit++) {
      int mask = 0x80 >>> (bit & 7);
      key[bit >>> 3] = (byte) (near.bit(bit) == 1 ? key[bit >>> 3] | mask : key[bit >>> 3] & ~mask);
    }
    return new TreeKey(Bytes.wrap(key));
  }
}
