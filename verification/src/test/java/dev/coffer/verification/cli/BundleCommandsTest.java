package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.http.Answer;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.http.Query;
import dev.coffer.notary.http.SmallServer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Utf8;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code coffer bundle}, {@code notary approve} and {@code log mirror}, with servers on loopback.
 */
@Tag("long")
class BundleCommandsTest {
  private static final Pattern PROPOSED = Pattern.compile("\"proposal\":\"([0-9a-f]{64})\"");

  @TempDir private Path folder;
  private LoopbackVault vault;
  private CommandLineUser operator;

  @BeforeEach
  void start() throws Exception {
    vault = new LoopbackVault(folder);
    operator = CommandLineUser.of(vault.home(), "nobody");
  }

  @AfterEach
  void stop() throws Exception {
    if (vault != null) {
      vault.close();
    }
  }

  private String propose(String... more) {
    List<String> words = new ArrayList<>(List.of("bundle", "propose", "--json"));
    words.addAll(List.of(more));
    CommandLineUser.Ran ran = operator.run(words.toArray(String[]::new)).exits(0);
    Matcher found = PROPOSED.matcher(ran.out());
    assertTrue(found.find(), ran.toString());
    return found.group(1);
  }

  private CommandLineUser.Ran approve(
      int number, String hash, String notary, List<String> typed, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "notary",
                "approve",
                hash,
                "--notary",
                notary,
                "--policy",
                vault.policyFile().toString(),
                "--key",
                vault.approverKey(number).toString(),
                "--name",
                LoopbackVault.APPROVERS.get(number - 1)));
    words.addAll(List.of(more));
    return operator.run(typed, words.toArray(String[]::new));
  }

  private CommandLineUser.Ran approve(int number, String hash) throws Exception {
    return approve(number, hash, vault.notary(), List.of(), "--yes");
  }

  @Test
  void twoPeopleBetweenProposeAndPublish() throws Exception {
    operator.run("bundle", "refresh").exits(1).warns("The log holds no bundle");
    operator.run("bundle", "issue").exits(2).warns("Propose it with coffer bundle propose");
    operator.run("bundle", "propose", "--set", "first=gone").exits(2).warns("no state of a fleet");
    operator.run("bundle", "propose", "--set", "x=active").exits(2).warns("no such fleet");
    operator.run("bundle", "propose", "--set", "first=active").exits(0).says("Proposed epoch 1: ");
    String hash = propose("--set", "first=active");
    operator.run("bundle", "publish", hash).exits(7).warns("two people have to approve it");

    CommandLineUser.Ran asked = approve(1, hash, vault.notary(), List.of("n"));
    asked.exits(130).says("+ key ").says("not-after ").says("Epoch 1 of vault.example/messages");
    approve(1, hash).exits(0).says("Approved.");
    approve(1, hash).exits(0).says("Approved.");
    operator.run("bundle", "publish", hash).exits(7);
    approve(2, hash).exits(0).says("Approved, and signed by the notary.");
    operator.run("bundle", "publish", hash).exits(0).says("Epoch 1 of").says(" active (first");
    operator.run("bundle", "publish", hash).exits(0).says("Epoch 1 of");
    operator.run("bundle", "publish", "--json").exits(0).says("\"epoch\":1");
    operator.run("bundle", "publish", "0".repeat(64)).exits(2).warns("not proposed from here");
    operator.run("bundle", "show").exits(0).says("active (first, n 3, q 2, SIMULATED)");
    operator.run("bundle", "verify").exits(0).says("PASS LISTED_KEYS");
    operator.run("bundle", "verify", "--strict", "--json").exits(8).says("CLIENT_FLOOR");

    String mirror = folder.resolve("mirror").toString();
    String policy = vault.policyFile().toString();
    operator.run("log", "mirror", "--dir", mirror, "--policy", policy).exits(0);
    operator.run("log", "fsck", "--dir", mirror, "--policy", policy).exits(0);

    String second = propose("--set", "second=announced");
    vault.stopNotary();
    operator.run("bundle", "publish", second).exits(7).warns("The notary does not answer");
    Files.delete(vault.home().resolve("bundle/fleet.tlog-proof"));
    operator.run("bundle", "refresh").exits(0).says("Epoch 1 of");
    assertTrue(Files.exists(vault.home().resolve("bundle/fleet.tlog-proof")));
  }

  @Test
  void aDevelopmentVaultPlaysEverybody() throws Exception {
    vault.playApprovers();
    operator.run("bundle", "issue").exits(2).warns("The first bundle lists no fleet");
    String hash = propose("--set", "first=active");
    approve(1, hash).exits(0);
    approve(2, hash).exits(0);
    // Signed and not published: the next command does both.
    operator.run("bundle", "issue", "--json").exits(0).says("\"epoch\":2");
    operator.run("bundle", "verify").exits(0);
  }

  /** Freshness that ends is an outage on its way: told by name, in bounded time. */
  @Test
  void whoKeepsABundleFromBeingFreshIsNamed() throws Exception {
    vault.playApprovers();
    String hash = propose("--set", "first=active");
    approve(1, hash).exits(0);
    approve(2, hash).exits(0);
    operator.run("bundle", "issue").exits(0);
    operator.run("bundle", "refresh").exits(0).says("Epoch 2 of");
    CommandLineUser tomorrow = operator.at(Clock.offset(Clock.systemUTC(), Duration.ofHours(26)));
    tomorrow
        .run("bundle", "refresh")
        .exits(7)
        .says("Epoch 2 of")
        .warns("No quorum of witnesses has cosigned since")
        .warns("all witnesses answer");
    vault.stopWitness();
    String name = "no answer comes from witness.example/1 at http://127.0.0.1:";
    tomorrow.run("bundle", "refresh").exits(7).warns(name);
    operator.run("bundle", "refresh").exits(0);
    operator
        .run("bundle", "issue")
        .exits(7)
        .warns("too few witnesses have cosigned it")
        .warns(name);
    vault.stopLog();
    operator
        .run("bundle", "refresh")
        .exits(7)
        .warns("The log at http://127.0.0.1:")
        .warns("See that it runs");
  }

  @Test
  void whoApprovesIsNotShownOneThingForAnother() throws Exception {
    String shown = propose("--set", "first=active");
    String signed = propose("--set", "first=active", "--set", "second=active");
    Bytes innocent;
    try (Fetch fetch = new Fetch(Duration.ofSeconds(30))) {
      innocent = fetch.get(URI.create(vault.notary() + "/proposals/" + shown), 1 << 20).body();
    }
    List<Query> posts = Collections.synchronizedList(new ArrayList<>());
    try (SmallServer liar =
        SmallServer.start(
            Listen.LOOPBACK,
            1 << 20,
            query -> {
              if (query.method().equals("POST")) {
                posts.add(query);
              }
              return Answer.octets(Answer.TEXT, Answer.NO_STORE, innocent);
            })) {
      String address = "http://127.0.0.1:" + liar.port();
      CommandLineUser.Ran ran = approve(1, signed, address, List.of(), "--yes");
      ran.exits(8).warns("shows another statement: its hash is " + shown);
      assertFalse(ran.out().contains("+ key"), ran.toString());
      assertEquals(List.of(), posts, "nothing was approved");
      approve(1, shown, address, List.of(), "--yes").says("+ key");
    }
    try (SmallServer steering =
        SmallServer.start(
            Listen.LOOPBACK,
            1 << 20,
            query -> new Answer(409, Answer.TEXT, Answer.NO_STORE, Utf8.encode("\u001b[2Jno\n")))) {
      String address = "http://127.0.0.1:" + steering.port();
      CommandLineUser.Ran ran = approve(1, signed, address, List.of(), "--yes").exits(7);
      assertFalse((ran.out() + ran.err()).contains("\u001b"), ran.toString());
    }
  }
}
