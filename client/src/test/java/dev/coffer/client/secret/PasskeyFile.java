package dev.coffer.client.secret;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * One unlock file of a passkey, written from PROTOCOL.md §7.2 and from nothing else: passkeys live
 * in browsers, and this is what the browser's client is compared with.
 */
record PasskeyFile(String tenant, String account, String slot) {
  static final String DOMAIN = "app.example";
  static final String NAME = "Anna\u2019s phone";
  static final long CREATED = 1_800_000_000L;
  static final Bytes OUTPUT = Bytes.fromHex("5a".repeat(32));
  static final Bytes CODE = Bytes.fromHex("9e".repeat(32));
  static final Bytes K = Bytes.fromHex("c4".repeat(32));

  private static final Bytes CREDENTIAL = Bytes.fromHex("e1".repeat(20));
  private static final Bytes USER_HANDLE = Bytes.fromHex("d2".repeat(32));
  private static final Bytes SALT = Bytes.fromHex("a3".repeat(32));
  private static final Bytes NONCE = Bytes.fromHex("07".repeat(Aead.NONCE));
  private static final int ABOUT = 128;

  private static SecretBytes secret(Bytes octets) {
    return SecretBytes.copyOf(octets);
  }

  /** What stands in the clear. */
  Bytes head() {
    return new CanonicalWriter()
        .u8(1)
        .string(slot)
        .string(DOMAIN)
        .string(CREDENTIAL)
        .string(USER_HANDLE)
        .string("internal,hybrid")
        .raw(SALT)
        .toBytes();
  }

  static CanonicalWriter keyInfo() {
    return Label.PASSKEY_KEY.tuple().field(DOMAIN).field(CREDENTIAL).field(USER_HANDLE);
  }

  CanonicalWriter context(Label label) {
    return label.tuple().field(tenant).field(account).field(head());
  }

  Bytes sealedCode() {
    SecretBytes extracted = Hkdf.extract(SALT.toByteArray(), secret(OUTPUT));
    SecretBytes key = Hkdf.expand(extracted, keyInfo().toByteArray(), Aead.KEY);
    byte[] aad = context(Label.PASSKEY_SEAL).toByteArray();
    return NONCE.concat(Aead.seal(key, NONCE, aad, CODE.toByteArray()));
  }

  Bytes sealedName() {
    CanonicalWriter info = Label.PASSKEY_NAME_KEY.tuple().field(tenant).field(account);
    CanonicalWriter about = new CanonicalWriter().u64(CREATED).bool(true).string(NAME);
    byte[] plaintext = about.raw(Bytes.zeros(ABOUT - about.size())).toByteArray();
    SecretBytes key = Hkdf.derive(secret(K), info, Aead.KEY);
    byte[] aad = context(Label.PASSKEY_NAME_SEAL).toByteArray();
    return NONCE.concat(Aead.seal(key, NONCE, aad, plaintext));
  }

  Bytes encode() {
    return head().concat(sealedCode()).concat(sealedName());
  }
}
