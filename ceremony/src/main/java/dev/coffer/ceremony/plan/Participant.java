package dev.coffer.ceremony.plan;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Somebody who is there and signs the transcript.
 *
 * @param name how the signature's file is called, too
 * @param key a public key as OpenSSH writes it: type and base64, without a comment
 */
public record Participant(String name, String key) {
  private static final int KEY_MAX = 2_048;
  private static final Set<String> TYPES =
      Set.of(
          "ssh-ed25519",
          "sk-ssh-ed25519@openssh.com",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "sk-ecdsa-sha2-nistp256@openssh.com");

  /** Whether the key is one of a kind that counts, in its one form. */
  boolean sound() {
    String[] parts = key.split(" ", -1);
    if (parts.length != 2 || !TYPES.contains(parts[0]) || key.length() > KEY_MAX) {
      return false;
    }
    try {
      // The octets begin with the type once more, its length in front.
      Bytes blob = StrictBase64.decode(parts[1], "key");
      byte[] type = parts[0].getBytes(StandardCharsets.US_ASCII);
      return blob.size() > 4 + type.length
          && blob.slice(0, 4).equals(Bytes.wrap(new byte[] {0, 0, 0, (byte) type.length}))
          && blob.slice(4, 4 + type.length).equals(Bytes.wrap(type));
    } catch (Refused e) {
      return false;
    }
  }
}
