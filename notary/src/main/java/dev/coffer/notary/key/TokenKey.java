package dev.coffer.notary.key;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An Ed25519 key that a PKCS#11 token keeps and never lets out. It is made with the token's own
 * tools, private and public half under one label.
 *
 * @param library the vendor's PKCS#11 library
 * @param token the token's label
 * @param label the key's label
 * @param pinFile a file of mode 600 whose first line is the PIN
 */
public record TokenKey(Path library, String token, String label, Path pinFile)
    implements KeySource {
  private static final int PIN_MAX = 256;

  @Override
  public Ed25519Key open() throws IOException {
    Cryptoki cryptoki = new Cryptoki(library);
    cryptoki.initialize();
    long session = cryptoki.open(token);
    try (SecretBytes pin = pin()) {
      cryptoki.login(session, pin);
    }
    long publicKey = cryptoki.find(session, Cryptoki.CLASS_PUBLIC, label);
    Bytes point =
        cryptoki
            .point(session, publicKey)
            .orElseThrow(() -> new IOException("The token's key " + label + " is not Ed25519."));
    long privateKey = cryptoki.find(session, Cryptoki.CLASS_PRIVATE, label);
    return new Session(cryptoki, session, privateKey, point);
  }

  private SecretBytes pin() throws IOException {
    KeyFile.checkPrivate(pinFile);
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

  /** PKCS#11 sessions do one thing at a time. */
  private static final class Session implements Ed25519Key {
    private final Cryptoki cryptoki;
    private final long session;
    private final long privateKey;
    private final Bytes publicKey;

    Session(Cryptoki cryptoki, long session, long privateKey, Bytes publicKey) {
      this.cryptoki = cryptoki;
      this.session = session;
      this.privateKey = privateKey;
      this.publicKey = publicKey;
    }

    @Override
    public Bytes publicKey() {
      return publicKey;
    }

    @Override
    public synchronized Bytes sign(Bytes message) throws IOException {
      Bytes signature = cryptoki.sign(session, privateKey, message);
      // A token that errs gives its key away, or signs for another: nothing unverified leaves here.
      if (!Ed25519.verify(publicKey, message, signature)) {
        throw new IOException("The token signed wrongly: the key's two halves do not match.");
      }
      return signature;
    }

    @Override
    public synchronized void close() {
      try {
        cryptoki.close(session);
      } catch (IOException e) {
        // The process ends its sessions by ending.
      }
    }
  }
}
