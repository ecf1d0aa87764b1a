package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.lab.local.NodeLife;
import dev.coffer.lab.sample.TreeComparison;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * One fleet of five nodes and five HSM processes, and people who use it through the command alone.
 * The tests run in order, because the fleet is dear; each uses an account of its own unless it says
 * otherwise.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("long")
class WholeFleetTest extends FiveNodes {
  @Test
  @Order(1)
  void statusShowsEveryNodeAndThatItIsSimulated() throws IOException {
    assertEquals(5, fleet.hsmsRunning());
    user("alice")
        .run("status")
        .exits(0)
        .says("node 5  ready")
        .says("SIMULATED")
        .says("3 of 5")
        .says("HSM 1, 2, 3, 4, 5 by its own word: whoever reads its disk has its keys; an older");
    user("alice")
        .run("status", "--json")
        .exits(0)
        .says("\"serving\":true")
        .says("\"simulated\":true")
        .says("\"keys\":\"disk\",\"memory\":\"unnoticed\",\"voucher\":\"nobody\"")
        .says("\"registered\":false");
  }

  /** What the shell that runs the launcher of the HSM adds by itself stands among them. */
  private static final Set<String> INHERITED =
      Set.of(
          "PATH",
          "JAVA_HOME",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TZ",
          "TMPDIR",
          "MALLOC_ARENA_MAX",
          "PWD",
          "OLDPWD",
          "SHLVL",
          "_");

  @Test
  @Order(1)
  void noProcessOfTheVaultInheritsWhatTheShellHolds() throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "environments are read from /proc");
    assertFalse(INHERITED.containsAll(System.getenv().keySet()), "nothing here could be inherited");
    int looked = 0;
    for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
      Path environment = Path.of("/proc", Long.toString(child.pid()), "environ");
      String text = new String(Files.readAllBytes(environment), StandardCharsets.UTF_8);
      for (String line : text.split("\0", -1)) {
        String name = line.substring(0, Math.max(line.indexOf('='), 0));
        assertTrue(name.isEmpty() || INHERITED.contains(name), name + " of " + child.info());
      }
      looked++;
    }
    assertTrue(looked >= 10, "five nodes, five HSMs: " + looked);
  }

  @Test
  @Order(2)
  void enrolsBacksUpLosesThePhoneRecoversAndRestores() throws IOException {
    CommandLineUser alice = user("alice");
    alice.run(List.of(CODE, "violet kettle 85"), "enroll").exits(2).warns("differ");
    alice.choose("enroll", CODE).exits(0).says("Registered a recovery code for alice");
    alice.run("backup", photos.toString()).exits(0).says("4 files");
    alice.run("backup", photos.toString(), "--json").exits(0).says("\"codeRegistered\":true");
    alice
        .run("status")
        .exits(0)
        .says("generation 1")
        .says("recovery code: registered, 10 guesses left, as of ")
        .says("backup key: here");

    CommandLineUser newPhone = alice.on("new-phone");
    newPhone.run("snapshots").exits(5).warns("does not have the backup key");
    newPhone.recover(CODE).exits(0).says("has the backup key of alice again");
    Path restored = home.resolve("restored");
    newPhone.run("restore", restored.toString()).exits(0).says("4 files");
    TreeComparison comparison = TreeComparison.of(photos, restored);
    assertEquals(List.of(), comparison.differences());
    assertEquals(4, comparison.files());
  }

  @Test
  @Order(3)
  void countsWrongCodesAndTellsOfThem() {
    CommandLineUser carol = user("carol");
    carol.choose("enroll", "123456").exits(0).warns("counts up or down");
    CommandLineUser thief = carol.on("thief");
    thief.recover("654321").exits(3).warns("Guesses left: 9.");
    thief
        .recover("765432", "--json")
        .exits(3)
        .says("\"error\":\"WRONG_CODE\"")
        .warns("Guesses left: 8.");
    thief.recover("12345").exits(2).warns("no guess was used");
    // Full-width digits are the same code; the success resets the counter and shows the thief's
    // attempts.
    carol.on("new-phone").recover("１２３４５６").exits(0).warns("tried 2 times without success");
    thief.recover("654321").exits(3).warns("Guesses left: 9.");
  }

  @Test
  @Order(4)
  void theEleventhAttemptIsRefusedForGood() {
    CommandLineUser bob = user("bob");
    bob.choose("enroll", "271828").exits(0);
    CommandLineUser thief = bob.on("thief");
    for (int left = 9; left >= 0; left--) {
      thief.recover("31415" + left).exits(3).warns("Guesses left: " + left + ".");
    }
    thief.recover("271828").exits(130).warns("no guess is left");
    thief.recover("271828", "--last").exits(4).warns("Locked for good").warns("64-digit key");
    bob.on("new-phone").recover("271828").exits(4).warns("coffer enroll");
    thief
        .run("status")
        .exits(0)
        .says("recovery code: locked for good, as of ")
        .warns("only the 64-digit key opens the backup");
    // Bob's own phone has heard nothing of it, and still has K: it is told, and he enrols anew.
    bob.run("backup", photos.toString())
        .exits(0)
        .warns("does not open this backup (erased since: locked out by too many wrong codes")
        .warns("Run coffer enroll.");
    bob.run("backup", photos.toString(), "--json")
        .exits(0)
        .says("\"codeAsked\":true,\"codeRegistered\":false");
    bob.choose("enroll", "some other code").exits(0);
    bob.on("new-phone").recover("some other code").exits(0);
    bob.run("backup", photos.toString(), "--json")
        .exits(0)
        .says("\"codeAsked\":true,\"codeRegistered\":true,\"codeChanged\":false");
  }

  @Test
  @Order(4)
  void statusSaysThatTheCodeIsGoneOrAnother() {
    CommandLineUser frank = user("frank");
    frank.choose("enroll", "271828").exits(0);
    CommandLineUser tablet = frank.on("tablet");
    tablet.recover("314159").exits(3);
    frank.run("status").exits(0).says("recovery code: registered, 9 guesses left, as of ");
    tablet.recover("271828").exits(0);
    tablet.run("account", "delete", "--yes").exits(0);
    frank
        .run("status")
        .exits(0)
        .says("recovery code: erased since: locked out by too many wrong codes, or deleted, as of ")
        .warns("only the 64-digit key opens the backup. Run coffer enroll.");
    frank
        .run("status", "--json")
        .exits(0)
        .says("\"codeRegistered\":false")
        .says("\"registered\":false")
        .says("\"codeAsked\":true");
    tablet.choose("enroll", "another code").exits(0);
    frank.run("status").exits(0).warns("The recovery code was changed since this device last used");
    frank
        .run("backup", photos.toString(), "--json")
        .exits(0)
        .says("\"codeChanged\":true")
        .warns("if not, it does not open this backup: run coffer enroll.");
    frank.recover("another code").exits(0);
    frank.run("status", "--json").exits(0).says("\"codeChanged\":false");
  }

  @Test
  @Order(5)
  void changesTheCodeAndForgets() {
    CommandLineUser dora = user("dora");
    dora.choose("change-code", CODE).exits(5).warns("does not have the backup key");
    dora.choose("enroll", CODE).exits(0);
    dora.choose("change-code", "green bucket 12").exits(0).says("in force");
    dora.on("new-phone").recover(CODE).exits(3);
    dora.on("new-phone").recover("green bucket 12").exits(0);
    dora.on("other-phone").choose("enroll", "my own code").exits(1).warns("Recover with it first");
    dora.run("forget").exits(2).warns("There is no command coffer forget");
    dora.run("account", "delete").exits(2).warns("--yes");
    dora.run("account", "delete", "--yes").exits(0).says("Deleted");
    dora.run("backup", photos.toString())
        .exits(0)
        .warns("The recovery code does not open this backup (deleted, as of ");
    dora.on("new-phone")
        .recover("green bucket 12")
        .exits(5)
        .warns("No recovery code is registered");
    dora.run("account", "delete", "--yes").exits(5);
  }

  @Test
  @Order(6)
  void explainsAnUnknownAccountAndAnExpiredLogin() {
    user("nobody").recover(CODE).exits(5).warns("No recovery code is registered for this account.");
    Clock yesterday = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1));
    user("alice").at(yesterday).recover(CODE, "--wait", "1").exits(9).warns("login has expired");
  }

  @Test
  @Order(7)
  void aDamagedBackupNamesTheFileAndRestoresTheRest() throws IOException {
    CommandLineUser eve = user("eve");
    eve.choose("enroll", CODE).exits(0);
    eve.run("backup", photos.toString()).exits(0);
    Path largest = largest(home.resolve("cloud").resolve("eve").resolve("data"));
    byte[] content = Files.readAllBytes(largest);
    content[content.length / 2] ^= 1;
    Files.write(largest, content);
    CommandLineUser.Ran ran = eve.run("restore", home.resolve("eves").toString()).exits(6);
    ran.warns("not as in the backup");
    List<String> missing = missing(home.resolve("eves"));
    assertFalse(missing.isEmpty(), ran.toString());
    for (String name : missing) {
      ran.warns(name);
    }
  }

  private List<String> missing(Path restored) throws IOException {
    return TreeComparison.of(photos, restored).differences();
  }

  private static Path largest(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  @Test
  @Order(8)
  void keepsSecretsToTheirOwner() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      List<String> readable =
          files
              .filter(path -> path.toString().matches(".*(\\.key|\\.sealed|/memory/[^/]*)"))
              .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
              .filter(path -> othersRead(path))
              .map(Path::toString)
              .toList();
      assertEquals(List.of(), readable);
    }
  }

  private static boolean othersRead(Path path) {
    try {
      return !PosixFilePermissions.toString(Files.getPosixFilePermissions(path)).endsWith("------");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @Order(9)
  void twoDeadNodesChangeNothingAndAThirdStopsCleanly() throws Exception {
    CommandLineUser alice = user("alice").on("tablet");
    fleet.kill(4);
    fleet.kill(5);
    alice.recover(CODE, "--wait", "60").exits(0);
    fleet.kill(1);
    alice.recover(CODE, "--wait", "1").exits(7).warns("no guess is lost");
    user("alice")
        .run("backup", photos.toString(), "--json")
        .exits(0)
        .says("\"codeAsked\":false,\"codeRegistered\":true")
        .warns("The vault could not be asked whether the recovery code is still registered: ");
    alice
        .run("status")
        .exits(7)
        .says("missing are those of nodes 1, 4, 5")
        .says("not serving: 3 of 5 are needed. Start what is down with coffer up");
    fleet.start(1, NodeLife.BRIEF);
    alice.recover(CODE, "--wait", "120").exits(0);
  }

  @Test
  @Order(10)
  void everythingSurvivesDownAndUpAndTheKillingOfAll() throws Exception {
    CommandLineUser alice = user("alice").on("laptop");
    alice.run("node", "fsck").exits(10).warns("runs").warns("coffer down");
    alice.run("down").exits(0).says("Stopped 3 nodes.");
    alice.run("node", "fsck").exits(0).says("node 5  sound");
    alice.run("down").exits(0).says("was not running");
    alice.recover(CODE, "--wait", "0").exits(7).warns("coffer up");

    alice
        .run("up")
        .exits(0)
        .says("The fleet is up: 5 nodes")
        .says("SIMULATED")
        .says("coffer operations --home " + home + " --port 8080 serves the operators' page at")
        .says("http://localhost:8080/operations/");
    alice.run("up").exits(0).says("The fleet was up already");
    alice.recover(CODE).exits(0);
    for (int index = 1; index <= 5; index++) {
      fleet.kill(index);
    }
    fleet.start(NodeLife.BRIEF);
    fleet.awaitReady(5, READY);
    alice.on("watch").recover(CODE).exits(0);
    // The thief's ten guesses were not forgotten either.
    CommandLineUser.of(home, "carol")
        .on("thief")
        .recover("654329")
        .exits(3)
        .warns("Guesses left: 8.");
  }

  @Test
  @Order(11)
  void theSixtyFourDigitKeyNeedsNoFleet() throws Exception {
    CommandLineUser alice = user("alice");
    fleet.stop();
    String shown = alice.run("key", "show", "--yes").exits(0).out();
    CommandLineUser lifeboat = alice.on("lifeboat");
    lifeboat.run(List.of(shown), "key", "use").exits(0);
    lifeboat.run("restore", home.resolve("lifeboat").toString()).exits(0);
    assertEquals(List.of(), TreeComparison.of(photos, home.resolve("lifeboat")).differences());
    assertTrue(
        lifeboat
            .recover(CODE, "--wait", "0")
            .exits(7)
            .err()
            .contains("No node of the fleet answers."));
  }
}
