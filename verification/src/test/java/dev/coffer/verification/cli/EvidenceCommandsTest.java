package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.operator.PackageCheck;
import dev.coffer.evidence.PublicKeyPem;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a rehearsed ceremony, with the real core and people's real keys, to an audit of it. */
@Tag("long")
class EvidenceCommandsTest {
  private static final Pattern PROPOSED = Pattern.compile("\"proposal\":\"([0-9a-f]{64})\"");
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
        .exits(0)
        .says("manifest sha256:");
    coffer("evidence", "make", left, "--to", rehearsed, "--key", key)
        .exits(2)
        .warns("is not empty");

    // Without a linked image HSMs measure as development, and there is nothing to compare.
    Path image = Path.of(System.getProperty("coffer.hsm.image"));
    boolean linked = Files.exists(image.resolve("lib/modules"));
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
        .says(
            "\"says\":\"the program is the one that the auditor built\",\"outcome\":\"%s\""
                .formatted(linked ? "PASS" : "SKIP"))
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

    publishes(there);

    aChangedCopyFails(there, audit);
    withoutOptions();
    aNotaryLooksAtIt(folder.resolve("r/site-1"));
    aBundleNamesIt(folder.resolve("r/site-1"));
  }

  /** What is cut off or is something else would be signed by all HSMs, and shown to nobody. */
  @Test
  void aCheckpointThatIsNoneIsSaidAtOnce() throws Exception {
    Path file = folder.resolve("checkpoint");
    String[] words = {
      "evidence",
      "make",
      folder.toString(),
      "--to",
      folder.resolve("to").toString(),
      "--key",
      folder.resolve("key").toString(),
      "--used-by",
      folder.toString(),
      "--checkpoint",
      file.toString()
    };
    coffer(words).exits(2).warns("There is no checkpoint ");
    Map<String, String> wrong =
        Map.of(
            "<html>not found</html>\n",
            "holds no checkpoint of a log (MALFORMED)",
            "log.example\n3\n\n\u2014 log.example AAAA\n",
            "holds no checkpoint of a log",
            "x".repeat(300 << 10),
            "holds no checkpoint of a log (TOO_LARGE)");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      Files.writeString(file, one.getKey());
      coffer(words).exits(2).warns(one.getValue()).warns("curl LOG/checkpoint");
    }
  }

  private void aChangedCopyFails(Path there, List<String> audit) throws Exception {
    Path transcript = there.resolve("ceremony/transcript.txt");
    String text = Files.readString(transcript);
    Files.writeString(transcript, text.replace("site 2", "site 3"));
    coffer(audit.toArray(String[]::new)).exits(8).says("FAIL  ceremony-record");
    assertFalse(stockTools(there) == 0);
    assertTrue(Files.readString(folder.resolve("said")).contains("FAIL  ceremony-record"));
    coffer("evidence", "publish", folder.resolve("site").toString(), "--package", there.toString())
        .exits(8)
        .says("SIMULATED");
    coffer("audit", "fleet", "--offline", folder.resolve("nowhere").toString()).exits(2);
  }

  /** As on a fresh clone: the newest rehearsal is found by itself. */
  private void withoutOptions() throws Exception {
    Path there = folder.resolve("r/site-1/evidence");
    byte[] made = Files.readAllBytes(there.resolve("manifest.sigstore.json"));
    CommandLineUser somebody =
        new CommandLineUser(
            folder.resolve("none"), "operator", folder.resolve("none/client"), Clock.systemUTC());
    somebody.run("audit", "fleet").exits(2).warns("No package of evidence is named");
    somebody
        .run("evidence", "publish", folder.resolve("none/site").toString())
        .exits(2)
        .warns("No package of evidence is named");
    Files.createDirectories(folder.resolve("none"));
    Files.createSymbolicLink(
        folder.resolve("none/.coffer-rehearsal"),
        Files.readSymbolicLink(folder.resolve(".coffer-rehearsal")));
    somebody.run("evidence", "make").exits(0);
    somebody.run("evidence", "make", "--commit", "main").exits(2).warns("40 hexadecimal digits");
    // Whoever has named a fleet is not told of another.
    somebody.run("audit", "fleet").exits(2).warns("No package of evidence is named");
    somebody
        .runWithoutHome("audit", "fleet", "--fleet", "00".repeat(32))
        .exits(2)
        .warns("No package of evidence is named");
    somebody
        .runWithoutHome("audit", "fleet", "--rebuild", "nowhere")
        .exits(1)
        .warns("does not say which commit was built");
    assertArrayEquals(made, Files.readAllBytes(there.resolve("manifest.sigstore.json")));
    somebody
        .runWithoutHome("audit", "fleet")
        .exits(0)
        .warns("the newest rehearsal")
        .says("PASS  manifest-signer")
        .says("PASS  fleet-expected")
        .says("SKIP  possession")
        .says("SKIP  bundle-holds");
    Path site = folder.resolve("none/site");
    somebody.runWithoutHome("evidence", "publish", site.toString()).exits(0).says("SIMULATED");
    somebody
        .runWithoutHome("audit", "fleet", "--json")
        .exits(0)
        .says("\"directory\":\"" + there.toRealPath() + "\",\"simulated\":true");
    assertTrue(Files.readString(site.resolve("index.html")).contains("<title>SIMULATED: "));
  }

  /** The real core founded it, and nobody runs its nodes any more. */
  private void aNotaryLooksAtIt(Path site) throws Exception {
    Path shelf = Files.createDirectories(folder.resolve("shelf"));
    Bytes signer =
        PublicKeyPem.parse(Bytes.wrap(Files.readAllBytes(site.resolve("evidence/evidence.pub"))));
    PackageCheck check =
        new PackageCheck(
            shelf, new SshKeygen("ssh-keygen"), signer, Optional.empty(), Randomness.system());
    try (LoopbackVault vault = new LoopbackVault(folder.resolve("looking"), check)) {
      vault.adopt(site);
      CommandLineUser operator = CommandLineUser.of(vault.home(), "operator");
      operator
          .run("bundle", "propose", "--set", "first=active")
          .exits(1)
          .warns("there is no evidence sha256:");
      Files.createSymbolicLink(shelf.resolve("first"), site);
      operator
          .run("bundle", "propose", "--set", "first=active")
          .exits(1)
          .warns("it is not known that every HSM signs a fresh challenge")
          .warns("nobody answers for HSM 1, HSM 2, HSM 3");
      Path transcript = site.resolve("evidence/ceremony/transcript.txt");
      String text = Files.readString(transcript);
      Files.writeString(transcript, text.replace("site 2", "site 3"));
      operator
          .run("bundle", "propose", "--set", "first=active")
          .exits(1)
          .warns("it does not hold that transcript.txt is what the sites did");
      Files.writeString(transcript, text);
    }
  }

  private void aBundleNamesIt(Path site) throws Exception {
    try (LoopbackVault vault = new LoopbackVault(folder.resolve("vault"))) {
      vault.adopt(site);
      CommandLineUser operator = CommandLineUser.of(vault.home(), "operator");
      Matcher hash =
          PROPOSED.matcher(
              operator.run("bundle", "propose", "--json", "--set", "first=active").exits(0).out());
      assertTrue(hash.find());
      for (int person = 1; person <= 2; person++) {
        operator
            .run(
                "notary",
                "approve",
                hash.group(1),
                "--notary",
                vault.notary(),
                "--policy",
                vault.policyFile().toString(),
                "--key",
                vault.approverKey(person).toString(),
                "--name",
                LoopbackVault.APPROVERS.get(person - 1),
                "--yes")
            .exits(0);
      }
      operator.run("bundle", "publish", hash.group(1)).exits(0);
      String signer = vault.home().resolve("evidence/evidence.pub").toString();
      operator
          .run("audit", "fleet", "--signer", signer)
          .exits(0)
          .says("PASS  bundle-holds")
          .says("PASS  bundle-lists")
          .says("PASS  bundle-evidence")
          .says("PASS epoch 1 sha256:")
          .says("  + fleet ");
      // Without it the operator of the policy has to have signed, and here another did.
      operator.run("audit", "fleet").exits(8).says("FAIL  manifest-signer");
      vault.stopLog();
      operator
          .run("audit", "fleet", "--signer", signer)
          .exits(0)
          .warns("The log cannot be read now");
      Path second = vault.home().resolve("fleets/second/evidence");
      LoopbackVault.copy(site.resolve("evidence"), second);
      operator
          .run("bundle", "propose", "--set", "second=announced")
          .exits(8)
          .warns("is another fleet's");
    }
  }

  private void publishes(Path there) throws Exception {
    Path site = folder.resolve("site");
    coffer("evidence", "publish", site.toString(), "--package", there.toString(), "--json")
        .exits(0)
        .says("\"clean\":true")
        .says("\"directory\":\"" + there + "\"")
        .says("\"simulated\":true,\"passed\":26,\"failed\":0,\"skipped\":16")
        .warns("SIMULATED");
    assertTrue(Files.readString(site.resolve("index.html")).contains("<title>SIMULATED: "));
    coffer("evidence", "publish", there.toString(), "--package", there.toString())
        .exits(2)
        .warns("no site of this program");
    coffer("evidence", "publish", site.toString(), "--package", folder.resolve("r").toString())
        .exits(2)
        .warns("no package of evidence");
    coffer(
            "evidence",
            "publish",
            site.toString(),
            "--package",
            there.toString(),
            "--log",
            site.toString())
        .exits(2)
        .warns("under a trust policy");
  }
}
