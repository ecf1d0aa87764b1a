package dev.coffer.hsm.pkcs11;

import dev.coffer.hsm.process.HsmHome;
import dev.coffer.pkcs11.Token;
import dev.coffer.pkcs11.TokenFailure;
import dev.coffer.pkcs11.TokenPlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Tries no refused PIN a second time. A node starts an HSM that ends again and again, and a token
 * locks after a few wrong PINs: one mistyped file would cost the token.
 */
final class PinTries {
  private static final String REFUSED = "pin-refused";

  private final HsmHome home;
  private final Path pinFile;

  PinTries(HsmHome home, Path pinFile) {
    this.home = home;
    this.pinFile = pinFile;
  }

  Token login(TokenPlace place) throws IOException {
    Path refused = home.file(REFUSED);
    if (Files.exists(refused) && Files.readString(refused).equals(version())) {
      throw new IOException(
          "The token has refused the PIN in "
              + pinFile
              + ", and it is not tried again, lest the token lock: correct that file, or remove "
              + refused
              + " once the token takes it.");
    }
    try {
      // Keys are made in it on the first start only.
      Token token = place.open(!home.hasKeys());
      Files.deleteIfExists(refused);
      return token;
    } catch (TokenFailure e) {
      if (e.kind() == TokenFailure.Kind.PIN_REFUSED || e.kind() == TokenFailure.Kind.PIN_LOCKED) {
        home.replace(REFUSED, version().getBytes(StandardCharsets.US_ASCII));
      }
      throw e;
    }
  }

  /** Tells versions of the file apart without saying anything of the PIN. */
  private String version() throws IOException {
    return Files.exists(pinFile)
        ? Files.getLastModifiedTime(pinFile).to(TimeUnit.NANOSECONDS) + "\n"
        : "none\n";
  }
}
