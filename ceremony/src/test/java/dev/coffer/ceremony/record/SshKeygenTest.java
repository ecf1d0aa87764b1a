package dev.coffer.ceremony.record;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.protocol.codec.Bytes;
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
