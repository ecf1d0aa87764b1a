package dev.coffer.notary.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final Bytes MESSAGE = Utf8.encode("a message\n");

  @TempDir private Path folder;

  private Path write(byte[] content, String mode) throws IOException {
    Path path = Files.createTempFile(folder, "k", ".key");
    Files.write(path, content);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return path;
  }

  @Test
  void writtenIsRead() throws IOException {
    Path path = folder.resolve("key");
    try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
      KeyFile.write(path, seed);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertThrows(IOException.class, () -> KeyFile.write(path, seed));
      try (Ed25519Key key = new KeyFile(path).open()) {
        assertEquals(Ed25519.publicKey(seed), key.publicKey());
        assertTrue(Ed25519.verify(key.publicKey(), MESSAGE, key.sign(MESSAGE)));
      }
    }
  }

  @Test
  void signerLinesAreRead() throws IOException {
    SignerKey signer = TestKeys.signer("someone.example");
    byte[] line = signer.privateText().copy();
    try (Ed25519Key key = new KeyFile(write(line, "rw-------")).open()) {
      assertEquals(signer.verifier().publicKey(), key.publicKey());
    }
  }

  @Test
  void keysThatOthersReadAreRefused() throws IOException {
    byte[] line = TestKeys.signer("someone.example").privateText().copy();
    for (String mode : List.of("rw-r-----", "rw----r--", "rwx------", "rw--w----")) {
      Path path = write(line, mode);
      IOException e = assertThrows(IOException.class, () -> new KeyFile(path).open(), mode);
      assertTrue(String.valueOf(e.getMessage()).contains("chmod 600"));
    }
  }

  @Test
  void nothingElseIsAKey() throws IOException {
    byte[] line = TestKeys.signer("someone.example").privateText().copy();
    byte[] shorter = java.util.Arrays.copyOf(line, line.length - 4);
    List<byte[]> others =
        List.of(
            new byte[0],
            new byte[5_000],
            "PRIVATE+KEY+a".getBytes("UTF-8"),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".getBytes("UTF-8"),
            "-----BEGIN PRIVATE KEY-----".getBytes("UTF-8"),
            shorter);
    for (byte[] other : others) {
      Path path = write(other, "rw-------");
      IOException e = assertThrows(IOException.class, () -> new KeyFile(path).open());
      assertTrue(!String.valueOf(e.getMessage()).contains("AAAA"), "no key material in messages");
    }
    assertThrows(IOException.class, () -> new KeyFile(folder.resolve("none")).open());
  }

  private static boolean runs(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private static boolean has(String program) throws InterruptedException {
    try {
      return runs(List.of(program, "version"));
    } catch (IOException e) {
      return false;
    }
  }

  /** A key made by OpenSSL signs here, and OpenSSL verifies. */
  @Test
  void opensslVerifiesWhatItsKeySignsHere() throws Exception {
    if (!has("openssl")) {
      System.out.println("SKIP: no openssl to verify with");
      Assumptions.abort("no openssl");
    }
    Path pem = folder.resolve("openssl.pem");
    Path publicPem = folder.resolve("public.pem");
    Path message = folder.resolve("message");
    Path signature = folder.resolve("signature");
    assertTrue(runs(List.of("openssl", "genpkey", "-algorithm", "ed25519", "-out", "" + pem)));
    Files.setPosixFilePermissions(pem, PosixFilePermissions.fromString("rw-------"));
    assertTrue(
        runs(List.of("openssl", "pkey", "-in", "" + pem, "-pubout", "-out", "" + publicPem)));
    Files.write(message, MESSAGE.toByteArray());
    List<String> verify =
        List.of(
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "" + publicPem,
            "-rawin",
            "-in",
            "" + message,
            "-sigfile",
            "" + signature);
    try (Ed25519Key key = new KeyFile(pem).open()) {
      byte[] signed = key.sign(MESSAGE).toByteArray();
      Files.write(signature, signed);
      assertTrue(runs(verify));
      signed[0] ^= 1;
      Files.write(signature, signed);
      assertTrue(!runs(verify), "a bad signature is refused");
    }
  }
}
