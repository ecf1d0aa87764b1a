package dev.coffer.client.secret;

import dev.coffer.client.port.KeyStretching;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id, version 0x13 (RFC 9106), over the OPRF's output: what is left against an attacker who
 * holds t HSMs. Stateless and thread-safe.
 */
public final class Argon2id implements KeyStretching {
  /**
   * {@inheritDoc}
   *
   * <p>Takes {@code parameters.memoryKibibytes} of heap. Notices an interruption before it begins,
   * not while it computes.
   */
  @Override
  public SecretBytes stretch(SecretBytes oprfOutput, Bytes salt, KsfParameters parameters)
      throws InterruptedException {
    Invariant.check(salt.size() == SALT, "a salt has 16 octets");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Argon2Parameters argon2Parameters =
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(parameters.memoryKibibytes())
            .withIterations(parameters.passes())
            .withParallelism(parameters.lanes())
            .withSalt(salt.toByteArray())
            .build();
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    byte[] input = oprfOutput.copy();
    byte[] output = new byte[SIZE];
    try {
      argon2.init(argon2Parameters);
      argon2.generateBytes(input, output);
      return SecretBytes.wrap(output);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }
}
