package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "vault",
        "vault.example",
        "a-1.EXAMPLE",
        "1.example",
        "xn--bcher-kva.example",
        "0.0.0.0",
        "192.0.2.1",
        "255.255.255.255",
        "::",
        "::1",
        "2001:db8::1",
        "2001:DB8:0:0:0:0:0:1",
        "::ffff:192.0.2.1",
      })
  void aNameOrAnAddressIsAHost(String host) {
    assertTrue(HostName.valid(host), host);
  }

  @Test
  void nothingElseIs() {
    for (String host :
        List.of(
            "a:b",
            "vault.example:8443",
            "999.1.1.1",
            "256.0.0.1",
            "1.2.3.999",
            "10.0.0.1:80",
            "010.0.0.1",
            "1.2.3",
            "1.2.3.4.5",
            "::1%lo",
            "[::1]",
            "1::2::3",
            "1:2:3",
            ":",
            ".::1",
            "a..b",
            ".a",
            "a.",
            "-a.example",
            "a_b",
            "*.example",
            "a b",
            "a\n",
            "",
            "a".repeat(64) + ".example",
            "a.".repeat(127) + "a")) {
      assertFalse(HostName.valid(host), host);
      assertTrue(HostName.literal(host).isEmpty(), host);
    }
  }

  @Test
  void spellingsOfOneHostAreOne() {
    assertEquals(HostName.canonical("2001:db8::1"), HostName.canonical("2001:DB8:0:0:0:0:0:0001"));
    assertEquals(HostName.canonical("192.0.2.1"), HostName.canonical("::ffff:192.0.2.1"));
    assertEquals(HostName.canonical("Vault.Example"), HostName.canonical("vault.example"));
    assertNotEquals(HostName.canonical("192.0.2.1"), HostName.canonical("192.0.2.2"));
  }

  @Test
  void whatOnlyItsOwnMachineReachesIsToldApart() {
    for (String host : List.of("localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "::")) {
      assertTrue(HostName.ownMachineOnly(host), host);
    }
    for (String host : List.of("vault.example", "192.0.2.1", "10.0.0.1", "2001:db8::1")) {
      assertFalse(HostName.ownMachineOnly(host), host);
    }
  }
}
