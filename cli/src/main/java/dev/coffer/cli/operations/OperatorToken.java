package dev.coffer.cli.operations;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.PrivateFile;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/**
 * What an operator shows the page: 128 random bits, in a file that its owner alone reads. Not in
 * any exception, and printed nowhere. Thread-safe.
 */
public final class OperatorToken {
  private static final int SIZE = 16;
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + 2 * SIZE + "}");

  private final byte[] token;

  private OperatorToken(String token) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The one in {@code file}, which is made if it is not there.
   *
   * @throws IOException with a sentence that says what to do, if others may read the file or it
   *     holds no token
   */
  public static OperatorToken in(Path file, Randomness randomness) throws IOException {
    if (!Files.exists(file)) {
      String made = randomness.bytes(SIZE).hex() + "\n";
      AtomicFile.create(file, made.getBytes(StandardCharsets.US_ASCII), AtomicFile.Access.OWNER);
    }
    PrivateFile.check(file);
    try (InputStream in = Files.newInputStream(file)) {
      String token = new String(in.readNBytes(4 * SIZE), StandardCharsets.US_ASCII).strip();
      if (!FORM.matcher(token).matches()) {
        throw new IOException(
            file + " holds no operator's token: remove it, and the next start makes another.");
      }
      return new OperatorToken(token);
    }
  }

  /** Whether it is this one, in a time that does not depend on where it differs. */
  boolean is(String shown) {
    return MessageDigest.isEqual(token, shown.getBytes(StandardCharsets.UTF_8));
  }
}
