package dev.coffer.transparency.plexi;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.transparency.text.Utf8;
import java.io.ByteArrayOutputStream;

/**
 * What an auditor says of an epoch, in Plexi's ciphersuite 1: Ed25519 over the message in protocol
 * buffers' encoding, every field present and in order. Ciphersuite 2 (bincode) is not spoken here.
 *
 * @param namespace whose epochs these are
 * @param timestampMillis when it was signed, milliseconds since 1970
 * @param epoch 1, 2, 3 …
 * @param digest of the epoch; for bundles SHA-256 of {@code fleet.note}, which the next one names
 *     as {@code prev}
 */
public record AuditMessage(String namespace, long timestampMillis, long epoch, Bytes digest) {
  /** ProtobufEd25519. */
  public static final int CIPHERSUITE = 1;

  private static final int VARINT = 0;
  private static final int LENGTH = 2;

  public AuditMessage {
    Invariant.check(timestampMillis >= 0 && epoch >= 1, "a time and an epoch");
  }

  /** The octets that are signed. */
  public Bytes encode() {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    number(inner, 1, epoch);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(out, 1, CIPHERSUITE);
    octets(out, 2, Utf8.encode(namespace));
    number(out, 3, timestampMillis);
    octets(out, 4, Bytes.wrap(inner.toByteArray()));
    octets(out, 5, digest);
    return Bytes.wrap(out.toByteArray());
  }

  private static void number(ByteArrayOutputStream out, int field, long value) {
    out.write(field << 3 | VARINT);
    varint(out, value);
  }

  private static void octets(ByteArrayOutputStream out, int field, Bytes value) {
    out.write(field << 3 | LENGTH);
    varint(out, value.size());
    out.write(value.toByteArray(), 0, value.size());
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** The signature, 64 octets. */
  public Bytes sign(Ed25519.SigningKey key) {
    return key.sign(encode());
  }

  /** Whether {@code signature} is this message's by {@code publicKey}. Never throws. */
  public boolean verify(Bytes publicKey, Bytes signature) {
    return Ed25519.verify(publicKey, encode(), signature);
  }

  /** The one-octet id that Plexi's answers carry: the last octet of the public key. */
  public static int keyId(Bytes publicKey) {
    return publicKey.at(publicKey.size() - 1);
  }
}
