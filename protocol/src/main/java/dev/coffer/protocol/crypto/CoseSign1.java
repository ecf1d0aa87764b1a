package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CborWriter;

/** COSE_Sign1 (RFC 9052 §4.2) without external data and without unprotected headers. Stateless. */
public final class CoseSign1 {
  /** {1: -8}: EdDSA (RFC 9053 §2.2), and nothing else. */
  public static final Bytes ED25519 = new CborWriter().map(1).number(1).number(-8).toBytes();

  private static final int TAG = 18;

  private CoseSign1() {}

  /** What is signed, Sig_structure of RFC 9052 §4.4. Begins as no tuple of ours does: with 0x84. */
  public static Bytes signed(Bytes header, Bytes payload) {
    return new CborWriter()
        .array(4)
        .text("Signature1")
        .octets(header)
        .octets(Bytes.EMPTY)
        .octets(payload)
        .toBytes();
  }

  /** Signs {@code payload}: a tagged message. */
  public static Bytes sign(Bytes payload, Ed25519.SigningKey key) {
    return message(payload, key.sign(signed(ED25519, payload)));
  }

  /** The tagged message of a signature with Ed25519. */
  public static Bytes message(Bytes payload, Bytes signature) {
    return new CborWriter()
        .tag(TAG)
        .array(4)
        .octets(ED25519)
        .map(0)
        .octets(payload)
        .octets(signature)
        .toBytes();
  }
}
