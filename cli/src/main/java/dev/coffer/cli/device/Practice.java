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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/**
 * A verifier of the recovery code on the device, so that its owner can try to remember the code
 * without a guess: when it was kept, a salt of its own and Argon2id of the code, 88 octets. It
 * shares nothing with what the vault holds.
 *
 * <p><b>Not guaranteed:</b> whoever reads the file tries codes against it offline, as fast as
 * Argon2id lets: 0.1 to 0.2 s a try, so that one big machine is through with the codes of six
 * digits in an hour or two. The backup key in the same folder opens what is there already; the code
 * opens with the login, in addition, whatever K is registered under it later.
 */
public final class Practice {
  private static final KsfParameters PARAMETERS = KsfParameters.DEFAULT;

  /** Seconds since 1970, big-endian. */
  private static final int TIME = Long.BYTES;

  private static final int SIZE = TIME + KeyStretching.SALT + KeyStretching.SIZE;

  private final Path file;

  Practice(Path file) {
    this.file = file;
  }

  /** Keeps a verifier of the code that is right {@code now}, in the place of any other. */
  public void keep(RecoveryCode code, Randomness randomness, Instant now)
      throws IOException, InterruptedException {
    Bytes salt = randomness.bytes(KeyStretching.SALT);
    try (SecretBytes stretched = stretched(code, salt)) {
      byte[] hash = stretched.copy();
      ByteBuffer octets =
          ByteBuffer.allocate(SIZE).putLong(now.getEpochSecond()).put(salt.toByteArray()).put(hash);
      AtomicFile.replace(file, octets.array(), AtomicFile.Access.OWNER);
    }
  }

  /** Whether there is a verifier. */
  public boolean possible() {
    return Files.isRegularFile(file);
  }

  /** When the code was right, to the second. */
  public Instant since() throws IOException {
    return Instant.ofEpochSecond(ByteBuffer.wrap(kept()).getLong());
  }

  private byte[] kept() throws IOException {
    byte[] kept = Files.readAllBytes(file);
    if (kept.length != SIZE) {
      throw new IOException("the file " + file + " is damaged");
    }
    return kept;
  }

  /** Whether the code is the one that was kept. Takes as long as a recovery does on the device. */
  public boolean isRight(RecoveryCode code) throws IOException, InterruptedException {
    byte[] kept = kept();
    Bytes salt = Bytes.copyOf(kept, TIME, TIME + KeyStretching.SALT);
    byte[] hash = Arrays.copyOfRange(kept, TIME + KeyStretching.SALT, SIZE);
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
