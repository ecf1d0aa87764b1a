package dev.coffer.cli.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of one's own logs in: what it is told, and what it may answer. */
class LoginCommandTest {
  private static final FleetId FLEET = new FleetId(Bytes.zeros(32));
  private static final Bytes DEVICE_KEY = Bytes.zeros(32);

  @TempDir private Path directory;

  private LoginSource program(String script) throws IOException {
    Path file = directory.resolve("login");
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new LoginCommand(file, "app", "alice");
  }

  @Test
  void printsALogin() throws IOException {
    String issuer = "01".repeat(32);
    String signature = "02".repeat(64);
    try (LoginSource source =
        program("echo " + issuer + "\necho " + signature + "\necho \"$2.$4.${#1}${#3}\"\n")) {
      LoginToken first = source.token(FLEET, DEVICE_KEY, false);
      assertEquals("app", source.tenant());
      assertEquals(Bytes.fromHex(issuer), first.issuerKey());
      assertEquals(Bytes.fromHex(signature), first.rootSignature());
      assertEquals("alice..6464", first.jwt());
      assertEquals("alice.fresh.6464", source.token(FLEET, DEVICE_KEY, true).jwt());
    }
  }

  @Test
  void whatIsNoLoginIsRefusedAndNotQuoted() throws IOException {
    for (String script : new String[] {"echo secret", "printf 'xy\\nxy\\nsecret\\n'", "exit 0"}) {
      try (LoginSource source = program(script)) {
        IOException refused =
            assertThrows(IOException.class, () -> source.token(FLEET, DEVICE_KEY, false));
        assertFalse(refused.getMessage().contains("secret"));
      }
    }
  }

  @Test
  void aFailureIsNoLogin() throws IOException {
    String lines = "echo " + "01".repeat(32) + "\necho " + "02".repeat(64) + "\necho a.b.c\n";
    try (LoginSource source = program(lines + "exit 1")) {
      assertThrows(IOException.class, () -> source.token(FLEET, DEVICE_KEY, false));
    }
  }
}
