package dev.coffer.hsm.founding;

import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.hsm.seal.FleetKeys.Common;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Which secrets a fleet of n shares, and who holds each. Secret s is K_A of the s-th set A while
 * there are sets, held by A alone (INV-3), then the keys that all hold. Whoever holds a secret
 * contributes to it.
 */
final class SharedSecrets {
  private final List<List<Integer>> holders;
  private final int subsets;

  SharedSecrets(int n) {
    List<List<Integer>> all = new ArrayList<>(Sharing.among(n).subsets());
    this.subsets = all.size();
    List<Integer> everyone = IntStream.rangeClosed(1, n).boxed().toList();
    for (int i = 0; i < Common.values().length; i++) {
      all.add(everyone);
    }
    this.holders = List.copyOf(all);
  }

  /** The holders of secret {@code number}, ascending. */
  List<Integer> holders(int number) {
    return holders.get(number);
  }

  /** The secrets that {@code index} holds, ascending. */
  List<Integer> heldBy(int index) {
    return IntStream.range(0, holders.size())
        .filter(number -> holders.get(number).contains(index))
        .boxed()
        .toList();
  }

  /** The secrets that both hold, ascending. */
  List<Integer> heldByBoth(int a, int b) {
    return heldBy(a).stream().filter(number -> holders.get(number).contains(b)).toList();
  }

  /**
   * Combines contributions: one honest, unpredictable contribution is enough for an unpredictable
   * secret, since all were committed to before any was shown.
   *
   * @param contributions by secret, then by contributor
   */
  FleetKeys combine(
      FleetId fleetId,
      int index,
      Bytes transcriptHash,
      Map<Integer, Map<Integer, SecretBytes>> contributions) {
    Map<Common, SecretBytes> common = new LinkedHashMap<>();
    Map<Integer, SecretBytes> own = new LinkedHashMap<>();
    for (int number : heldBy(index)) {
      SecretBytes secret =
          derive(
              fleetId, number, transcriptHash, Objects.requireNonNull(contributions.get(number)));
      if (number < subsets) {
        own.put(number, secret);
      } else {
        common.put(Common.values()[number - subsets], secret);
      }
    }
    return new FleetKeys(common, own);
  }

  private SecretBytes derive(
      FleetId fleetId, int number, Bytes transcriptHash, Map<Integer, SecretBytes> from) {
    CanonicalWriter joined = new CanonicalWriter();
    for (int contributor : holders(number)) {
      Objects.requireNonNull(from.get(contributor)).write(joined);
    }
    CanonicalWriter salt =
        Label.FOUNDING_SECRET.tuple().field(fleetId.value()).field(transcriptHash);
    try (SecretBytes input = SecretBytes.wrap(joined.toByteArray())) {
      return Hkdf.derive(salt, input, Label.FOUNDING_SECRET.tuple().field(number), 32);
    } finally {
      joined.wipe();
    }
  }
}
