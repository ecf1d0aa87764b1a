package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Announcement;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.verification.cli.CommandLineUser.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code coffer ceremony announce}, with a log in a folder and real witnesses on loopback. */
@Tag("long")
class CeremonyAnnounceTest {
  private static final KeyName LOG = name("plans.example/log");

  @TempDir private Path folder;
  private WitnessServer witness;
  private SteppedCeremony ceremony;
  private Path policy;

  private static KeyName name(String text) {
    try {
      return KeyName.parse(text);
    } catch (Refused e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyFile key(String name) throws IOException {
    Path file = folder.resolve(name + ".pem");
    try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
      KeyFile.write(file, seed);
    }
    return new KeyFile(file);
  }

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "ssh-keygen"))),
        "there is no ssh-keygen here: install openssh-client");
    HsmProgram.locate();
    VerifierKey log;
    try (NoteSigner signer = new NoteSigner(LOG, SignatureType.ED25519, key("log").open())) {
      log = signer.verifier();
    }
    witness =
        WitnessServer.start(
            new WitnessConfig(
                folder.resolve("w"),
                name("witness.example/one"),
                key("witness"),
                Optional.empty(),
                List.of(WitnessedLog.of(log)),
                Listen.LOOPBACK,
                InstantSource.system()));
    String address = "http://127.0.0.1:" + witness.port();
    VerifierKey seen = witness.verifier();
    policy = folder.resolve("tlog-policy");
    Files.write(
        policy,
        new Policy(
                List.of(new Policy.Log(log, Optional.empty())),
                List.of(new Policy.Witness("one", seen, Optional.of(address))),
                List.of(),
                "one")
            .encode()
            .toByteArray());
    ceremony = new SteppedCeremony(folder.resolve("c"), 3);
  }

  @AfterEach
  void end() throws Exception {
    ceremony.close();
    witness.close();
  }

  private Ran announce(String... more) {
    return CommandLineUser.of(folder, "operator")
        .run(
            Stream.concat(
                    Stream.of(
                        "ceremony",
                        "announce",
                        ceremony.plan().toString(),
                        "--policy",
                        policy.toString(),
                        "--log",
                        folder.resolve("log").toString(),
                        "--key",
                        folder.resolve("log.pem").toString(),
                        "--to",
                        ceremony.stick().toString()),
                    Stream.of(more))
                .toArray(String[]::new));
  }

  private Bytes read(Path file) throws IOException {
    return Bytes.wrap(Files.readAllBytes(file));
  }

  @Test
  void aPlanIsLoggedBeforeAnySiteBegins() throws Exception {
    ceremony.plan(
        "announced", "22".repeat(32), "announced-by = " + Hashes.sha256(read(policy)).hex() + "\n");
    ceremony.go(1).exits(7).says(Announcement.PROOF);
    assertFalse(Files.exists(ceremony.stick().resolve("site-1.identity")));
    announce().exits(10).warns("There is no log in this folder");
    announce("--create").exits(0).says("In the log, as a quorum of witnesses says, by ");
    announce().exits(0);
    // Its files are what any web server can show of a log.
    assertTrue(Files.exists(folder.resolve("log/public/checkpoint")));
    Plan plan = Plan.parse(read(ceremony.plan()));
    Instant by =
        Announcement.loggedBy(
            plan, read(policy), read(ceremony.stick().resolve(Announcement.PROOF)));
    assertFalse(by.isAfter(Instant.now()));
    assertTrue(
        read(folder.resolve("log/public/tile/entries/000.p/2"))
            .hex()
            .contains(Announcement.leaf(plan).hex()));
    ceremony.go(1).exits(7).says("site-2.identity");
    assertTrue(Files.exists(ceremony.stick().resolve("site-1.identity")));
  }

  @Test
  void withoutItsWitnessesNothingIsAnnounced() throws Exception {
    ceremony.plan(
        "announced", "22".repeat(32), "announced-by = " + Hashes.sha256(read(policy)).hex() + "\n");
    witness.close();
    announce("--create").exits(7).warns("too few of its witnesses say so");
    assertFalse(Files.exists(ceremony.stick().resolve(Announcement.PROOF)));
    Files.write(policy, Utf8.encode("quorum none\n").toByteArray());
    announce().exits(8).warns("is not the one that the plan names");
    ceremony = new SteppedCeremony(folder.resolve("d"), 3);
    ceremony.plan("other", "22".repeat(32), "");
    announce().exits(8).warns("The plan names no log");
    assertFalse(Files.exists(ceremony.stick().resolve(Announcement.POLICY)));
  }
}
