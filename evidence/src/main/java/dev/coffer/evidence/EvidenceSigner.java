package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;

/** Whoever stands for a manifest. A port. */
public interface EvidenceSigner {
  /** Ed25519, 32 octets. */
  Bytes publicKey();

  /**
   * The signature over {@code message}, 64 octets.
   *
   * @throws IOException if the key cannot be used now
   */
  Bytes sign(Bytes message) throws IOException;
}
