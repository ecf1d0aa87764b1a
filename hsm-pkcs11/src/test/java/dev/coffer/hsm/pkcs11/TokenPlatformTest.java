package dev.coffer.hsm.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.pkcs11.harness.SoftHsm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** An HSM on a token of SoftHSM2, and what is said and kept when the token does not do its part. */
class TokenPlatformTest {
  private static final Bytes STATE = Bytes.fromHex("07".repeat(100));

  @TempDir private Path folder;
  private Path home;
  private SoftHsm tokens;

  @BeforeEach
  void insert() throws Throwable {
    if (!SoftHsm.here()) {
      System.out.println("SKIP: " + SoftHsm.SKIP);
    }
    Assumptions.assumeTrue(SoftHsm.here(), SoftHsm.SKIP);
    tokens = new SoftHsm(folder.resolve("softhsm"));
    tokens.insert("t");
    tokens.pin("pin", "1234");
    tokens.plug();
    home = Files.createDirectory(folder.resolve("home"));
    settings(home);
  }

  private void settings(Path of) throws IOException {
    Files.write(
        of.resolve("token.settings"),
        List.of(
            "library = " + SoftHsm.LIBRARY,
            "token = t",
            "pin-file = " + folder.resolve("softhsm").resolve("pin")));
  }

  private TokenPlatform open() throws IOException {
    return TokenPlatform.open(home, Map.of());
  }

  private static Bytes image(int number) {
    return Bytes.copyOf(new byte[] {(byte) number, 1, 2, 3});
  }

  private void used() throws IOException {
    try (TokenPlatform platform = open()) {
      platform.store(SecretBytes.copyOf(STATE));
      platform.nvram().write(0, image(1));
      platform.nvram().write(0, image(2));
    }
  }

  private void stillThere() throws IOException {
    try (TokenPlatform platform = open();
        SecretBytes state = platform.load().orElseThrow()) {
      assertEquals(STATE, Bytes.wrap(state.copy()));
      assertEquals(Optional.of(image(2)), platform.nvram().read(0));
    }
  }

  private Map<Path, Bytes> files() throws IOException {
    Map<Path, Bytes> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(home.relativize(file), Bytes.wrap(Files.readAllBytes(file)));
      }
    }
    files.remove(Path.of("lock"));
    return files;
  }

  /** Refused with that sentence, and nothing in the home but a refused PIN's mark is another. */
  private void refused(String sentence) throws IOException {
    Map<Path, Bytes> before = files();
    IOException refused = assertThrows(IOException.class, this::open);
    assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
    assertFalse(refused.getMessage().contains("1234"));
    Map<Path, Bytes> after = files();
    after.remove(Path.of("pin-refused"));
    before.remove(Path.of("pin-refused"));
    assertEquals(before, after);
  }

  private static String fault(Executable call) {
    return assertThrows(Nvram.Fault.class, call).getMessage();
  }

  @Test
  void whatItSealsReturnsAndLiesNowhereInClear() throws Exception {
    used();
    stillThere();
    for (Bytes file : files().values()) {
      assertFalse(file.hex().contains("07".repeat(16)));
    }
  }

  @Test
  void anHsmIsTheSameAfterARestartAndSaysWhatItPromises() throws Exception {
    HsmIdentity identity;
    try (TokenPlatform platform = open()) {
      identity = new HsmCore(platform).founding().identify();
    }
    try (TokenPlatform platform = open()) {
      assertEquals(identity, new HsmCore(platform).founding().identify());
      assertEquals(EntityAttestation.TOKEN_KEY, platform.keyAttributes());
    }
    assertEquals("SIMULATED PKCS#11 token", identity.model(), "SoftHSM2 is no hardware");
    assertEquals(
        new HsmPromises(
            HsmPromises.Keys.SEALED, HsmPromises.Memory.UNNOTICED, HsmPromises.Voucher.NOBODY),
        HsmPromises.of(identity));
  }

  @Test
  void aTokenPulledOutIsAskedForAndNothingIsLost() throws Throwable {
    used();
    Path away = folder.resolve("away");
    Files.move(tokens.tokens(), away);
    Files.createDirectory(tokens.tokens());
    tokens.plug();
    refused("There is no token t: insert it");
    Files.delete(tokens.tokens());
    Files.move(away, tokens.tokens());
    tokens.plug();
    stillThere();
  }

  @Test
  void aTokenPulledOutWhileItRunsStopsNothingBeforeTheNextStart() throws Throwable {
    used();
    try (TokenPlatform platform = open()) {
      Files.move(tokens.tokens(), folder.resolve("away"));
      platform.nvram().write(0, image(3));
      platform.nvram().write(0, image(2));
    }
    Files.move(folder.resolve("away"), tokens.tokens());
    tokens.plug();
    stillThere();
  }

  @Test
  void aRefusedPinIsNotTriedAgain() throws Exception {
    used();
    Path pin = tokens.pin("pin", "9999");
    refused("The token does not accept the PIN");
    refused("it is not tried again, lest the token lock");
    // The right PIN with the file's old time was not looked at: the token was not asked.
    FileTime time = Files.getLastModifiedTime(pin);
    tokens.pin("pin", "1234");
    Files.setLastModifiedTime(pin, time);
    refused("it is not tried again");
    Files.setLastModifiedTime(pin, FileTime.fromMillis(time.toMillis() + 1000));
    stillThere();
    assertFalse(Files.exists(home.resolve("pin-refused")));
  }

  @Test
  void anotherTokenOfTheSameLabelIsNotTakenForTheRightOne() throws Throwable {
    used();
    Files.move(tokens.tokens(), folder.resolve("away"));
    Files.createDirectory(tokens.tokens());
    tokens.insert("t");
    tokens.plug();
    refused("Another token of this label is inserted");
  }

  @Test
  void aKeyThatIsGoneOrCanLeaveIsRefused() throws Throwable {
    used();
    String serial = Files.readAllLines(home.resolve("token")).getFirst();
    Files.write(home.resolve("token"), List.of(serial, "other"));
    refused("The token has no key other, which this HSM is sealed by");
    Files.write(folder.resolve("aes"), new byte[32]);
    tokens.run(
        "--import",
        folder.resolve("aes").toString(),
        "--aes",
        "--token",
        "t",
        "--label",
        "other",
        "--id",
        "01",
        "--pin",
        "1234");
    tokens.plug();
    refused("The key other can leave the token");
    Files.write(home.resolve("token"), List.of(serial));
    refused("is damaged: put the right one back");
    Files.delete(home.resolve("token"));
    refused("is lost: put it back");
  }

  @Test
  void anotherHomesStateDoesNotOpen() throws Exception {
    used();
    Path first = home;
    home = Files.createDirectory(folder.resolve("second"));
    settings(home);
    used();
    Files.copy(
        first.resolve("state.sealed"),
        home.resolve("state.sealed"),
        StandardCopyOption.REPLACE_EXISTING);
    try (TokenPlatform platform = open()) {
      assertTrue(fault(platform::load).contains("does not open with the token's key"));
    }
    Files.delete(home.resolve("state.sealed"));
    try (TokenPlatform platform = open()) {
      assertTrue(fault(platform::load).contains("put state.sealed back"));
      assertTrue(fault(() -> new HsmCore(platform)).contains("put state.sealed back"));
    }
    Files.delete(home.resolve("memory-key.sealed"));
    assertTrue(fault(this::open).contains("put memory-key.sealed back"));
  }

  @Test
  void aMemoryIsItsOwnOrNone() throws Exception {
    used();
    Path memory = home.resolve("nvram").resolve("partition-0");
    byte[] good = Files.readAllBytes(memory);
    byte[] forged = good.clone();
    forged[30] ^= 1;
    forged[8192 + 30] ^= 1;
    Files.write(memory, forged);
    try (TokenPlatform platform = open()) {
      assertTrue(fault(() -> platform.nvram().read(0)).contains("both slots are damaged"));
    }
    Files.write(home.resolve("nvram").resolve("partition-1"), good);
    try (TokenPlatform platform = open()) {
      fault(() -> platform.nvram().read(1));
    }
    Files.write(memory, good);
    stillThere();
  }

  /** What is not promised is shown, too: the others have to tell it. */
  @Test
  void anOlderMemoryIsNotNoticedHere() throws Exception {
    used();
    Path memory = home.resolve("nvram").resolve("partition-0");
    byte[] older = Files.readAllBytes(memory);
    try (TokenPlatform platform = open()) {
      platform.nvram().write(0, image(9));
      assertEquals(
          HsmPromises.Memory.UNNOTICED,
          HsmPromises.read(platform.evidence(Bytes.EMPTY)).orElseThrow().memory());
    }
    assertFalse(Arrays.equals(older, Files.readAllBytes(memory)));
    Files.write(memory, older);
    stillThere();
    assertArrayEquals(older, Files.readAllBytes(memory));
  }

  @Test
  void settingsThatAreWrongAreSaidSo() throws Exception {
    Files.write(home.resolve("token.settings"), List.of("library = /none", "token = t"));
    refused("lacks 'pin-file': add it");
    Files.write(home.resolve("token.settings"), List.of("pin-value = 1234"));
    refused("did you mean 'pin-file'");
    for (String wrong : List.of("softhsm2_conf=/x", "SOFTHSM2_CONF", "X=" + "x".repeat(1025))) {
      Files.write(home.resolve("token.settings"), List.of("environment = " + wrong));
      refused("'environment' is NAME=value");
    }
    Files.write(home.resolve("token.settings"), Collections.nCopies(17, "environment = X=1"));
    refused("'environment' stands at most 16 times");
    Files.delete(home.resolve("token.settings"));
    refused("There is no settings file");
    settings(home);
    Map<String, String> environment = Map.of("COFFER_HSM_TOKEN", "other");
    IOException other =
        assertThrows(IOException.class, () -> TokenPlatform.open(home, environment));
    assertTrue(other.getMessage().contains("There is no token other"));
    open().close();
  }
}
