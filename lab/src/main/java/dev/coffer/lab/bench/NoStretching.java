package dev.coffer.lab.bench;

import dev.coffer.client.port.KeyStretching;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Hkdf;
import dev.coffer.protocol.crypto.SecretBytes;

/**
 * Stretches nothing, for many clients on one machine: a load that measures the fleet and not
 * Argon2id. Opens no registration of users, and protects none. Stateless and thread-safe.
 */
public final class NoStretching implements KeyStretching {
  @Override
  public SecretBytes stretch(SecretBytes oprfOutput, Bytes salt, KsfParameters parameters) {
    return Hkdf.derive(oprfOutput, new CanonicalWriter().raw(salt), SIZE);
  }
}
