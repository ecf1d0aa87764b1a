package dev.coffer.protocol.chain;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import java.util.Optional;

/**
 * Where HSM {@code index} stands, signed over another HSM's fresh nonce (32 octets), so that
 * neither a lie nor an old answer passes (PROTOCOL.md §12.6, "after every start").
 *
 * @param values the HSM's newest chain values
 * @param certificate the newest certificate it has verified; empty only at the founding
 */
public record SignedStatus(
    int index,
    Bytes nonce,
    ChainValues values,
    Optional<Certificate> certificate,
    Bytes signature) {
  /** Signs. */
  public static SignedStatus sign(
      int index,
      Bytes nonce,
      ChainValues values,
      Optional<Certificate> certificate,
      Ed25519.SigningKey statementKey) {
    return new SignedStatus(
        index,
        nonce,
        values,
        certificate,
        statementKey.sign(text(index, nonce, values, certificate)));
  }

  private static Bytes text(
      int index, Bytes nonce, ChainValues values, Optional<Certificate> certificate) {
    CanonicalWriter encoded = new CanonicalWriter();
    values.write(encoded);
    Bytes newest = certificate.map(Certificate::encode).orElse(Bytes.EMPTY);
    return Label.STATUS
        .tuple()
        .field(index)
        .field(nonce)
        .field(encoded.toBytes())
        .field(newest)
        .toBytes();
  }

  /** Whether the signature holds. Says nothing about the certificate inside. */
  public boolean verifySignature(Fleet fleet) {
    return index >= 1
        && index <= fleet.settings().n()
        && values.fleetId().equals(fleet.id())
        && Ed25519.verify(
            fleet.hsm(index).statementKey(), text(index, nonce, values, certificate), signature);
  }

  /** Appends the canonical encoding. */
  public void write(CanonicalWriter out) {
    out.u8(index).raw(nonce);
    values.write(out);
    out.option(certificate, c -> c.write(out)).raw(signature);
  }

  /** Reads what {@link #write} wrote. */
  public static SignedStatus read(CanonicalReader in) throws Rejected {
    int index = in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index");
    Bytes nonce = in.raw(Limits.DIGEST);
    ChainValues values = ChainValues.read(in);
    Optional<Certificate> certificate = in.option(() -> Certificate.read(in));
    return new SignedStatus(index, nonce, values, certificate, in.raw(Limits.SIGNATURE));
  }
}
