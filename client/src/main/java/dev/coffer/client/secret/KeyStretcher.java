package dev.coffer.client.secret;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id, version 0x13 (RFC 9106), over the OPRF's output: what is left against an attacker who
 * holds t HSMs. Stateless and thread-safe.
 */
public final class KeyStretcher {
  /** Octets of the result. */
  public static final int SIZE = 64;

  private static final int SALT = 16;

  private KeyStretcher() {}

  /**
   * {@value #SIZE} octets; the caller destroys them and has checked {@code ksf} against its policy.
   * Takes {@code ksf.memoryKibibytes} of heap.
   */
  public static SecretBytes stretch(SecretBytes oprfOutput, Subject subject, KsfParameters ksf) {
    byte[] salt =
        Hashes.sha256(Label.KSF_SALT.tuple().field(subject.encode())).slice(0, SALT).toByteArray();
    Argon2Parameters parameters =
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(ksf.memoryKibibytes())
            .withIterations(ksf.passes())
            .withParallelism(ksf.lanes())
            .withSalt(salt)
            .build();
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(parameters);
    byte[] input = oprfOutput.copy();
    byte[] output = new byte[SIZE];
    try {
      argon2.generateBytes(input, output);
      return SecretBytes.wrap(output);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }
}
