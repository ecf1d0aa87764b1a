package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;

/**
 * An Ed25519 public key as {@code openssl pkey -pubout} writes it (RFC 8410 §4, RFC 7468 §13), in
 * that one form. Stateless.
 */
public final class PublicKeyPem {
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----\n";
  private static final String END = "\n-----END PUBLIC KEY-----\n";

  /** SubjectPublicKeyInfo up to the key. */
  private static final Bytes HEAD = Bytes.fromHex("302a300506032b6570032100");

  private PublicKeyPem() {}

  /** SubjectPublicKeyInfo, DER. */
  static Bytes der(Bytes publicKey) {
    return HEAD.concat(publicKey);
  }

  /** The file's octets. */
  public static Bytes encode(Bytes publicKey) {
    return Utf8.encode(BEGIN + StrictBase64.encode(der(publicKey)) + END);
  }

  /** The key, 32 octets. */
  public static Bytes parse(Bytes file) throws Refused {
    String text = Utf8.decode(file, "public key");
    if (text.startsWith(BEGIN) && text.endsWith(END) && text.length() > BEGIN.length()) {
      String base64 = text.substring(BEGIN.length(), text.length() - END.length());
      Bytes der = StrictBase64.decode(base64, HEAD.size() + Ed25519.PUBLIC_KEY, "public key");
      if (der.slice(0, HEAD.size()).equals(HEAD)) {
        return der.slice(HEAD.size(), der.size());
      }
    }
    throw new Refused(RefusalCode.MALFORMED, "public key: no Ed25519 key as openssl writes it");
  }
}
