package dev.coffer.pkcs11;

import dev.coffer.files.PrivateFile;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where a token is, and what opens it.
 *
 * @param library the vendor's PKCS#11 library
 * @param token the token's label
 * @param pinFile a file of mode 600 whose first line is the PIN, at most 256 octets: never a
 *     setting's value, never a command line
 */
public record TokenPlace(Path library, String token, Path pinFile) {
  private static final int PIN_MAX = 256;

  /**
   * Sets a variable in this process's environment as libraries read it, before the first token is
   * opened: no other thread may read the environment meanwhile. {@link System#getenv} does not show
   * it.
   *
   * @throws IOException if the system does not take it
   */
  public static void setVariable(String name, String value) throws IOException {
    Cryptoki.setVariable(name, value);
  }

  /**
   * Opens a session in which the user is logged in.
   *
   * @param writable whether keys are to be made in it
   * @throws TokenFailure if the token is not there or does not accept the PIN
   */
  public Token open(boolean writable) throws IOException {
    Cryptoki cryptoki = Cryptoki.load(library);
    Cryptoki.Slot slot = cryptoki.slot(token);
    try (SecretBytes pin = pin()) {
      return Token.open(cryptoki, slot, pin, writable);
    }
  }

  private SecretBytes pin() throws IOException {
    PrivateFile.check(pinFile);
    byte[] octets;
    try (InputStream in = Files.newInputStream(pinFile)) {
      octets = in.readNBytes(PIN_MAX);
    }
    int end = 0;
    while (end < octets.length && octets[end] != '\n' && octets[end] != '\r') {
      end++;
    }
    SecretBytes pin = SecretBytes.wrap(Arrays.copyOf(octets, end));
    Arrays.fill(octets, (byte) 0);
    return pin;
  }
}
