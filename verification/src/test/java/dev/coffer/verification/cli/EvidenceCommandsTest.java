package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.notary.key.KeyFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a rehearsed ceremony, with the real core and people's real keys, to an audit of it. */
@Tag("long")
class EvidenceCommandsTest {
  private static final Pattern FLEET = Pattern.compile("\"fleet\":\"([0-9a-f]{64})\"");

  @TempDir private Path folder;

  private Ran coffer(String... words) {
    return CommandLineUser.of(folder, "operator").run(words);
  }

  private int stockTools(Path there) throws Exception {
    Process process =
        new ProcessBuilder("sh", there.resolve("check-with-stock-tools.sh").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    return process.waitFor();
  }

  /** The linked image; without one, the HSMs measure as the word development. */
  private Path image() throws IOException {
    Path linked = Path.of(System.getProperty("coffer.hsm.image"));
    if (Files.exists(linked.resolve("lib/modules"))) {
      return linked;
    }
    Path made = folder.resolve("image");
    Files.createDirectories(made.resolve("lib"));
    Files.writeString(made.resolve("lib/modules"), "development");
    return made;
  }

  @Test
  void aRehearsedFleetIsAuditedWithOneCommandAndWithToolsOfOthers() throws Exception {
    for (String tool : List.of("openssl", "ssh-keygen")) {
      boolean here =
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(part -> Files.isExecutable(Path.of(part, tool)));
      assumeTrue(here, "there is no " + tool + " here: install openssl and openssh-client");
    }
    HsmProgram.locate();
    String rehearsed = folder.resolve("r").toString();
    coffer("ceremony", "rehearse", "--sites", "3", "--dir", rehearsed).exits(0);
    String left = folder.resolve("r/exchange").toString();
    String key = folder.resolve("evidence.key").toString();
    KeyFile.write(Path.of(key), SecretBytes.copyOf(Bytes.fromHex("31".repeat(32))));
    Path there = folder.resolve("evidence");
    Ran made =
        coffer("evidence", "make", left, "--to", there.toString(), "--key", key, "--json")
            .exits(0)
            .warns("SIMULATED");
    Matcher fleet = FLEET.matcher(made.out());
    assertTrue(fleet.find(), made.toString());
    coffer("evidence", "make", left, "--to", there.toString(), "--key", key)
        .exits(2)
        .warns("is not empty");

    Path image = image();
    String signer = there.resolve("evidence.pub").toString();
    List<String> audit =
        List.of("audit", "fleet", "--offline", there.toString(), "--signer", signer);
    coffer(
            Stream.concat(
                    audit.stream(),
                    Stream.of("--fleet", fleet.group(1), "--image", image.toString(), "--json"))
                .toArray(String[]::new))
        .exits(0)
        .says("\"clean\":true")
        .says("\"failed\":0")
        .says("\"says\":\"the program is the one that the auditor built\",\"outcome\":\"PASS\"")
        .says("\"claim\":\"attestation-vendor\"")
        .warns("SIMULATED");
    assertEquals(0, stockTools(there), Files.readString(folder.resolve("said")));

    coffer(
            Stream.concat(
                    audit.stream(), Stream.of("--used-by", folder.resolve("r/site-1").toString()))
                .toArray(String[]::new))
        .exits(0)
        .says("PASS  fleet-expected")
        .says("SKIP  bundle-holds");

    Path transcript = there.resolve("ceremony/transcript.txt");
    String text = Files.readString(transcript);
    Files.writeString(transcript, text.replace("site 2", "site 3"));
    coffer(audit.toArray(String[]::new)).exits(8).says("FAIL  ceremony-record");
    assertFalse(stockTools(there) == 0);
    assertTrue(Files.readString(folder.resolve("said")).contains("FAIL  ceremony-record"));
    coffer("audit", "fleet", "--offline", folder.resolve("nowhere").toString()).exits(2);
  }
}
