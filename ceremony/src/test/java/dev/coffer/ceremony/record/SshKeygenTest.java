package dev.coffer.ceremony.record;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.text.StrictBase64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures by the real ssh-keygen, as participants make them. */
class SshKeygenTest {
  private static final String SK = "sk-ssh-ed25519@openssh.com";
  private static final Bytes TEXT =
      Bytes.wrap("what was done\n".getBytes(StandardCharsets.US_ASCII));

  @TempDir private Path folder;

  private void run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(folder.resolve("said")));
  }

  private Participant person(String name) throws Exception {
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name);
    return new Participant(name, Files.readString(folder.resolve(name + ".pub")).strip());
  }

  private Bytes sign(String name, String namespace, Bytes text) throws Exception {
    Path file = folder.resolve("transcript.txt");
    Files.write(file, text.toByteArray());
    Files.deleteIfExists(folder.resolve("transcript.txt.sig"));
    run("ssh-keygen", "-q", "-Y", "sign", "-f", name, "-n", namespace, "transcript.txt");
    return Bytes.wrap(Files.readAllBytes(folder.resolve("transcript.txt.sig")));
  }

  private static boolean here() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(part -> Files.isExecutable(Path.of(part, "ssh-keygen")));
  }

  @Test
  void aSignatureCountsForThisTextPersonAndPurposeAlone() throws Exception {
    assumeTrue(here(), "there is no ssh-keygen here: install openssh-client");
    Signatures ssh = new SshKeygen("ssh-keygen");
    Participant one = person("one");
    Participant two = person("two");
    Bytes signature = sign("one", Signatures.NAMESPACE, TEXT);
    assertDoesNotThrow(() -> Signatures.checkForm(one, signature));
    assertEquals(Optional.empty(), ssh.objection(one, TEXT, signature));
    assertTrue(ssh.objection(two, TEXT, signature).isPresent());
    assertTrue(ssh.objection(one, TEXT.concat(TEXT), signature).isPresent());
    assertTrue(ssh.objection(one, TEXT, sign("one", "file", TEXT)).isPresent());
    assertTrue(ssh.objection(one, TEXT, Bytes.EMPTY).isPresent());
    // Its key beside another's name.
    assertTrue(ssh.objection(new Participant("one", two.key()), TEXT, signature).isPresent());
    byte[] large = new byte[1 << 20];
    Arrays.fill(large, (byte) 'x');
    Bytes much = Bytes.wrap(large);
    Bytes over = sign("one", Signatures.NAMESPACE, much);
    assertEquals(Optional.empty(), ssh.objection(one, much, over));
  }

  /**
   * What a FIDO key signs (OpenSSH, PROTOCOL.u2f): the hash of its application, flags, a counter,
   * the hash of what sshsig signs; made here as a key would, and judged by ssh-keygen.
   */
  @Test
  void aSecurityKeysSignatureCountsIfSomebodyTouchedIt() throws Exception {
    assumeTrue(here(), "there is no ssh-keygen here: install openssh-client");
    Signatures ssh = new SshKeygen("ssh-keygen");
    Participant one = new Participant("one", SK + " " + StrictBase64.encode(skBlob("ssh:")));
    Bytes signature = skSign("ssh:", Signatures.NAMESPACE, TEXT, 1, 7);
    assertDoesNotThrow(() -> Signatures.checkForm(one, signature));
    assertEquals(Optional.empty(), ssh.objection(one, TEXT, signature));
    // The counter may be any: the next signature has a higher one.
    assertEquals(
        Optional.empty(),
        ssh.objection(one, TEXT, skSign("ssh:", Signatures.NAMESPACE, TEXT, 5, 8)));
    assertTrue(ssh.objection(one, TEXT.concat(TEXT), signature).isPresent());
    assertTrue(ssh.objection(one, TEXT, skSign("ssh:", "file", TEXT, 1, 7)).isPresent());
    // Nobody touched it, or it is for another application.
    Bytes untouched = skSign("ssh:", Signatures.NAMESPACE, TEXT, 0, 7);
    assertTrue(ssh.objection(one, TEXT, untouched).isPresent());
    Bytes elsewhere = skSign("ssh:else", Signatures.NAMESPACE, TEXT, 1, 7);
    assertTrue(ssh.objection(one, TEXT, elsewhere).isPresent());
    // Flags and counter are signed.
    String text = new String(signature.toByteArray(), StandardCharsets.US_ASCII);
    Bytes blob = StrictBase64.decode(text.replaceAll("-----[A-Z ]+-----|\n", ""), "signature");
    byte[] counted = blob.toByteArray();
    counted[counted.length - 1] ^= 1;
    assertTrue(ssh.objection(one, TEXT, armour(Bytes.wrap(counted))).isPresent());
    counted[counted.length - 1] ^= 1;
    counted[counted.length - 5] ^= 4;
    assertTrue(ssh.objection(one, TEXT, armour(Bytes.wrap(counted))).isPresent());
    // An ordinary key with the same secret does not pass for it.
    Participant plain =
        new Participant(
            "one",
            "ssh-ed25519 "
                + StrictBase64.encode(
                    new CanonicalWriter()
                        .field("ssh-ed25519")
                        .field(Ed25519.publicKey(seed()))
                        .toBytes()));
    assertTrue(ssh.objection(plain, TEXT, signature).isPresent());
  }

  private static SecretBytes seed() {
    byte[] octets = new byte[32];
    Arrays.fill(octets, (byte) 9);
    return SecretBytes.wrap(octets);
  }

  private static Bytes skBlob(String application) {
    CanonicalWriter blob = new CanonicalWriter().field(SK).field(Ed25519.publicKey(seed()));
    return blob.field(application).toBytes();
  }

  private static Bytes skSign(
      String application, String namespace, Bytes text, int flags, int counter) {
    Bytes magic = Bytes.fromHex(Signatures.MAGIC);
    CanonicalWriter message = new CanonicalWriter().raw(magic).field(namespace);
    message.field("").field("sha512").field(Hashes.sha512(text.toByteArray()));
    CanonicalWriter signed =
        new CanonicalWriter()
            .raw(Hashes.sha256(Bytes.wrap(application.getBytes(StandardCharsets.US_ASCII))));
    signed.u8(flags).u32(counter).raw(Hashes.sha256(message.toBytes()));
    CanonicalWriter blob = new CanonicalWriter().raw(magic).u32(1).field(skBlob(application));
    blob.field(namespace).field("").field("sha512");
    CanonicalWriter signature = new CanonicalWriter().field(SK);
    signature.field(Ed25519.sign(seed(), signed.toBytes())).u8(flags).u32(counter);
    return armour(blob.field(signature.toBytes()).toBytes());
  }

  private static Bytes armour(Bytes blob) {
    String lines = StrictBase64.encode(blob).replaceAll("(.{70})", "$1\n");
    String whole =
        "-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n".formatted(lines);
    return Bytes.wrap(whole.replace("\n\n", "\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void withoutTheToolNothingIsSaidOfASignature() {
    IOException trouble =
        assertThrows(
            IOException.class,
            () ->
                new SshKeygen("no-such-ssh-keygen")
                    .objection(new Participant("one", "ssh-ed25519 AAAA"), TEXT, Bytes.EMPTY));
    assertTrue(trouble.getMessage().contains("install openssh-client"), trouble.getMessage());
  }
}
