package dev.coffer.protocol.login;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;

/**
 * Proof that the holder of the login's device key sent this very sealed message to this very HSM,
 * so that a rogue node cannot spend other people's guesses (PROTOCOL.md §4.4).
 *
 * @param deviceSignature Ed25519 by the {@code cnf} key over {@link #text}, 64 octets
 */
public record LoginAssertion(LoginToken token, Bytes deviceSignature) {
  /** What the device key signs. */
  public static Bytes text(
      FleetId fleetId, int admittingIndex, Bytes sealedMessageHash, Bytes tokenHash) {
    return Label.LOGIN_ASSERTION
        .tuple()
        .field(fleetId.value())
        .field(admittingIndex)
        .field(sealedMessageHash)
        .field(tokenHash)
        .toBytes();
  }

  /** Appends the canonical encoding. */
  public void write(CanonicalWriter out) {
    token.write(out);
    out.raw(deviceSignature);
  }

  /** Reads what {@link #write} wrote. */
  public static LoginAssertion read(CanonicalReader in) throws Rejected {
    return new LoginAssertion(LoginToken.read(in), in.raw(Limits.SIGNATURE));
  }
}
