package dev.coffer.analysis.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.analysis.search.Mutant;
import dev.coffer.analysis.search.MutantLoader;
import dev.coffer.hsm.founding.SpilledKeys;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.seal.Member;
import dev.coffer.hsm.simulated.FilePlatform;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After use, no share, session key, message key, K or code is left in the memory of an HSM's
 * process. The process is the real one, driven over its socket through registrations, attempts,
 * successes, refusals and a deletion; then its heap is dumped with all garbage, without it, and its
 * memory is read octet by octet, stacks and native memory included. What to look for is worked out
 * afterwards from the keys in its home.
 */
@Tag("long")
final class HsmMemoryTest {
  private static final String CODE = "correct horse battery staple";
  private static final Bytes SECRET = Bytes.fromHex("8d1f".repeat(30));

  @TempDir private Path folder;

  private final List<Exchange> exchanges = new ArrayList<>();

  /** What one request made pass. */
  private record Exchange(
      Request request,
      SealedMessage message,
      Entry.Item item,
      ChainValues values,
      List<SealedReply> replies) {}

  /** Admits through HSM 1, orders, releases, verifies; and keeps all of it. */
  private TestClient.Answer ask(TestFleet fleet, TestClient client, Request request)
      throws Rejected {
    SealedMessage message = client.seal(request, 1);
    Entry.Item item = fleet.tryAdmit(1, message).orElseThrow();
    TestFleet.Ordered ordered = fleet.order(item);
    exchanges.add(
        new Exchange(request, message, item, ordered.certificate().values(), ordered.to(0)));
    return client.open(request, ordered, 0);
  }

  /** Registers, guesses wrong, recovers, is refused, replaces, deletes. */
  private void live(TestFleet fleet, TestClient client) throws Rejected {
    Request.RegisterStart start = client.start(client.registrationId(), CODE, fleet.k());
    fleet.tick();
    TestClient.Answer granted = ask(fleet, client, start);
    Request.RegisterFinish finish =
        client.finish(start, granted, CODE, SECRET, new Authorisation.None());
    expect(OutcomeCode.ACCEPTED, ask(fleet, client, client.byLogin(finish)));
    for (int i = 0; i < 3; i++) {
      expect(
          OutcomeCode.ACCEPTED, ask(fleet, client, client.attempt("a wrong code " + i, fleet.k())));
    }
    Request.Attempt attempt = client.attempt(CODE, fleet.k());
    TestClient.Answer evaluated = ask(fleet, client, attempt);
    long number = evaluated.outcome().attemptNumber();
    expect(
        OutcomeCode.NOT_PROVED,
        ask(fleet, client, client.success(attempt, number, 1, Bytes.zeros(64))));
    expect(
        OutcomeCode.ACCEPTED,
        ask(
            fleet,
            client,
            client.success(attempt, number, 1, client.keys(attempt, CODE, evaluated).authSeed())));
    expect(OutcomeCode.STALE, ask(fleet, client, client.attempt(CODE, fleet.k() + 9)));
    Request.Delete bare = client.delete(fleet.k(), 1, new Authorisation.None());
    Authorisation owner = client.byOwner(SECRET, SignedTexts.ownerDelete(bare));
    expect(OutcomeCode.ACCEPTED, ask(fleet, client, client.authorised(bare, owner)));
  }

  private static void expect(OutcomeCode code, TestClient.Answer answer) {
    assertEquals(code, answer.code());
  }

  /** Fills the ring with entries that nobody asked anything with: nothing is held back any more. */
  private static void forgetHeldReplies(TestFleet fleet) throws Rejected {
    for (int i = 0; i < 9; i++) {
      fleet.tick();
    }
  }

  private void use(HsmUnderDump hsm) throws Rejected {
    TestFleet fleet = TestFleet.around(hsm.caller(), 3, 2);
    live(fleet, new TestClient(fleet, "alice", 1));
    TestClient bob = new TestClient(fleet, "bob", 2);
    expect(OutcomeCode.NOT_REGISTERED, ask(fleet, bob, bob.attempt(CODE, fleet.k())));
    forgetHeldReplies(fleet);
  }

  /** What HSM 1 knew while it worked. Its process has ended: the home has one holder at a time. */
  private HsmSecrets secrets(Path home) throws Exception {
    try (FilePlatform platform = new FilePlatform(home)) {
      Member member = SpilledKeys.member(platform);
      HsmSecrets secrets = new HsmSecrets(member.fleet(), member.keys(), member.sessionKey());
      secrets.share(Bytes.zeros(32));
      for (Exchange each : exchanges) {
        secrets.message(each.message(), each.item());
        for (SealedReply reply : each.replies()) {
          if (reply.index() == 1) {
            secrets.reply(each.request(), each.values(), 0, reply);
          }
        }
        if (each.request() instanceof Request.RegisterStart) {
          secrets.share(
              member.keys().registrationNonce(each.values().head(), 0, each.item().operation()));
        }
      }
      secrets.needles().octets("code", CODE.getBytes(StandardCharsets.UTF_8));
      return secrets;
    }
  }

  /** Copies of the memory, for a search that needs what only the home reveals afterwards. */
  private record Remains(Optional<Path> memory, Path garbage, Path live) {
    List<Path> all() {
      return Stream.concat(memory.stream(), Stream.of(garbage, live)).toList();
    }
  }

  /** The process's memory, where this system lets a parent read it. */
  private Optional<Path> memory(HsmUnderDump hsm) {
    Path memory = folder.resolve("memory");
    try {
      ProcessMemory.copy(hsm.pid(), memory);
      return Optional.of(memory);
    } catch (IOException e) {
      System.out.println("The memory of a child process cannot be read here: heap dumps only.");
      return Optional.empty();
    }
  }

  private Remains run(Map<String, byte[]> changed) throws Exception {
    try (HsmUnderDump hsm = new HsmUnderDump(folder, changed)) {
      use(hsm);
      return new Remains(memory(hsm), hsm.dumpAll(), hsm.dumpLive());
    }
  }

  @Test
  void nothingOfARequestIsLeftInAnHsm() throws Exception {
    Remains remains = run(Map.of());
    HsmSecrets secrets = secrets(folder.resolve("home"));
    assertTrue(secrets.needles().count() > 500, "needles: " + secrets.needles().count());
    for (Path each : remains.all()) {
      assertEquals(Set.of(), MemorySearch.inFile(each, secrets.needles()).keySet(), each + "");
      // What lasts is there, so that the search would have found the rest.
      assertEquals(3, MemorySearch.inFile(each, secrets.counters()).size(), each + "");
    }
  }

  /** An HSM that erases nothing, and keeps its shares: each kind of secret is found. */
  @Test
  void plantedLeaksAreFound() throws Exception {
    Map<String, byte[]> changed = new HashMap<>();
    for (Mutant leak : Mutant.read("/memory/leaks.txt")) {
      changed.putAll(MutantLoader.compile(leak.sources()));
    }
    Remains remains = run(changed);
    HsmSecrets secrets = secrets(folder.resolve("home"));
    Set<String> reachable = MemorySearch.inFile(remains.live(), secrets.needles()).keySet();
    assertEquals(Set.of("share as limbs"), reachable, "the share is held, the rest is garbage");
    Set<String> garbage = MemorySearch.inFile(remains.garbage(), secrets.needles()).keySet();
    for (String secret :
        List.of(
            "r_A",
            "message's Diffie-Hellman result",
            "message's HPKE key",
            "message's shared secret",
            "operation key",
            "record key",
            "reply's schedule secret",
            "reply export",
            "reply key")) {
      assertTrue(garbage.contains(secret) || garbage.contains(secret + " as limbs"), secret);
    }
    assertTrue(garbage.contains("message's shared secret in an inner HMAC pad"), garbage + "");
    for (Path memory : remains.memory().stream().toList()) {
      Set<String> read = MemorySearch.inFile(memory, secrets.needles()).keySet();
      assertTrue(read.contains("share as limbs, little-endian"), read + "");
      assertTrue(read.contains("reply key"), read + "");
    }
  }
}
