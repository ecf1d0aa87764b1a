package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.text.Utf8;

/**
 * SHA-256(name ‖ 0x0A ‖ type ‖ public key)[0:4]. It finds a key among those one knows and proves
 * nothing: anyone can make a key with a given id.
 */
public record KeyId(Bytes value) {
  static final int SIZE = 4;

  public KeyId {
    Invariant.check(value.size() == SIZE, "a key id has 4 octets");
  }

  static KeyId of(KeyName name, SignatureType type, Bytes publicKey) {
    Bytes head = Utf8.encode(name.value() + "\n").concat(type.octet());
    return new KeyId(Hashes.sha256(head.concat(publicKey)).slice(0, SIZE));
  }

  @Override
  public String toString() {
    return value.hex();
  }
}
