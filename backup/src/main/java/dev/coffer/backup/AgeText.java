package dev.coffer.backup;

import com.exceptionfactory.jagged.bech32.Bech32;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import java.nio.CharBuffer;
import java.util.Arrays;

/** X25519 keys as the age program reads and prints them. */
final class AgeText {
  private static final String IDENTITY_PREFIX = "AGE-SECRET-KEY-";
  private static final String RECIPIENT_PREFIX = "age";

  private AgeText() {}

  /** {@code AGE-SECRET-KEY-1…} in ASCII; the caller destroys it. */
  static SecretBytes identity(SecretBytes scalar) {
    byte[] octets = scalar.copy();
    CharBuffer encoded = CharBuffer.wrap(Bech32.getEncoder().encode(IDENTITY_PREFIX, octets));
    byte[] ascii = new byte[encoded.length()];
    for (int i = 0; i < ascii.length; i++) {
      char c = encoded.charAt(i);
      ascii[i] = (byte) (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    Arrays.fill(octets, (byte) 0);
    return SecretBytes.wrap(ascii);
  }

  /** {@code age1…}. */
  static String recipient(SecretBytes scalar) {
    return Bech32.getEncoder()
        .encode(RECIPIENT_PREFIX, X25519.publicKey(scalar).toByteArray())
        .toString();
  }
}
