package dev.coffer.notary.key;

import dev.coffer.pkcs11.Token;
import dev.coffer.pkcs11.TokenPlace;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import java.io.IOException;
import java.nio.file.Path;

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
  @Override
  public Ed25519Key open() throws IOException {
    Token session = new TokenPlace(library, token, pinFile).open(false);
    try {
      Bytes point =
          session
              .point(find(session, Token.Kind.PUBLIC))
              .orElseThrow(() -> new IOException("The token's key " + label + " is not Ed25519."));
      return new Session(session, find(session, Token.Kind.PRIVATE), point);
    } catch (IOException e) {
      session.close();
      throw e;
    }
  }

  private Token.Key find(Token session, Token.Kind kind) throws IOException {
    return session
        .find(kind, label)
        .orElseThrow(
            () -> new IOException("The token has no key " + label + ": correct its label."));
  }

  private static final class Session implements Ed25519Key {
    private final Token token;
    private final Token.Key privateKey;
    private final Bytes publicKey;

    Session(Token token, Token.Key privateKey, Bytes publicKey) {
      this.token = token;
      this.privateKey = privateKey;
      this.publicKey = publicKey;
    }

    @Override
    public Bytes publicKey() {
      return publicKey;
    }

    @Override
    public Bytes sign(Bytes message) throws IOException {
      Bytes signature = token.sign(privateKey, message);
      // A token that errs gives its key away, or signs for another: nothing unverified leaves here.
      if (!Ed25519.verify(publicKey, message, signature)) {
        throw new IOException("The token signed wrongly: the key's two halves do not match.");
      }
      return signature;
    }

    @Override
    public void close() {
      token.close();
    }
  }
}
