package dev.coffer.hsm.pkcs11;

import dev.coffer.hsm.process.Sealer;
import dev.coffer.pkcs11.Token;
import dev.coffer.pkcs11.TokenFailure;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;

/** AES-256-GCM in the token, under a key that stays there: a nonce of 12 octets ‖ ciphertext. */
final class TokenSealer implements Sealer {
  private final Token token;
  private final Token.Key key;
  private final Randomness randomness;

  TokenSealer(Token token, Token.Key key, Randomness randomness) {
    this.token = token;
    this.key = key;
    this.randomness = randomness;
  }

  @Override
  public Bytes seal(Bytes aad, SecretBytes plaintext) throws IOException {
    Bytes nonce = randomness.bytes(Token.NONCE);
    return nonce.concat(token.seal(key, nonce, aad, plaintext));
  }

  @Override
  public SecretBytes open(Bytes aad, Bytes sealed) throws IOException, Rejected {
    if (sealed.size() < Token.NONCE) {
      throw new Rejected(RejectionCode.BAD_CIPHERTEXT, "cut short");
    }
    try {
      return token.open(
          key, sealed.slice(0, Token.NONCE), aad, sealed.slice(Token.NONCE, sealed.size()));
    } catch (TokenFailure e) {
      if (e.kind() == TokenFailure.Kind.NOT_OPENED) {
        throw new Rejected(RejectionCode.BAD_CIPHERTEXT, "authentication tag");
      }
      throw e;
    }
  }

  @Override
  public String whoseKey() {
    return "the token's key: put back the file that was sealed by it, or insert the right token";
  }
}
