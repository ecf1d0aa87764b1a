package dev.coffer.notary.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.log.LogFsck;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
      refusal(() -> notary.propose(NotaryWorld.signedBy(world.world.operator, first)));
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
