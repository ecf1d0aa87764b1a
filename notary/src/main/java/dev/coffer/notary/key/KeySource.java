package dev.coffer.notary.key;

import java.io.IOException;

/** Where one private key is. */
public sealed interface KeySource permits KeyFile, TokenKey {
  /**
   * Opens the key.
   *
   * @throws IOException with a sentence that says what to do
   */
  Ed25519Key open() throws IOException;
}
