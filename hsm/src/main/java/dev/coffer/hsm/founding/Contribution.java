package dev.coffer.hsm.founding;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one HSM commits to: the messages of the founding's first step, made and checked. */
final class Contribution {
  private Contribution() {}

  /** The commitment to one contribution of 32 random octets, which hides it by itself. */
  static Bytes commitment(FleetId fleetId, int index, int number, SecretBytes contribution) {
    byte[] copy = contribution.copy();
    CanonicalWriter tuple =
        Label.FOUNDING_COMMITMENT
            .tuple()
            .field(fleetId.value())
            .field(index)
            .field(number)
            .field(copy);
    Bytes hash = Hashes.sha256(tuple);
    tuple.wipe();
    Arrays.fill(copy, (byte) 0);
    return hash;
  }

  /** All commitments of HSM {@code index}, signed: commitments ‖ signature. */
  static Commitments sign(
      FleetId fleetId, int index, Map<Integer, SecretBytes> contributions, SecretBytes seed) {
    CanonicalWriter out = new CanonicalWriter();
    contributions.forEach(
        (number, contribution) -> out.raw(commitment(fleetId, index, number, contribution)));
    Bytes list = out.toBytes();
    return new Commitments(
        index, list.concat(Ed25519.sign(seed, signedText(fleetId, index, list))));
  }

  private static Bytes signedText(FleetId fleetId, int index, Bytes list) {
    return Label.FOUNDING_COMMITMENT_SIGNATURE
        .tuple()
        .field(fleetId.value())
        .field(index)
        .field(list)
        .toBytes();
  }

  /** The commitments of one peer by secret, exactly for the secrets it holds. */
  static Map<Integer, Bytes> check(Fleet fleet, SharedSecrets secrets, Commitments from)
      throws Rejected {
    List<Integer> numbers = secrets.heldBy(from.index());
    int size = numbers.size() * Limits.DIGEST;
    if (from.encoded().size() != size + Limits.SIGNATURE) {
      throw new Rejected(RejectionCode.BAD_FOUNDING, "number of commitments");
    }
    Bytes list = from.encoded().slice(0, size);
    Bytes signature = from.encoded().slice(size, size + Limits.SIGNATURE);
    Bytes key = fleet.hsm(from.index()).statementKey();
    if (!Ed25519.verify(key, signedText(fleet.id(), from.index(), list), signature)) {
      throw new Rejected(RejectionCode.BAD_SIGNATURE, "commitments");
    }
    CanonicalReader in = new CanonicalReader(list);
    Map<Integer, Bytes> commitments = new LinkedHashMap<>();
    for (int number : numbers) {
      commitments.put(number, in.raw(Limits.DIGEST));
    }
    return commitments;
  }
}
