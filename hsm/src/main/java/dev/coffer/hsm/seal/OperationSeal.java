package dev.coffer.hsm.seal;

import dev.coffer.hsm.seal.FleetKeys.Common;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.request.Request;
import java.util.Arrays;
import java.util.Optional;

/**
 * Operations as hosts order them: salt[32] ‖ AES-256-GCM of the padded request, under a key derived
 * from the salt and the admitting HSM's index. Many HSMs write under one fleet key, and each salt
 * gives a key of its own, which is why the zero nonce is safe.
 */
public final class OperationSeal {
  private final FleetKeys keys;
  private final FleetId fleetId;

  /** The operations of one fleet. */
  public OperationSeal(FleetKeys keys, FleetId fleetId) {
    this.keys = keys;
    this.fleetId = fleetId;
  }

  /**
   * The element that {@code request} wants evaluated, if it is for this fleet and a tenant of it,
   * and the element can be. Checked at admission and, because a corrupted HSM can seal operations
   * as it likes, by every HSM again in capture, before any rule looks at the request.
   */
  public static Optional<RistrettoElement> check(Fleet fleet, Request request) throws Rejected {
    Subject subject = request.header().subject();
    // A tenant without an issuer has no users: its records would only fill the tree.
    if (!subject.fleetId().equals(fleet.id())
        || fleet.settings().tenant(subject.tenant()).isEmpty()) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "fleet or tenant");
    }
    if (request.header().encapsulations().size() != fleet.settings().n()) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "encapsulations");
    }
    Optional<Bytes> blinded = request.blinded();
    // Rejects the identity and non-canonical encodings (RFC 9497 §2.1).
    return blinded.isPresent()
        ? Optional.of(Ristretto255.GROUP.decode(blinded.get()))
        : Optional.empty();
  }

  /** Seals; the size follows from the request's type alone. */
  public Bytes seal(Randomness randomness, int admittingIndex, Request request) {
    Bytes salt = randomness.bytes(Limits.DIGEST);
    byte[] padded = request.pad().toByteArray();
    try (SecretBytes key = key(salt, admittingIndex)) {
      return salt.concat(Aead.seal(key, Aead.ZERO_NONCE, aad(), padded));
    } finally {
      Arrays.fill(padded, (byte) 0);
    }
  }

  /** Opens and decodes. */
  public Request open(int admittingIndex, Bytes operation) throws Rejected {
    if (operation.size() < Limits.DIGEST) {
      throw new Rejected(RejectionCode.TRUNCATED, "operation");
    }
    Bytes salt = operation.slice(0, Limits.DIGEST);
    try (SecretBytes key = key(salt, admittingIndex);
        SecretBytes padded =
            Aead.open(
                key, Aead.ZERO_NONCE, aad(), operation.slice(Limits.DIGEST, operation.size()))) {
      return padded.parse(Request::unpad);
    }
  }

  private SecretBytes key(Bytes salt, int admittingIndex) {
    CanonicalWriter tuple = Label.OPERATION_KEY.tuple().field(salt).field(admittingIndex);
    return Hkdf.derive(tuple, keys.key(Common.OPERATION), Label.OPERATION_KEY.tuple(), 32);
  }

  private byte[] aad() {
    return Label.OPERATION_SEAL.tuple().field(fleetId.value()).toByteArray();
  }
}
