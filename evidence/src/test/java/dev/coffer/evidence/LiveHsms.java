package dev.coffer.evidence;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The HSMs of a forged ceremony as they answer challenges; each thing may be another. */
class LiveHsms {
  private static final Bytes NONCE = Hashes.sha256(Bytes.zeros(1));

  /** The seed of every key that HSMs have in these tests. */
  private static final Map<Bytes, SecretBytes> KEYS = new HashMap<>();

  static {
    for (int number = 100; number < 200; number++) {
      SecretBytes seed = ForgedCeremony.seed(number);
      KEYS.put(Ed25519.publicKey(seed), seed);
    }
  }

  /** The key of an HSM of these tests. */
  static Ed25519.SigningKey key(Bytes statementKey) {
    return new Ed25519.SigningKey(KEYS.get(statementKey));
  }

  /** Which HSM answers at that place. */
  int who(int index) {
    return index;
  }

  /** Over which nonce. */
  Bytes over(int index, Bytes nonce) {
    return nonce;
  }

  /** Of which fleet. */
  FleetId of(FleetId fleet) {
    return fleet;
  }

  /** What arrives. */
  Optional<Bytes> sent(int index, Bytes status) {
    return Optional.of(status);
  }

  /** To the HSMs of the fleet in {@code audited}. */
  final Expectations.Challenge challenge(Case audited) {
    return new Expectations.Challenge(
        NONCE,
        (hsms, nonce) -> {
          Fleet fleet = audited.ceremony().fleet().orElseThrow();
          return IntStream.rangeClosed(1, hsms)
              .mapToObj(index -> sent(index, status(fleet, index, nonce)))
              .toList();
        });
  }

  final Bytes status(Fleet fleet, int index, Bytes nonce) {
    int answers = who(index);
    SignedStatus status =
        SignedStatus.sign(
            answers,
            over(index, nonce),
            ChainValues.founding(of(fleet.id()), 0),
            Optional.empty(),
            key(fleet.hsm(answers).statementKey()));
    CanonicalWriter out = new CanonicalWriter();
    status.write(out);
    return out.toBytes();
  }
}
