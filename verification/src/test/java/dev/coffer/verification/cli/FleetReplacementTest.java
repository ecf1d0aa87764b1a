package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetPlan;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.cli.vault.VaultAccess;
import dev.coffer.client.VaultClient;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.lab.command.LocalDeployment;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.lab.local.LocalVault;
import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.local.TemporaryFleet;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.notary.operator.LogWalk;
import dev.coffer.notary.operator.NotaryLink;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.verification.sdk.SdkGuide;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.function.Executable;

/**
 * Fleet A, then a bundle that announces B, then one in which B is active and A retires; users move;
 * A is retired. No device gets anything but bundles. All of it as processes: two fleets of three
 * nodes and HSMs, a notary, a log, two witnesses. In order, because all that is dear.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("long")
class FleetReplacementTest {
  private static final String CODE = "violet kettle 84";
  private static final FleetPlan THREE = new FleetPlan(3, 0, 0);

  private final Session session = Session.system(new LocalDeployment());
  private TemporaryFleet temporary;
  private Path home;
  private LocalFleet first;
  private LocalVault vault;
  private TrustPolicy policy;

  @BeforeAll
  void found() throws Exception {
    HsmProgram.locate();
    temporary = TemporaryFleet.make("replacement", false);
    home = temporary.home();
    vault = new LocalVault(session, new VaultHome(home));
    vault.parties().start(NodeLife.BRIEF);
    first = temporary.found(session, THREE, NodeLife.BRIEF);
    assertEquals(1, vault.parties().publish().epoch());
    policy = vault.home().policy();
  }

  @AfterAll
  void leave() {
    if (temporary != null) {
      temporary.close();
    }
  }

  private CommandLineUser user(String account) {
    return CommandLineUser.of(home, account);
  }

  @Test
  @Order(1)
  void usersEnrolOverTheAir() {
    user("alice").choose("enroll", CODE).exits(0);
    user("alice").run("status").exits(0).says("trusted over the air: bundle 1");
    user("dave").choose("enroll", CODE).exits(0);
    // A phone that goes into a drawer for a year, having seen bundle 1.
    user("erin").choose("enroll", CODE).exits(0);
    user("erin").on("drawer").recover(CODE).exits(0);
    user("alice").run("bundle", "show").exits(0).says("active (first, n 3, q 2, SIMULATED)");
    user("alice").run("bundle", "verify").exits(0).says("PASS LISTED_KEYS");
    user("alice").run("bundle", "verify", "--strict").exits(8).says("FAIL CLIENT_FLOOR");
  }

  /** The programs of {@code docs/sdk.md}, in Java and in Kotlin, as their readers start them. */
  @Test
  @Order(1)
  void theGuidesFirstRecoveryDoesWhatTheGuideSays() throws Exception {
    SdkGuide guide = new SdkGuide(Files.createDirectories(home.resolve("guide")));
    guide.compileFirstRecovery();
    guide.compileKotlin();
    try (URLClassLoader classes = guide.loader()) {
      assertEquals(
          guide.block("text", "Restore the backup."),
          said(() -> {
            String[] arguments = {home.toString()};
            classes
                .loadClass("FirstRecovery")
                .getMethod("main", String[].class)
                .invoke(null, (Object) arguments);
          }));
      Device laptop = Device.of(home.resolve("laptop"), "carol");
      LoginSource logins = session.deployment().logins(session, home, "carol");
      try (VaultAccess access = VaultAccess.open(session, home, laptop, logins)) {
        List<String> found = new ArrayList<>();
        Function1<BackupSecret, Unit> use =
            secret -> {
              found.add(secret.toString());
              return Unit.INSTANCE;
            };
        Object sentence =
            classes
                .loadClass("GuideKt")
                .getMethod("recoverHere", VaultClient.class, char[].class, Function1.class)
                .invoke(null, access.client(), CODE.toCharArray(), use);
        assertEquals(List.of("BackupSecret[redacted]"), found);
        assertTrue(sentence.toString().startsWith("Restore the backup."), sentence.toString());
      }
    }
  }

  private static String said(Executable program) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertDoesNotThrow(program);
    } finally {
      System.setOut(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  @Order(2)
  void anAnnouncedFleetIsSeenAndNotUsed() throws Exception {
    vault.add("second", THREE, NodeLife.BRIEF);
    user("alice").run("bundle", "show").exits(0).says("announced (second");
    user("frank").choose("enroll", CODE).exits(0);
    CommandLineUser.Ran ran = user("frank").run("status", "--json").exits(0);
    ran.says("\"epoch\":2").says(first.fleet().id().value().hex());
  }

  @Test
  @Order(3)
  void usersOfARetiringFleetMoveWhenTheyRecover() throws Exception {
    vault.retire("first", "second");
    user("alice").run("status").exits(0).says("retiring: the next recovery moves the code");
    user("alice").on("new-phone").recover("wrong code").exits(3);
    user("alice").on("new-phone").recover(CODE).exits(0).says("The vault has moved");
    CommandLineUser.Ran again = user("alice").on("tablet").recover(CODE).exits(0);
    assertTrue(!again.out().contains("moved"), again.toString());
    user("erin").recover(CODE).exits(0).says("The vault has moved");
  }

  @Test
  @Order(4)
  void aRetiredFleetSendsEveryoneOn() throws Exception {
    vault.retired("first");
    // A brand-new phone, and one that has seen nothing since bundle 1: both end on the new fleet.
    user("alice").on("brand-new").recover(CODE).exits(0);
    user("erin").on("drawer").recover(CODE).exits(0);
    user("gina").choose("enroll", CODE).exits(0);
    user("gina").on("other").recover(CODE).exits(0);
  }

  @Test
  @Order(5)
  void nobodyWithTheRightCodeIsLockedOut() {
    user("dave").on("brand-new").recover(CODE).exits(0).says("The vault has moved");
    user("dave").on("another").recover(CODE).exits(0);
    user("nobody").recover(CODE).exits(5);
  }

  @Test
  @Order(6)
  void anAuditorSeesWhatCameAndWent() {
    CommandLineUser auditor = user("auditor");
    auditor
        .run("audit", "log")
        .exits(0)
        .says("PASS epoch 3")
        .says("+ fleet " + first.fleet().id().value().hex() + " retiring");
    auditor.run("audit", "log", "--json").exits(0).says("\"clean\":true");
    String copy = home.resolve("monitor").toString();
    auditor.run("audit", "monitor", "--once", "--dir", copy).exits(0).says("NEW_LEAF Epoch 3");
    CommandLineUser.Ran quiet = auditor.run("audit", "monitor", "--once", "--dir", copy).exits(0);
    assertEquals("", quiet.out());
    auditor.run("audit", "log", "--mirror", copy).exits(0).says("PASS epoch 1");
    String policyFile = vault.home().trust().policy().toString();
    auditor
        .run("log", "fsck", "--dir", home.resolve("trust/log").toString(), "--policy", policyFile)
        .exits(0)
        .says("Clean: 3 leaves");
  }

  private Bundle forged() throws Exception {
    try (Publisher publisher = new Publisher(session, vault.home())) {
      Bundle newest = publisher.lineage().newest().orElseThrow();
      List<ListedFleet> swapped =
          newest.fleets().stream()
              .map(fleet ->
                  fleet.state() == FleetState.ACTIVE ? fleet : fleet.in(FleetState.REVOKED))
              .toList();
      return new Bundle(
          newest.namespace(),
          newest.epoch() + 1,
          publisher.lineage().nextPrev(),
          newest.notBefore(),
          newest.notAfter(),
          1,
          1,
          newest.trustPolicy(),
          newest.trustPolicyHash(),
          swapped);
    }
  }

  private NoteSigner operator() throws IOException {
    return new NoteSigner(
        policy.operator().name(),
        SignatureType.ED25519,
        new KeyFile(home.resolve("trust/operator/operator.key")).open());
  }

  private Bytes signedByOperatorAlone(Bundle bundle) throws IOException {
    SignerKey own =
        SignerKey.generate(policy.notary().name(), SignatureType.ED25519, Randomness.system());
    String inner = BundleNote.notarise(bundle, own).toText();
    try (NoteSigner operator = operator()) {
      return Note.of(inner, List.of(operator.sign(inner))).encode();
    }
  }

  /** Nodes belong to the operator, who puts there whatever it likes. */
  private void plant(BundleDelivery bundle) throws Exception {
    for (VaultHome.Member member : vault.home().members()) {
      Files.write(member.bundle().resolve("fleet.tlog-proof"), bundle.proof().toByteArray());
      Files.write(member.bundle().resolve("fleet.note"), bundle.note().toByteArray());
    }
  }

  private static TlogProof inALogOfItsOwn(KeyName origin, Bytes leaf) {
    SignerKey own = SignerKey.generate(origin, SignatureType.ED25519, Randomness.system());
    Checkpoint checkpoint = new Checkpoint(origin.value(), 1, BundleNote.leafHash(leaf));
    return new TlogProof(Optional.empty(), 0, List.of(), Note.sign(checkpoint.text(), own));
  }

  @Test
  @Order(7)
  void anOperatorBehindTheNotarysBackGetsNowhere() throws Exception {
    Bytes forged = signedByOperatorAlone(forged());
    URI logAddress = OperatorPolicies.logAddress(policy);
    KeyName origin = policy.log().logs().get(0).key().name();
    try (Fetch fetch = new Fetch(Duration.ofSeconds(30))) {
      RemoteLog log = new RemoteLog(fetch, logAddress);
      assertThrows(Refused.class, () -> log.add(forged), "the log does not take it");
      plant(new BundleDelivery(forged, inALogOfItsOwn(origin, forged).encode(), policies()));
      assertNoNodeHandsItOut();
      user("alice").on("honest").recover(CODE).exits(0);
      user("nova").choose("enroll", CODE).exits(0);

      // The genuine note, in a log of the operator's own.
      Bytes genuine = leaf(log, 3);
      plant(new BundleDelivery(genuine, inALogOfItsOwn(origin, genuine).encode(), policies()));
      assertNoNodeHandsItOut();
      user("alice").on("honest").recover(CODE).exits(0);

      // An old bundle under the newest checkpoint.
      Bytes old = leaf(log, 1);
      TlogProof proof = log.add(old);
      plant(new BundleDelivery(old, proof.encode(), policies()));
      assertNoNodeHandsItOut();
      user("alice").on("honest").recover(CODE).exits(0);

      // Proposed, and approved by nobody.
      URI notaryAddress =
          URI.create(Files.readString(vault.home().trust().notaryAddress()).strip());
      NotaryLink notary = new NotaryLink(fetch, notaryAddress);
      Bundle bundle = forged();
      try (NoteSigner operator = operator()) {
        notary.propose(Note.of(bundle.text(), List.of(operator.sign(bundle.text()))));
      }
      Bytes hash = Hashes.sha256(Utf8.encode(bundle.text()));
      assertEquals(Optional.empty(), notary.note(hash));
    }
    vault.parties().publish();
    user("alice").on("honest").recover(CODE).exits(0);
  }

  /**
   * A node judges as clients do; that those refuse what its host would have it say: OverTheAirTest.
   */
  private void assertNoNodeHandsItOut() throws Exception {
    int asked = 0;
    for (LocalFleet fleet : vault.added()) {
      if (fleet.running() == fleet.size()) {
        for (URI metrics : fleet.metrics()) {
          try (InputStream in = metrics.toURL().openStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.contains("coffer_bundle_refused 1.0"), text);
            asked++;
          }
        }
      }
    }
    assertTrue(asked > 0, "no node runs");
  }

  /** The leaf of an epoch. */
  private Bytes leaf(RemoteLog log, int epoch) throws Exception {
    return LogWalk.of(log, policy.log()).leaves().get(epoch - 1);
  }

  private Bytes policies() throws IOException {
    return Bytes.wrap(Files.readAllBytes(VaultHome.bundle(home).resolve("trust-policies")));
  }

  @Test
  @Order(8)
  void aRevokedFleetIsGone() throws Exception {
    Issuance.Published published = vault.revoke("first");
    assertEquals(4, published.bundle().epoch());
    Map<String, FleetState> states =
        Map.of("first", FleetState.REVOKED, "second", FleetState.ACTIVE);
    for (VaultHome.Member member : vault.home().members()) {
      assertEquals(
          states.get(member.name()),
          published.bundle().fleet(member.fleet().id()).orElseThrow().state());
    }
    user("alice").on("last").recover(CODE).exits(0);
    user("auditor").run("audit", "log").exits(0).says("PASS epoch 4");
  }
}
