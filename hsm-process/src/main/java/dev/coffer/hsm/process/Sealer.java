package dev.coffer.hsm.process;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;

/** Seals under a key that only one machine has. Thread-safe. */
public interface Sealer {
  /**
   * Seals {@code plaintext} for {@link #open} with the same {@code aad}.
   *
   * @throws IOException if the machine does not do it; the message says what to do
   */
  Bytes seal(Bytes aad, SecretBytes plaintext) throws IOException;

  /**
   * The plaintext, which the caller erases.
   *
   * @throws Rejected if it was sealed by another key, for another purpose, or changed
   * @throws IOException if the machine does not do it; the message says what to do
   */
  SecretBytes open(Bytes aad, Bytes sealed) throws IOException, Rejected;

  /** Where the key is and what to do if it is another one: ends a sentence. */
  String whoseKey();
}
