package dev.coffer.hsm.seal;

import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.threshold.Sharing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The secrets that the HSMs of a fleet share: five keys that all hold, and the K_A of the sets A
 * that this one belongs to (PROTOCOL.md §§9, 10). Thread-safe.
 */
public final class FleetKeys {
  /** The keys every HSM holds, in the order in which the founding makes them. */
  public enum Common {
    RECORD,
    NONCE,
    INDEX,
    OUTCOME,
    OPERATION
  }

  private final Map<Common, SecretBytes> common;
  private final Map<Integer, SecretBytes> subsets;

  /**
   * Takes the keys over.
   *
   * @param subsets K_A by position in {@link Sharing#subsets}
   */
  public FleetKeys(Map<Common, SecretBytes> common, Map<Integer, SecretBytes> subsets) {
    Invariant.check(common.size() == Common.values().length, "an HSM holds all common keys");
    this.common = Map.copyOf(common);
    this.subsets = Map.copyOf(subsets);
  }

  SecretBytes key(Common which) {
    return Objects.requireNonNull(common.get(which));
  }

  /** The keyed name of a record: all that hosts see of an account (INV-10). */
  public TreeKey treeKey(Subject subject) {
    return new TreeKey(
        Hashes.hmacSha256(key(Common.INDEX), Label.TREE_KEY.tuple().field(subject.encode())));
  }

  /** ν' of a registration: fresh, since the head covers the entry, and never a host's choice. */
  public Bytes registrationNonce(Bytes head, int position, Bytes operation) {
    Bytes hash = Hashes.sha256(Label.OPERATION_HASH.tuple().field(operation));
    return Hashes.hmacSha256(
        key(Common.NONCE),
        Label.REGISTRATION_NONCE.tuple().field(head).field(position).field(hash));
  }

  /** What hides an outcome in its leaf from hosts. */
  public Bytes outcomeBlind(Bytes head, int position) {
    return Hashes.hmacSha256(
        key(Common.OUTCOME), Label.OUTCOME_BLIND.tuple().field(head).field(position));
  }

  /** HSM {@code index}'s share of the OPRF key of nonce ν; the caller erases it. */
  public RistrettoScalar share(int fleetSize, int index, Bytes nu) {
    return Sharing.among(fleetSize).share(Ristretto255.GROUP, index, subsets, nu);
  }

  /** Appends all keys, for sealed storage alone. */
  public void write(CanonicalWriter out) {
    for (Common which : Common.values()) {
      key(which).write(out);
    }
    out.u8(subsets.size());
    new TreeMap<>(subsets).forEach((position, key) -> key.write(out.u8(position)));
  }

  /** Reads what {@link #write} wrote. */
  public static FleetKeys read(CanonicalReader in) throws Rejected {
    Map<Common, SecretBytes> common = new LinkedHashMap<>();
    for (Common which : Common.values()) {
      common.put(which, SecretBytes.read(in, Limits.DIGEST));
    }
    Map<Integer, SecretBytes> subsets = new LinkedHashMap<>();
    for (int left = in.u8(); left > 0; left--) {
      subsets.put(in.u8(), SecretBytes.read(in, Limits.DIGEST));
    }
    return new FleetKeys(common, subsets);
  }

  @Override
  public String toString() {
    return "FleetKeys[redacted]";
  }
}
