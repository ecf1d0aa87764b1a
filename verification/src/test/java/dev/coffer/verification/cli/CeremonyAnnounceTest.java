package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.ArrayList;
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
  private final List<WitnessServer> witnesses = new ArrayList<>();
  private VerifierKey log;
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
    try (NoteSigner signer = new NoteSigner(LOG, SignatureType.ED25519, key("log").open())) {
      log = signer.verifier();
    }
    policy = folder.resolve("tlog-policy");
    witness(InstantSource.system());
    write(1);
    ceremony = new SteppedCeremony(folder.resolve("c"), 3);
  }

  private void witness(InstantSource clock) throws IOException {
    String called = "w" + witnesses.size();
    witnesses.add(
        WitnessServer.start(
            new WitnessConfig(
                folder.resolve(called),
                name("witness.example/" + called),
                key(called),
                Optional.empty(),
                List.of(WitnessedLog.of(log)),
                Listen.LOOPBACK,
                clock)));
  }

  /** The policy by which so many of the witnesses are a quorum. */
  private void write(int quorum) throws IOException {
    List<Policy.Witness> named = new ArrayList<>();
    for (WitnessServer witness : witnesses) {
      Optional<String> address = Optional.of("http://127.0.0.1:" + witness.port());
      named.add(new Policy.Witness("w" + named.size(), witness.verifier(), address));
    }
    List<String> names = named.stream().map(Policy.Witness::name).toList();
    Policy.Group most = new Policy.Group("most", quorum, names);
    Files.write(
        policy,
        new Policy(List.of(new Policy.Log(log, Optional.empty())), named, List.of(most), "most")
            .encode()
            .toByteArray());
  }

  private void plan(String name) throws Exception {
    ceremony.plan(
        name, "22".repeat(32), "announced-by = " + Hashes.sha256(read(policy)).hex() + "\n");
  }

  @AfterEach
  void end() throws Exception {
    ceremony.close();
    for (WitnessServer witness : witnesses) {
      witness.close();
    }
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
    plan("announced");
    ceremony.go(1).exits(7).says(Announcement.PROOF);
    assertFalse(Files.exists(ceremony.stick().resolve("site-1.identity")));
    announce().exits(10).warns("There is no log in this folder");
    announce("--create").exits(0).says("In the log, as a quorum of witnesses says, by ");
    Path proof = ceremony.stick().resolve(Announcement.PROOF);
    Bytes first = read(proof);
    announce("--create").exits(0).says("It was announced already");
    assertEquals(first, read(proof), "the earlier proof shows more");
    Files.delete(proof);
    announce().exits(0).says("It was announced already");
    Files.delete(proof);
    announce("--create").exits(2).warns("Run the command without --create");
    announce().exits(0);
    // Its files are what any web server can show of a log.
    assertTrue(Files.exists(folder.resolve("log/public/checkpoint")));
    Plan plan = Plan.parse(read(ceremony.plan()));
    Instant by =
        Announcement.loggedBy(
            plan, read(policy), read(ceremony.stick().resolve(Announcement.PROOF)));
    assertFalse(by.isAfter(Instant.now()));
    assertTrue(read(entries(1)).hex().endsWith(Announcement.leaf(plan).hex()));
    assertFalse(Files.exists(entries(2)), "one plan, one leaf");
    ceremony.go(1).exits(7).says("site-2.identity");
    assertTrue(Files.exists(ceremony.stick().resolve("site-1.identity")));
    ceremony.close();
    ceremony = new SteppedCeremony(folder.resolve("d"), 3);
    plan("changed");
    Files.write(ceremony.stick().resolve(Announcement.PROOF), first.toByteArray());
    Ran changed = announce().exits(0);
    assertFalse(changed.out().contains("already"), changed.toString());
    assertTrue(Files.exists(entries(2)), "another plan has a leaf of its own");
  }

  private Path entries(int leaves) {
    return folder.resolve("log/public/tile/entries/000.p/" + leaves);
  }

  /** Of three witnesses two are enough, and the third's clock dates nothing. */
  @Test
  void oneWitnessWhoseClockIsAheadBlocksNothing() throws Exception {
    Instant ahead = Instant.now().plusSeconds(1_000_000_000);
    witness(() -> ahead);
    witness(InstantSource.system());
    write(2);
    plan("announced");
    announce("--create").exits(0);
    Bytes proof = read(ceremony.stick().resolve(Announcement.PROOF));
    Instant by = Announcement.loggedBy(Plan.parse(read(ceremony.plan())), read(policy), proof);
    assertFalse(by.isAfter(Instant.now().plusSeconds(300)), by.toString());
    ceremony.go(1).exits(7).says("site-2.identity");
  }

  /** Whose quorum says so nobody can go on before that day: it is said, and no proof is left. */
  @Test
  void aQuorumFromTheFutureAnnouncesNothing() throws Exception {
    Instant ahead = Instant.now().plusSeconds(1_000_000_000);
    witness(() -> ahead);
    write(2);
    plan("announced");
    announce("--create").exits(7).warns("by the clocks of its witnesses not before ");
    assertFalse(Files.exists(ceremony.stick().resolve(Announcement.PROOF)));
  }

  @Test
  void withoutItsWitnessesNothingIsAnnounced() throws Exception {
    plan("announced");
    witnesses.getFirst().close();
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
