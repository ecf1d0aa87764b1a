package dev.coffer.notary.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What others wrote as an address. */
class WebAddressTest {
  @Test
  void whereSomebodyCanBeAskedIsAnAddress() {
    for (String good :
        List.of(
            "https://vault.example",
            "http://127.0.0.1:1/path",
            "https://[2001:db8::1]:65535",
            "https://vault.example/log/")) {
      assertEquals(Optional.of(URI.create(good)), WebAddress.parse(good));
    }
  }

  /** Nobody can be asked there, which is an error like that of a host that is not there. */
  @Test
  void whatIsNoneEndsNobody() throws Exception {
    try (Fetch fetch = new Fetch(Duration.ofMinutes(1))) {
      for (String bad :
          List.of(
              "",
              "vault.example",
              "ftp://vault.example",
              "https:vault.example",
              "https:///path",
              "https://vault_1.example",
              "https://vault.example:0",
              "https://vault.example:65536",
              "https://vault.example:99999")) {
        assertTrue(WebAddress.parse(bad).isEmpty(), bad);
      }
      for (String bad : List.of("", "vault.example", "https:x", "https://vault_1.example")) {
        assertThrows(IOException.class, () -> fetch.get(URI.create(bad), 1), bad);
      }
      assertThrows(IOException.class, () -> fetch.get(URI.create("http://127.0.0.1:99999"), 1));
    }
    for (String bad : List.of("https://", "https://a b", "https://[", "https://vault.example:x")) {
      assertTrue(WebAddress.parse(bad).isEmpty(), bad);
    }
  }
}
