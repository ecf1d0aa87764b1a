package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * A private key with its name and type. Signing is deterministic. Thread-safe but for {@link
 * #close}, which erases the key and must not race with use.
 */
public final class SignerKey implements AutoCloseable {
  private static final String HEAD = "PRIVATE+KEY+";
  private static final int TEXT_MAX = 512;

  private final SecretBytes seed;
  private final Ed25519.SigningKey key;
  private final VerifierKey verifier;

  private SignerKey(KeyName name, SignatureType type, SecretBytes seed) {
    this.seed = seed;
    this.key = new Ed25519.SigningKey(seed);
    this.verifier = new VerifierKey(name, type, key.publicKey());
  }

  /** The key of a 32-octet Ed25519 seed, which is copied. */
  public static SignerKey of(KeyName name, SignatureType type, SecretBytes seed) {
    Invariant.check(seed.size() == Ed25519.SEED, "an Ed25519 seed has 32 octets");
    return new SignerKey(name, type, seed.slice(0, Ed25519.SEED));
  }

  /** A fresh key. */
  public static SignerKey generate(KeyName name, SignatureType type, Randomness randomness) {
    return new SignerKey(name, type, SecretBytes.random(randomness, Ed25519.SEED));
  }

  /**
   * Reads what {@link #privateText} wrote, and what other tools for signed notes write: {@code
   * PRIVATE+KEY+name+hex8+base64(type ‖ seed)}. The caller erases {@code text}.
   */
  public static SignerKey parse(SecretBytes text) throws Refused {
    byte[] octets = text.copy();
    byte[] material = new byte[0];
    try {
      int last = lastPlus(octets);
      String[] head = head(octets, last);
      material = decode(Arrays.copyOfRange(octets, last + 1, octets.length));
      if (material.length != 1 + Ed25519.SEED) {
        throw new Refused(RefusalCode.MALFORMED, "signer key");
      }
      try (SecretBytes seed = SecretBytes.copyOf(material)) {
        SignerKey key =
            new SignerKey(
                KeyName.parse(head[0]),
                SignatureType.of(material[0]),
                seed.slice(1, material.length));
        if (!key.verifier.id().toString().equals(head[1])) {
          key.close();
          throw new Refused(RefusalCode.MALFORMED, "signer key: id of another key");
        }
        return key;
      }
    } finally {
      Arrays.fill(octets, (byte) 0);
      Arrays.fill(material, (byte) 0);
    }
  }

  private static int lastPlus(byte[] octets) throws Refused {
    // The base64 of a seed may hold a plus: the border is the fourth one, counted from the front.
    int seen = 0;
    for (int i = 0; i < Math.min(octets.length, TEXT_MAX); i++) {
      if (octets[i] == '+' && ++seen == 4) {
        return i;
      }
    }
    throw new Refused(RefusalCode.MALFORMED, "signer key");
  }

  /** Name and id, which are public. */
  private static String[] head(byte[] octets, int end) throws Refused {
    String head = Utf8.decode(Bytes.copyOf(octets, 0, end), "signer key");
    if (!head.startsWith(HEAD)) {
      throw new Refused(RefusalCode.MALFORMED, "signer key");
    }
    return head.substring(HEAD.length()).split("\\+", 2);
  }

  private static byte[] decode(byte[] base64) throws Refused {
    byte[] decoded = new byte[0];
    byte[] again = new byte[0];
    try {
      decoded = Base64.getDecoder().decode(base64);
      again = Base64.getEncoder().encode(decoded);
      if (!Arrays.equals(again, base64)) {
        throw new Refused(RefusalCode.NOT_CANONICAL, "signer key");
      }
      return decoded.clone();
    } catch (IllegalArgumentException e) {
      throw new Refused(RefusalCode.MALFORMED, "signer key");
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(decoded, (byte) 0);
      Arrays.fill(again, (byte) 0);
    }
  }

  /** The secret text that {@link #parse} reads, to be kept where only its owner reads. */
  public SecretBytes privateText() {
    byte[] secret = seed.copy();
    byte[] material = new byte[1 + secret.length];
    material[0] = (byte) verifier.type().octet().at(0);
    System.arraycopy(secret, 0, material, 1, secret.length);
    byte[] base64 = Base64.getEncoder().encode(material);
    byte[] head =
        (HEAD + verifier.name() + "+" + verifier.id() + "+").getBytes(StandardCharsets.UTF_8);
    byte[] text = Arrays.copyOf(head, head.length + base64.length);
    System.arraycopy(base64, 0, text, head.length, base64.length);
    Arrays.fill(secret, (byte) 0);
    Arrays.fill(material, (byte) 0);
    Arrays.fill(base64, (byte) 0);
    return SecretBytes.wrap(text);
  }

  /** The public half. */
  public VerifierKey verifier() {
    return verifier;
  }

  /**
   * Signs a note's text, which ends with a newline. For keys of type {@link SignatureType#ED25519}.
   */
  public NoteSignature sign(String text) {
    Invariant.check(verifier.type() == SignatureType.ED25519, "a witness's key signs with a time");
    return line(key.sign(Utf8.encode(text)));
  }

  /**
   * Cosigns a checkpoint's text. For keys of type {@link SignatureType#COSIGNATURE}.
   *
   * <p><b>Not guaranteed:</b> that the checkpoint is consistent with what was cosigned before. The
   * witness checks and stores that first.
   *
   * @param time seconds since 1970, more than 0
   */
  public NoteSignature cosign(String text, long time) {
    Invariant.check(verifier.type() == SignatureType.COSIGNATURE, "only witnesses cosign");
    Invariant.check(time > 0, "a witness states a time");
    Bytes signature = key.sign(Cosignature.message(time, text));
    return line(new Cosignature(time, signature).encode());
  }

  private NoteSignature line(Bytes payload) {
    return new NoteSignature(verifier.name(), verifier.id(), payload);
  }

  /** Erases the private key. */
  @Override
  public void close() {
    key.close();
    seed.close();
  }

  @Override
  public String toString() {
    return "SignerKey[" + verifier.name() + "]";
  }
}
