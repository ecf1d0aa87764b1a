package dev.coffer.protocol.chain;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;

/**
 * HSM {@code index}'s Ed25519 signature over the values it has durably captured. Two statements of
 * one HSM for one k never differ.
 */
public record Statement(ChainValues values, int index, Bytes signature) {
  /** Signs. The caller has made the values durable first. */
  public static Statement sign(ChainValues values, int index, Ed25519.SigningKey statementKey) {
    return new Statement(values, index, statementKey.sign(values.statementText()));
  }

  /** The same from a 32-octet seed, for few statements. */
  public static Statement sign(ChainValues values, int index, SecretBytes statementSeed) {
    return new Statement(values, index, Ed25519.sign(statementSeed, values.statementText()));
  }

  /** Whether it is of this fleet and its signature holds. */
  public boolean verify(Fleet fleet) {
    return index >= 1
        && index <= fleet.settings().n()
        && values.fleetId().equals(fleet.id())
        && Ed25519.verify(fleet.hsm(index).statementKey(), values.statementText(), signature);
  }

  /** Appends 203 octets. */
  public void write(CanonicalWriter out) {
    values.write(out);
    out.u8(index).raw(signature);
  }

  /** Reads what {@link #write} wrote. */
  public static Statement read(CanonicalReader in) throws Rejected {
    ChainValues values = ChainValues.read(in);
    return new Statement(
        values, in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index"), in.raw(Limits.SIGNATURE));
  }
}
