package dev.coffer.notary.key;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;

/**
 * An Ed25519 private key that signs and shows nothing else of itself. Thread-safe but for close.
 */
public interface Ed25519Key extends AutoCloseable {
  /** 32 octets. */
  Bytes publicKey();

  /**
   * The signature of RFC 8032, 64 octets, the same for the same message.
   *
   * @throws IOException if the token that holds the key does not answer; never for a key in memory
   */
  Bytes sign(Bytes message) throws IOException;

  /** Erases the key, or ends the session with its token. */
  @Override
  void close();
}
