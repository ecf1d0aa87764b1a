package dev.coffer.protocol.crypto;

import dev.coffer.protocol.codec.Bytes;
import java.security.SecureRandom;

/** The port through which randomness comes in. Implementations are thread-safe. */
@FunctionalInterface
public interface Randomness {
  /** Fills {@code target} with unpredictable octets. */
  void fill(byte[] target);

  /** {@code size} random public octets, such as a nonce. */
  default Bytes bytes(int size) {
    byte[] octets = new byte[size];
    fill(octets);
    return Bytes.wrap(octets);
  }

  /** The operating system's generator. */
  static Randomness system() {
    SecureRandom random = new SecureRandom();
    return random::nextBytes;
  }
}
