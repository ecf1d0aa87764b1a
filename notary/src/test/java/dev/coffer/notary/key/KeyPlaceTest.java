package dev.coffer.notary.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may stand where a key is asked for. */
class KeyPlaceTest {
  private static final Path FOLDER = Path.of("/etc/coffer");

  @Test
  void aPathIsAFileBesideTheSettings() throws IOException {
    assertEquals(new KeyFile(FOLDER.resolve("log.key")), KeyPlace.parse("log.key", FOLDER));
    assertEquals(new KeyFile(Path.of("/k")), KeyPlace.parse("/k", FOLDER));
  }

  @Test
  void aUriNamesAKeyInAToken() throws IOException {
    assertEquals(
        new TokenKey(Path.of("/lib/t.so"), "the+token", "a key", FOLDER.resolve("pin")),
        KeyPlace.parse(
            "pkcs11:object=a%20key;token=the+token?pin-source=pin&module-path=/lib/t.so", FOLDER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkcs11:",
        "pkcs11:token=t;object=k?module-path=/l",
        "pkcs11:token=t;object=k?module-path=/l&pin-value=1234",
        "pkcs11:token=t;object=k?module-path=/l&pin-source=p&pin-source=q",
        "pkcs11:token=t;object=?module-path=/l&pin-source=p",
        "pkcs11:token=t;object=%zz?module-path=/l&pin-source=p",
        "pkcs11:token=t;object=k;id=%01?module-path=/l&pin-source=p"
      })
  void othersAreRefusedWithTheRightForm(String text) {
    IOException refused = assertThrows(IOException.class, () -> KeyPlace.parse(text, FOLDER));
    assertTrue(String.valueOf(refused.getMessage()).contains("pin-source=PINFILE"));
    assertTrue(!String.valueOf(refused.getMessage()).contains("1234"), "a PIN is not repeated");
  }
}
