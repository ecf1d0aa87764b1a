package dev.coffer.protocol.outcome;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.RequestType;
import java.util.Arrays;

/**
 * A reply sealed by one HSM directly to the client (PROTOCOL.md §6.1): key and nonce from the
 * request's encapsulation for that HSM, a fresh response nonce, the head and the position, after
 * RFC 9458 §4.4.
 *
 * @param responseNonce 32 octets, fresh
 * @param ciphertext 640 + 16 octets, always
 */
public record SealedReply(int index, Bytes responseNonce, Bytes ciphertext) {
  /** Which evaluation a reply belongs to; all of it is authenticated. */
  public record Context(int index, ChainValues values, int position, RequestType type, Bytes leaf) {
    private byte[] aad() {
      return Label.REPLY_SEAL
          .tuple()
          .field(values.fleetId().value())
          .field(index)
          .field(values.partition())
          .field(values.k())
          .field(values.head())
          .field(position)
          .field(type.number())
          .field(leaf)
          .toByteArray();
    }
  }

  /** The HPKE info under which client and HSM {@code index} share a reply context. */
  public static Bytes encapsulationInfo(Bytes fleetId, int index) {
    return Label.REPLY_EXPORT.tuple().field(fleetId).field(index).toBytes();
  }

  /** Seals. {@code exporter} is the HSM's decapsulation of the request's enc_i. */
  public static SealedReply seal(
      Randomness randomness, Hpke.Exporter exporter, Context context, ReplyContent content) {
    Bytes nonce = randomness.bytes(Limits.DIGEST);
    byte[] padded = content.pad().toByteArray();
    try (SecretBytes key = derive(Label.REPLY_KEY, exporter, nonce, context, 32);
        SecretBytes iv = derive(Label.REPLY_NONCE, exporter, nonce, context, Aead.NONCE)) {
      Bytes sealed = Aead.seal(key, Bytes.wrap(iv.copy()), context.aad(), padded);
      return new SealedReply(context.index(), nonce, sealed);
    } finally {
      Arrays.fill(padded, (byte) 0);
    }
  }

  /** Opens. {@code exporter} is the client's context for HSM {@link #index}. */
  public ReplyContent open(Hpke.Exporter exporter, Context context) throws Rejected {
    try (SecretBytes key = derive(Label.REPLY_KEY, exporter, responseNonce, context, 32);
        SecretBytes iv = derive(Label.REPLY_NONCE, exporter, responseNonce, context, Aead.NONCE);
        SecretBytes padded = Aead.open(key, Bytes.wrap(iv.copy()), context.aad(), ciphertext)) {
      return padded.parse(ReplyContent::unpad);
    }
  }

  private static SecretBytes derive(
      Label label, Hpke.Exporter exporter, Bytes nonce, Context context, int size) {
    CanonicalWriter salt =
        label
            .tuple()
            .field(exporter.encapsulation())
            .field(nonce)
            .field(context.values().head())
            .field(context.position());
    try (SecretBytes exported = exporter.export(label.tuple().toBytes(), 32)) {
      return Hkdf.derive(salt, exported, label.tuple(), size);
    }
  }

  /** Appends 689 octets. */
  public void write(CanonicalWriter out) {
    out.u8(index).raw(responseNonce).raw(ciphertext);
  }

  /** Reads what {@link #write} wrote. */
  public static SealedReply read(CanonicalReader in) throws Rejected {
    int index = in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index");
    return new SealedReply(index, in.raw(Limits.DIGEST), in.raw(Limits.REPLY + Aead.TAG));
  }
}
