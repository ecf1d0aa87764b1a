package dev.coffer.notary.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.text.Utf8;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key in SoftHSM2. The library reads where its tokens are from the environment, which a JVM
 * cannot change for itself: the test runs in a second JVM.
 */
@Tag("long")
class TokenKeyTest {
  private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final String NAME = "token.example";
  private static final Bytes MESSAGE = Utf8.encode("a message\n");

  @TempDir private Path folder;

  private int run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(Map.of("SOFTHSM2_CONF", "" + folder.resolve("softhsm2.conf")));
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command.get(0) + " does not end");
    }
    return process.exitValue();
  }

  private Path secret(String name, String content) throws IOException {
    Path path = folder.resolve(name);
    Files.writeString(path, content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return path;
  }

  @Test
  void aTokenSigns() throws Exception {
    if (!Files.exists(LIBRARY)) {
      System.out.println("SKIP: no SoftHSM2 (package softhsm2) to keep a key in");
      Assumptions.abort("no SoftHSM2");
    }
    Path tokens = Files.createDirectory(folder.resolve("tokens"));
    Files.writeString(
        folder.resolve("softhsm2.conf"),
        "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
    Path pem = folder.resolve("key.pem");
    KeyFile.write(pem, TestKeys.seed(NAME));
    String util = "softhsm2-util";
    List<String> pin = List.of("--pin", "1234");
    assertEquals(
        0,
        run(
            List.of(
                util,
                "--init-token",
                "--free",
                "--label",
                "t",
                "--so-pin",
                "5678",
                "--pin",
                "1234")));
    int imported =
        run(
            List.of(
                util,
                "--import",
                "" + pem,
                "--token",
                "t",
                "--label",
                "k",
                "--id",
                "01",
                pin.get(0),
                pin.get(1)));
    if (imported != 0) {
      System.out.println("SKIP: this SoftHSM2 was built without Ed25519");
      Assumptions.abort("no Ed25519");
    }
    String java = System.getProperty("java.home") + "/bin/java";
    String path =
        System.getProperty("java.class.path")
            + File.pathSeparator
            + System.getProperty("jdk.module.path", "")
            + File.pathSeparator
            + "target/test-classes";
    assertEquals(
        0,
        run(
            List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path,
                Child.class.getName(),
                "" + secret("pin", "1234\n"),
                "" + secret("wrong", "9999\n"))));
  }

  /** What runs in the second JVM. */
  public static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Path pin = Path.of(arguments[0]);
      assertThrows(
          IOException.class, () -> new TokenKey(LIBRARY, "t", "k", Path.of(arguments[1])).open());
      assertThrows(IOException.class, () -> new TokenKey(LIBRARY, "none", "k", pin).open());
      assertThrows(IOException.class, () -> new TokenKey(LIBRARY, "t", "none", pin).open());
      assertThrows(
          IOException.class, () -> new TokenKey(Path.of("/none.so"), "t", "k", pin).open());
      String place = "pkcs11:token=t;object=k?module-path=" + LIBRARY + "&pin-source=file:" + pin;
      try (Ed25519Key key = KeyPlace.parse(place, Path.of("")).open();
          Ed25519Key memory = new MemoryKey(TestKeys.seed(NAME))) {
        assertEquals(memory.publicKey(), key.publicKey());
        assertEquals(memory.sign(MESSAGE), key.sign(MESSAGE));
        assertTrue(Ed25519.verify(key.publicKey(), MESSAGE, key.sign(MESSAGE)));
      }
    }
  }
}
