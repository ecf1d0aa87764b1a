package dev.coffer.cli.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program of one's own logs in: what it is told, and what it may answer. */
class LoginCommandTest {
  private static final FleetId FLEET = new FleetId(Bytes.zeros(32));
  private static final Bytes DEVICE_KEY = Bytes.zeros(32);

  /** It waits for somebody, and keeps its output open. */
  private static final String WAITS = "echo $$ > \"$(dirname \"$0\")/pid\"; exec sleep 600\n";

  @TempDir private Path directory;
  private Duration patience = LoginCommand.PATIENCE;

  private LoginSource program(String script) throws IOException {
    Path file = directory.resolve("login");
    Files.writeString(file, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new LoginCommand(file, "app", "alice", patience);
  }

  /** The program's own process, once it is there. */
  private Optional<ProcessHandle> waiting() throws Exception {
    Path pid = directory.resolve("pid");
    String text = "";
    while (!text.endsWith("\n")) {
      Thread.onSpinWait();
      text = Files.exists(pid) ? Files.readString(pid) : "";
    }
    return ProcessHandle.of(Long.parseLong(text.strip()));
  }

  private static String sentence(LoginSource source) {
    return source.trouble().orElseThrow().what();
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
        assertTrue(sentence(source).contains("login does not print issuer key"), sentence(source));
        assertFalse(sentence(source).contains("secret"));
      }
    }
  }

  @Test
  void aFailureIsNoLogin() throws IOException {
    String lines = "echo " + "01".repeat(32) + "\necho " + "02".repeat(64) + "\necho a.b.c\n";
    try (LoginSource source = program(lines + "exit 3")) {
      assertThrows(IOException.class, () -> source.token(FLEET, DEVICE_KEY, false));
      assertTrue(sentence(source).endsWith("login failed (status 3)."), sentence(source));
    }
    try (LoginSource source =
        new LoginCommand(directory.resolve("gone"), "app", "alice", patience)) {
      assertThrows(IOException.class, () -> source.token(FLEET, DEVICE_KEY, false));
      assertTrue(sentence(source).endsWith("gone cannot be run."), sentence(source));
    }
  }

  @Test
  void oneThatWaitsForNobodyIsEndedAndNotRunForEachNode() throws Exception {
    patience = Duration.ofSeconds(1);
    try (LoginSource source = program(WAITS)) {
      assertThrows(IOException.class, () -> source.token(FLEET, DEVICE_KEY, false));
      assertEquals(Optional.empty(), waiting().filter(ProcessHandle::isAlive));
      assertTrue(sentence(source).endsWith("login gave no login in time, and was ended."));
      Files.delete(directory.resolve("pid"));
      assertThrows(IOException.class, () -> source.token(FLEET, DEVICE_KEY, false));
      assertFalse(Files.exists(directory.resolve("pid")));
    }
  }

  /** A backup waits for no login, and ends. */
  @Test
  void oneThatNobodyWaitsForAnyMoreIsEnded() throws Exception {
    LoginSource source = program(WAITS);
    FutureTask<LoginToken> asked = new FutureTask<>(() -> source.token(FLEET, DEVICE_KEY, false));
    Thread.ofPlatform().daemon().start(asked);
    ProcessHandle program = waiting().orElseThrow();
    assertTrue(sentence(source).endsWith("still waited for somebody, and was ended."));
    source.close();
    assertThrows(ExecutionException.class, () -> asked.get(1, TimeUnit.MINUTES));
    assertFalse(program.isAlive());
  }
}
