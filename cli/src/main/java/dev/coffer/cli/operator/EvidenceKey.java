package dev.coffer.cli.operator;

import dev.coffer.evidence.EvidenceSigner;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;

/** Signs evidence with a key from wherever keys are, which the caller closes. */
public record EvidenceKey(Ed25519Key key) implements EvidenceSigner {
  @Override
  public Bytes publicKey() {
    return key.publicKey();
  }

  @Override
  public Bytes sign(Bytes message) throws IOException {
    return key.sign(message);
  }
}
