package dev.coffer.cli.device;

import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.secret.Argon2id;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A verifier of the recovery code on the device, so that its owner can try to remember the code
 * without a guess: a salt of its own and Argon2id of the code, 80 octets. It shares nothing with
 * what the vault holds.
 *
 * <p><b>Not guaranteed:</b> whoever reads the file tries codes against it offline, as fast as
 * Argon2id lets; a code of six digits falls within days. That is beside the backup key in the same
 * folder, which such a reader has already.
 */
public final class Practice {
  private static final KsfParameters PARAMETERS = KsfParameters.DEFAULT;
  private static final int SIZE = KeyStretching.SALT + KeyStretching.SIZE;

  private final Path file;

  Practice(Path file) {
    this.file = file;
  }

  /** Keeps a verifier of the code, in the place of any other. */
  public void keep(RecoveryCode code, Randomness randomness)
      throws IOException, InterruptedException {
    Bytes salt = randomness.bytes(KeyStretching.SALT);
    try (SecretBytes stretched = stretched(code, salt)) {
      byte[] hash = stretched.copy();
      AtomicFile.replace(
          file, salt.concat(Bytes.wrap(hash)).toByteArray(), AtomicFile.Access.OWNER);
    }
  }

  /** Whether there is a verifier. */
  public boolean possible() {
    return Files.isRegularFile(file);
  }

  /** Whether the code is the one that was kept. Takes as long as a recovery does on the device. */
  public boolean isRight(RecoveryCode code) throws IOException, InterruptedException {
    byte[] kept = Files.readAllBytes(file);
    if (kept.length != SIZE) {
      throw new IOException("the file " + file + " is damaged");
    }
    Bytes salt = Bytes.copyOf(kept, 0, KeyStretching.SALT);
    byte[] hash = Arrays.copyOfRange(kept, KeyStretching.SALT, SIZE);
    try (SecretBytes expected = SecretBytes.wrap(hash);
        SecretBytes stretched = stretched(code, salt)) {
      return stretched.sameAs(expected);
    }
  }

  /** Erases it. */
  public void forget() throws IOException {
    AtomicFile.erase(file);
  }

  private static SecretBytes stretched(RecoveryCode code, Bytes salt) throws InterruptedException {
    try (SecretBytes input = code.normalised()) {
      return new Argon2id().stretch(input, salt, PARAMETERS);
    }
  }
}
