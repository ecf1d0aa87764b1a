package dev.coffer.hsm.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** tpm2-tools as a second opinion: they read what this codec wrote and verify what it asked for. */
@Tag("long")
class TpmToolsTest {
  private static final int COUNTER = 0x01800100;
  private static final int INDEX = 0x01800101;

  @TempDir private Path folder;

  @BeforeEach
  void tools() {
    boolean here =
        Swtpm.here()
            && Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(at -> Files.isExecutable(Path.of(at, "tpm2_checkquote")));
    if (!here) {
      System.out.println("SKIP: no swtpm and tpm2-tools to compare with");
    }
    Assumptions.assumeTrue(here, "no swtpm and tpm2-tools to compare with");
  }

  private int run(Swtpm chip, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile());
    builder.environment().put("TPM2TOOLS_TCTI", chip.place().replace("unix:", "swtpm:path="));
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(command[0] + " does not end");
    }
    return process.exitValue();
  }

  @Test
  void theyReadTheIndicesAndVerifyTheQuote() throws Exception {
    Bytes challenge = Bytes.fromHex("5a".repeat(32));
    Bytes content = Bytes.fromHex("0102030405060708");
    try (Swtpm chip = new Swtpm(folder.resolve("chip"))) {
      chip.start();
      Tpm.Quote quote;
      try (Tpm tpm = new Tpm(TpmLink.open(chip.place()), List.of(0, 7))) {
        tpm.defineCounter(COUNTER);
        tpm.increment(COUNTER);
        tpm.increment(COUNTER);
        tpm.defineData(INDEX, 8);
        tpm.write(INDEX, content);
        quote = tpm.quote(challenge);
        try (SecretBytes sealed = SecretBytes.copyOf(content)) {
          Bytes blob = tpm.seal(sealed);
          assertEquals(content, Bytes.wrap(tpm.unseal(blob).copy()));
        }
      }
      Path read = folder.resolve("read");
      String index = "0x" + Integer.toHexString(INDEX);
      assertEquals(0, run(chip, "tpm2_nvread", index, "-o", read.toString()));
      assertEquals(content, Bytes.wrap(Files.readAllBytes(read)));
      assertEquals(0, run(chip, "tpm2_nvreadpublic", "0x" + Integer.toHexString(COUNTER)));
      String attributes = Files.readString(folder.resolve("said"));
      for (String attribute : List.of("policywrite", "nt=0x1", "no_da", "authread")) {
        assertTrue(attributes.contains(attribute), attributes);
      }
      // Nobody moves the counter without the policy, the owner included.
      assertNotEquals(0, run(chip, "tpm2_nvincrement", "0x" + Integer.toHexString(COUNTER)));
      assertNotEquals(
          0, run(chip, "tpm2_nvincrement", "-C", "o", "0x" + Integer.toHexString(COUNTER)));

      Path key = folder.resolve("key");
      Files.write(key, new TpmBuffer().sized(quote.publicArea()).toByteArray());
      Path message = folder.resolve("message");
      Files.write(message, quote.attested().toByteArray());
      Path signature = folder.resolve("signature");
      Files.write(
          signature,
          new TpmBuffer().u16(0x18).u16(0x0b).sized(quote.r()).sized(quote.s()).toByteArray());
      for (boolean right : new boolean[] {true, false}) {
        int status =
            run(
                chip,
                "tpm2_checkquote",
                "-u",
                key.toString(),
                "-m",
                message.toString(),
                "-s",
                signature.toString(),
                "-q",
                (right ? "5a" : "5b").repeat(32));
        assertEquals(right, status == 0, Files.readString(folder.resolve("said")));
      }
    }
  }
}
