package dev.coffer.cli.operations;

import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * What an operator shows the page: 128 random bits of this start, in a file that its owner alone
 * reads. Not in any exception, and printed nowhere. Thread-safe.
 */
public final class OperatorToken {
  private static final int SIZE = 16;

  private final byte[] token;

  private OperatorToken(String token) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Makes another, and writes it into {@code file}: whoever was shown the one of an earlier start,
   * by a page that asked on after its server had ended, can do nothing with it.
   */
  public static OperatorToken make(Path file, Randomness randomness) throws IOException {
    String made = randomness.bytes(SIZE).hex();
    byte[] line = (made + "\n").getBytes(StandardCharsets.US_ASCII);
    AtomicFile.replace(file, line, AtomicFile.Access.OWNER);
    return new OperatorToken(made);
  }

  /** Whether it is this one, in a time that does not depend on where it differs. */
  boolean is(String shown) {
    return MessageDigest.isEqual(token, shown.getBytes(StandardCharsets.UTF_8));
  }
}
