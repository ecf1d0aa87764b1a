package dev.coffer.notary.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.log.LogFsck;
import dev.coffer.notary.log.LogSource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.TilePath;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("long")
class NotaryTest {
  private final NotaryWorld world;

  NotaryTest() throws IOException {
    world = new NotaryWorld();
  }

  private static String refusal(org.junit.jupiter.api.function.Executable step) {
    return assertThrows(Refused.class, step).what();
  }

  @Test
  void twoPeopleApproveAndTheLogTakesItIn() throws Exception {
    try (Notary notary = world.notary()) {
      Bundle first = world.next("one", FleetState.ANNOUNCED);
      Bytes leaf = world.publish(notary, first);
      assertEquals(0, world.log(leaf), "the same leaf again is where it was");
      world.publish(notary, world.next("one", FleetState.ACTIVE));
      notary.observe();
      for (long epoch = 1; epoch <= 2; epoch++) {
        AuditAnswer audit = notary.auditOf(epoch).orElseThrow();
        assertTrue(audit.message().verify(notary.auditKey(), audit.signature()));
        assertEquals(
            BundleNote.prevHash(world.world.leaves().get((int) epoch - 1)),
            audit.message().digest());
      }
      assertEquals(Optional.empty(), notary.auditOf(3));
    }
    assertTrue(LogFsck.run(world.logDisk, world.log.verifier()).clean());
    assertTrue(LogFsck.run(world.disk, world.log.verifier()).clean(), "the notary's own copy");
  }

  @Test
  void theDeltaIsShownToApprovers() throws Exception {
    try (Notary notary = world.notary()) {
      Bundle bundle = world.next("one", FleetState.ANNOUNCED);
      Proposal proposal = notary.propose(NotaryWorld.signedBy(world.world.operator, bundle));
      assertTrue(proposal.delta().changesKeys());
      assertTrue(proposal.text().contains("\n+ key "), proposal.text());
      assertEquals(proposal, notary.proposal(proposal.hash()).orElseThrow());
    }
  }

  @Test
  void onePersonIsNotTwo() throws Exception {
    try (Notary notary = world.notary()) {
      Bundle bundle = world.next("one", FleetState.ANNOUNCED);
      Bytes hash = notary.propose(NotaryWorld.signedBy(world.world.operator, bundle)).hash();
      for (int i = 0; i < 3; i++) {
        Bytes same = NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(0));
        assertTrue(!notary.approve(same).signed());
      }
      refusal(() -> notary.approve(NotaryWorld.approval(bundle, "person.example/stranger")));
      Bundle other = world.next("two", FleetState.ANNOUNCED);
      refusal(() -> notary.approve(NotaryWorld.approval(other, NotaryWorld.APPROVERS.get(1))));
      refusal(() -> notary.approve(Utf8.encode("yes\n\n— person.example/a AAAAAAAAAAAA\n")));
      assertEquals(Optional.empty(), notary.note(hash));
      assertEquals(
          List.of("person.example/a"),
          notary.proposal(hash).orElseThrow().approvedBy().stream().map(Object::toString).toList());
    }
  }

  @Test
  void whatDoesNotFollowIsNotProposed() throws Exception {
    try (Notary notary = world.notary()) {
      Bundle first = world.next("one", FleetState.ACTIVE);
      refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.notary, first)));
      refusal(() -> notary.propose(Utf8.encode(first.text())));
      world.publish(notary, first);
      Bundle rival = with(first, first.notAfter() + 1, 1, 1, first.trustPolicyHash());
      assertEquals(
          "bundle: epoch is one more than the one before",
          refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.operator, rival))));
      Bundle back = world.next("one", FleetState.ANNOUNCED);
      String what = refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.operator, back)));
      assertEquals("bundle: states only move on", what);
      Bundle late = world.next("one", FleetState.RETIRING);
      world.now += 3 * TransparencyWorld.DAY;
      assertEquals(
          "proposal: not-before is about now",
          refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.operator, late))));
    }
  }

  @Test
  void whatWasSignedIsTakenAgainHoweverLate() throws Exception {
    Bundle bundle = world.next("one", FleetState.ANNOUNCED);
    Bytes proposal = NotaryWorld.signedBy(world.world.operator, bundle);
    try (Notary notary = world.notary()) {
      notary.propose(proposal);
      notary.approve(NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(0)));
      notary.approve(NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(1)));
    }
    world.now += 40 * TransparencyWorld.DAY;
    try (Notary again = world.notary()) {
      assertTrue(again.propose(proposal).signed());
      assertTrue(
          again.approve(NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(2))).signed());
      Bytes leaf =
          BundleNote.counterSign(
              again.note(Proposal.hash(bundle)).orElseThrow(), world.world.operator);
      assertEquals(0, world.log(leaf), "its epoch is not lost");
      again.observe();
      assertTrue(again.auditOf(1).isPresent());
    }
  }

  /** The same statement with other numbers in it. */
  private static Bundle with(Bundle b, long notAfter, long policy, long trustPolicy, Bytes hash) {
    return new Bundle(
        b.namespace(),
        b.epoch(),
        b.prev(),
        b.notBefore(),
        notAfter,
        b.minEpoch(),
        policy,
        trustPolicy,
        hash,
        b.fleets());
  }

  @Test
  void noNumberIsSignedThatLeavesTheNamespaceWithoutABundle() throws Exception {
    try (Notary notary = world.notary()) {
      Bundle good = world.next("one", FleetState.ACTIVE);
      Bytes hash = good.trustPolicyHash();
      long from = good.notBefore();
      long day = TransparencyWorld.DAY;
      Map<Bundle, String> bad =
          Map.of(
              with(good, good.notAfter(), 1, 2, hash), "trust-policy is not the one in force",
              with(good, good.notAfter(), 1, 1, Bytes.zeros(32)),
                  "trust-policy is not the one in force",
              with(good, good.notAfter(), 1, Long.MAX_VALUE, hash),
                  "trust-policy is not the one in force",
              with(good, good.notAfter(), 2, 1, hash), "policy is at most one more than before",
              with(good, good.notAfter(), Long.MAX_VALUE, 1, hash),
                  "policy is at most one more than before",
              with(good, from + 7 * day - 1, 1, 1, hash),
                  "not-after is at least 7 days after not-before",
              with(good, from, 1, 1, hash), "not-after is at least 7 days after not-before",
              with(good, from + 400 * day + 1, 1, 1, hash),
                  "not-after is at most 400 days after not-before",
              with(good, Long.MAX_VALUE, 1, 1, hash),
                  "not-after is at most 400 days after not-before");
      for (Map.Entry<Bundle, String> one : bad.entrySet()) {
        Bytes proposal = NotaryWorld.signedBy(world.world.operator, one.getKey());
        assertEquals("proposal: " + one.getValue(), refusal(() -> notary.propose(proposal)));
      }
      world.publish(notary, with(good, from + 7 * day, 1, 1, hash));
      Bundle next = world.next("one", FleetState.ACTIVE);
      Proposal shown =
          notary.propose(
              NotaryWorld.signedBy(world.world.operator, with(next, from + 400 * day, 2, 1, hash)));
      assertTrue(shown.text().contains("\nnot-after " + (from + 400 * day) + " (20"), shown.text());
    }
  }

  /** A log that counts who asks, and lets nobody through while its gate is shut. */
  private static final class GatedLog implements LogSource {
    private final LogSource log;
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch gate;

    GatedLog(LogSource log, boolean open) {
      this.log = log;
      this.gate = new CountDownLatch(open ? 0 : 1);
    }

    @Override
    public Bytes checkpoint() throws IOException, Refused {
      asked.incrementAndGet();
      entered.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return log.checkpoint();
    }

    @Override
    public Bytes read(TilePath tile) throws IOException, Refused {
      return log.read(tile);
    }
  }

  @Test
  void strangersDoNotMakeTheNotaryAskTheLog() throws Exception {
    GatedLog counted = new GatedLog(world.log.files(), true);
    world.source = counted;
    Bundle bundle = world.next("one", FleetState.ANNOUNCED);
    try (Notary notary = world.notary()) {
      refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.notary, bundle)));
      refusal(() -> notary.propose(Utf8.encode(bundle.text())));
      refusal(() -> notary.approve(NotaryWorld.approval(bundle, "person.example/stranger")));
      refusal(() -> notary.approve(NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(0))));
      assertEquals(0, counted.asked.get());
      notary.propose(NotaryWorld.signedBy(world.world.operator, bundle));
      assertEquals(1, counted.asked.get());
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void nobodyWaitsForALogThatDoesNotAnswer() throws Exception {
    Bundle bundle = world.next("one", FleetState.ANNOUNCED);
    try (Notary before = world.notary()) {
      before.propose(NotaryWorld.signedBy(world.world.operator, bundle));
    }
    GatedLog stuck = new GatedLog(world.log.files(), false);
    world.source = stuck;
    try (Notary notary = world.notary();
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Proposal> waiting =
          threads.submit(() -> notary.propose(NotaryWorld.signedBy(world.world.operator, bundle)));
      stuck.entered.await();
      // With the log asked under the lock, none of these would ever return.
      assertTrue(notary.proposal(Proposal.hash(bundle)).isPresent());
      assertEquals(Optional.empty(), notary.note(Proposal.hash(bundle)));
      assertEquals(Optional.empty(), notary.halted());
      refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.notary, bundle)));
      stuck.gate.countDown();
      assertEquals(Proposal.hash(bundle), waiting.get().hash());
    }
  }

  @Test
  void approversAreNeitherOperatorNorNotary() {
    for (VerifierKey key :
        List.of(world.world.operator.verifier(), world.world.notary.verifier())) {
      NotaryRules rules =
          new NotaryRules(
              world.statements(),
              world.world.operator.verifier(),
              List.of(NotaryWorld.key("person.example/a").verifier(), key),
              EvidenceCheck.UNCHECKED);
      IOException refused =
          assertThrows(IOException.class, () -> rules.check(world.world.notary.verifier()));
      assertTrue(refused.getMessage().contains("key is an approver's"), refused.getMessage());
    }
  }

  @Test
  void proposalsDoNotFillTheDisk() throws Exception {
    int max = ProposalShelf.PROPOSALS_MAX;
    try (Notary notary = world.notary()) {
      Bundle approved = world.next("one", FleetState.ANNOUNCED);
      notary.propose(NotaryWorld.signedBy(world.world.operator, approved));
      notary.approve(NotaryWorld.approval(approved, NotaryWorld.APPROVERS.get(0)));
      Bundle second = approved;
      for (int i = 1; i <= 2 * max; i++) {
        world.now++;
        Bundle more = world.next("one", FleetState.ANNOUNCED);
        second = i == 1 ? more : second;
        notary.propose(NotaryWorld.signedBy(world.world.operator, more));
        assertTrue(world.disk.list("proposals").size() <= max);
      }
      assertTrue(notary.proposal(Proposal.hash(approved)).isPresent(), "somebody approved it");
      assertEquals(Optional.empty(), notary.proposal(Proposal.hash(second)), "the oldest is gone");
      notary.approve(NotaryWorld.approval(approved, NotaryWorld.APPROVERS.get(1)));
      assertTrue(notary.note(Proposal.hash(approved)).isPresent());
    }
  }

  @Test
  void evidenceSpeaksAgainstSigning() throws Exception {
    try (Notary notary = world.notary((bundle, delta) -> List.of("no manifest"))) {
      Bundle bundle = world.next("one", FleetState.ANNOUNCED);
      assertEquals(
          "proposal: evidence: no manifest",
          refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.operator, bundle))));
    }
  }

  @Test
  void ofOneEpochOneStatementIsSigned() throws Exception {
    Bundle one = world.next("one", FleetState.ANNOUNCED);
    Bundle two = world.next("two", FleetState.ANNOUNCED);
    try (Notary notary = world.notary()) {
      notary.propose(NotaryWorld.signedBy(world.world.operator, one));
      notary.propose(NotaryWorld.signedBy(world.world.operator, two));
      for (String person : NotaryWorld.APPROVERS.subList(0, 2)) {
        notary.approve(NotaryWorld.approval(one, person));
      }
      notary.approve(NotaryWorld.approval(two, NotaryWorld.APPROVERS.get(0)));
      refusal(() -> notary.approve(NotaryWorld.approval(two, NotaryWorld.APPROVERS.get(1))));
    }
    try (Notary again = world.notary()) {
      refusal(() -> again.approve(NotaryWorld.approval(two, NotaryWorld.APPROVERS.get(2))));
      assertEquals(Optional.empty(), again.note(Proposal.hash(two)));
      assertTrue(again.note(Proposal.hash(one)).isPresent());
    }
  }

  @Test
  void everyWriteFailsInEveryWay() throws Exception {
    NotaryWorld whole = new NotaryWorld();
    live(whole);
    long writes = whole.disk.writes();
    assertTrue(writes >= 8, "a life of " + writes + " writes");
    for (FaultyDisk.Fault fault : FaultyDisk.Fault.values()) {
      for (boolean crash : new boolean[] {false, true}) {
        for (long n = 0; n < writes; n++) {
          NotaryWorld one = new NotaryWorld();
          one.disk.failWrite(n, fault, crash);
          Set<Note> released = live(one);
          assertEquals(1, released.size(), "statements of one epoch: write " + n + " " + fault);
          for (Note note : released) {
            SigningJournal journal = SigningJournal.open(one.disk);
            assertEquals(
                note.unverifiedText(), journal.statement(1L).orElseThrow().text(), "write " + n);
          }
        }
      }
    }
  }

  /** Two statements of one epoch compete; every step is tried again. What was released? */
  private static Set<Note> live(NotaryWorld world) throws Exception {
    Set<Note> released = new HashSet<>();
    Bundle[] rivals = {
      world.next("one", FleetState.ANNOUNCED), world.next("two", FleetState.ANNOUNCED)
    };
    Optional<Notary> notary = Optional.empty();
    for (int step = 0; step < 10; step++) {
      Bundle bundle = rivals[step % 2];
      try {
        if (world.disk.isDead() || notary.isEmpty()) {
          world.disk.restart();
          notary = Optional.of(world.notary());
        }
        Notary open = notary.get();
        open.propose(NotaryWorld.signedBy(world.world.operator, bundle));
        open.approve(NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(step / 2 % 3)));
        open.note(Proposal.hash(bundle)).ifPresent(released::add);
      } catch (IOException | Refused e) {
        // Tried again, with the other one first.
      }
    }
    world.disk.restart();
    return released;
  }

  @Test
  void aBundleInTheLogThatWasNotSignedHereHalts() throws Exception {
    try (Notary notary = world.notary()) {
      Bundle forged = world.next("one", FleetState.ACTIVE);
      // Somebody else has both keys.
      world.log(BundleNote.sign(forged, world.world.notary, world.world.operator));
      assertThrows(Refused.class, notary::observe);
      assertTrue(notary.halted().isPresent());
      assertThrows(
          IOException.class,
          () -> notary.propose(NotaryWorld.signedBy(world.world.operator, forged)));
    }
  }

  @Test
  void theLogsRule() throws Exception {
    Bundle first = world.next("one", FleetState.ACTIVE);
    Bytes inner = BundleNote.notarise(first, world.world.notary).encode();
    refusal(() -> world.log(inner));
    refusal(() -> world.log(BundleNote.sign(first, world.world.operator, world.world.notary)));
    refusal(() -> world.log(BundleNote.sign(first, world.world.log, world.world.operator)));
    refusal(() -> world.log(Utf8.encode("hello")));
    Bytes good = BundleNote.sign(first, world.world.notary, world.world.operator);
    Note twice = Note.parse(good);
    Bytes padded = twice.with(world.world.log.sign(twice.unverifiedText())).encode();
    assertEquals("a bundle has one signature of each, no more", refusal(() -> world.log(padded)));
    assertEquals(0, world.log(good));
    world.world.append(good);
    Bundle skipping = world.next("one", FleetState.ACTIVE);
    Bundle wrongPrev =
        new Bundle(
            skipping.namespace(),
            skipping.epoch(),
            Bytes.fromHex("01".repeat(32)),
            skipping.notBefore(),
            skipping.notAfter(),
            1,
            1,
            1,
            skipping.trustPolicyHash(),
            skipping.fleets());
    refusal(() -> world.log(BundleNote.sign(wrongPrev, world.world.notary, world.world.operator)));
    assertEquals(1, world.log(BundleNote.sign(skipping, world.world.notary, world.world.operator)));
  }

  @Test
  void whatPlexisClientsRead() throws Exception {
    Notary notary = world.notary();
    world.publish(notary, world.next("one", FleetState.ANNOUNCED));
    notary.observe();
    try (NotaryServer server =
            NotaryServer.serve(notary, Listen.LOOPBACK, 1_700_000_000_000L, Duration.ofDays(1));
        Fetch fetch = new Fetch(Duration.ofSeconds(20))) {
      String base = "http://127.0.0.1:" + server.port();
      String info = get(fetch, base + "/info", 200);
      assertEquals(
          "{\"keys\":[{\"public_key\":\""
              + notary.auditKey().hex()
              + "\",\"not_before\":1700000000000}],\"logs\":[\"vault.example/messages\"]}\n",
          info);
      String audit = get(fetch, base + "/namespaces/vault.example/messages/audits/1", 200);
      assertTrue(audit.startsWith("{\"version\":1,\"ciphersuite\":1,"), audit);
      assertTrue(audit.contains("\"epoch\":1,\"digest\":\""), audit);
      get(fetch, base + "/namespaces/vault.example/messages/audits/2", 404);
      get(fetch, base + "/namespaces/vault.example/messages/audits/01", 400);
      get(fetch, base + "/namespaces/vault.example/messages/audits/x", 400);
      get(fetch, base + "/namespaces/other/audits/1", 404);
      get(fetch, base + "/namespaces", 200);
      get(fetch, base + "/proposals/../signed", 400);
      get(fetch, base + "/healthz", 200);
      URI proposals = URI.create(base + "/proposals");
      assertEquals(400, fetch.post(proposals, Utf8.encode("x"), 1 << 20).status());
      assertEquals(413, fetch.post(proposals, Bytes.zeros(20_000), 1 << 20).status());
      Bytes foreign =
          NotaryWorld.signedBy(world.world.notary, world.next("one", FleetState.ACTIVE));
      assertEquals(403, fetch.post(proposals, foreign, 1 << 20).status());
    }
  }

  private static String get(Fetch fetch, String address, int status) throws Exception {
    Fetch.Reply reply = fetch.get(URI.create(address), 1 << 20);
    assertEquals(status, reply.status(), address);
    return new String(reply.body().toByteArray(), StandardCharsets.UTF_8);
  }
}
