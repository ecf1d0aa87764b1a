package dev.coffer.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.store.ChainDriver;
import dev.coffer.node.store.FaultyDisk;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoreOnFaultyDisk;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.store.tree.TreeSourceFailure.Reason;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Stores of all conditions are brought to a peer's certified state, whatever happens on the way.
 */
@Tag("long")
final class SynchroniserTest {
  private static final long HELD = 64 << 20;

  private static NodeStore open(FaultyDisk disk) {
    return StoreOnFaultyDisk.open(disk, CertifiedPeer.FLEET.id(), HELD);
  }

  private static FaultyDisk newDisk() {
    return new FaultyDisk(0, FaultyDisk.Failing.DONE);
  }

  private static Synchroniser synchroniser(RecordStore store) {
    return new Synchroniser(CertifiedPeer.FLEET, 0, store);
  }

  private static void assertSame(CertifiedPeer peer, RecordStore store) {
    assertFalse(store.syncing());
    assertTrue(StoreOnFaultyDisk.sound(store));
    assertEquals(peer.store.position(), store.position());
    assertEquals(store.position(), store.durable());
    assertTrue(peer.equalsIn(store));
    long k = store.position().values().k();
    assertEquals(peer.store.entryHashes(0, (int) k), store.entryHashes(0, (int) k));
  }

  @Test
  void anEmptyStoreIsFilled() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(1, HELD);
    peer.grow(30, 60, 0);
    FaultyDisk disk = newDisk();
    try (NodeStore node = open(disk)) {
      Certificate reached = synchroniser(node.partition(0)).bring(peer.remote(), 0);
      assertEquals(peer.store.position().values(), reached.values());
      assertSame(peer, node.partition(0));
    }
    try (NodeStore node = open(disk)) {
      assertSame(peer, node.partition(0));
      // And it goes on from there.
      ChainDriver hsm =
          new ChainDriver(new SplittableRandom(1), node.partition(0).position().values());
      hsm.step(
          node.partition(0), List.of(ChainDriver.keyNear(new SplittableRandom(2), Bytes.EMPTY, 0)));
    }
  }

  @Test
  void aStaleStoreFetchesOnlyWhatDiffers() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(2, HELD);
    peer.grow(30, 60, 0);
    FaultyDisk stale = peer.disk.copy();
    peer.grow(2, 5, 0);
    AtomicInteger octets = new AtomicInteger();
    RemoteTree counted =
        new RemoteTree(
            0,
            question -> {
              Bytes answer = peer.answer(question);
              octets.addAndGet(answer.size());
              return answer;
            });
    try (NodeStore node = open(stale)) {
      Certificate ignored = synchroniser(node.partition(0)).bring(counted, 0);
      assertSame(peer, node.partition(0));
      assertTrue(octets.get() < 60_000, "fetched " + octets);
    }
  }

  @Test
  void rottenPagesRecordsAndHashesAreFetchedAgain() throws Exception {
    SplittableRandom dice = new SplittableRandom(3);
    CertifiedPeer peer = new CertifiedPeer(3, HELD);
    peer.grow(20, 40, 0);
    for (int round = 0; round < 12; round++) {
      FaultyDisk rotten = peer.disk.copy();
      // The newest content is still in the journal, which would mend the rot when it is replayed.
      open(rotten).close();
      for (String file : List.of("p0.pages", "p0.records", "p0.hashes")) {
        for (int i = 0; i <= round; i++) {
          rotten.rot(file, dice.nextInt(rotten.size(file)), dice.nextInt(8));
        }
      }
      try (NodeStore node = open(rotten)) {
        assertFalse(StoreOnFaultyDisk.sound(node.partition(0)));
        Synchroniser synchroniser = synchroniser(node.partition(0));
        assertTrue(synchroniser.suspectTheDisk() > 0);
        Certificate ignored = synchroniser.bring(peer.remote(), 0);
        assertSame(peer, node.partition(0));
      }
    }
  }

  @Test
  void convergesWhileThePeerGoesOn() throws Exception {
    // The peer holds so little still that its states are gone again and again.
    CertifiedPeer peer = new CertifiedPeer(4, 1 << 20);
    peer.grow(30, 100, 2);
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger moved = new AtomicInteger();
    RemoteTree moving =
        new RemoteTree(
            0,
            question -> {
              if (asked.incrementAndGet() % 6 == 0) {
                peer.grow(1, 20, 2);
              }
              Bytes answer = peer.answer(question);
              moved.addAndGet(answer.equals(Answers.failure(Reason.MOVED)) ? 1 : 0);
              return answer;
            });
    try (NodeStore node = open(newDisk())) {
      RecordStore store = node.partition(0);
      Synchroniser synchroniser = synchroniser(store);
      boolean reached = false;
      for (int attempt = 1; !reached; attempt++) {
        assertTrue(attempt < 100, "no convergence");
        try {
          reached = synchroniser.bring(moving, 20).values().k() >= 20;
        } catch (TreeSourceFailure e) {
          assertEquals(Reason.BEHIND, e.reason());
        }
      }
      assertTrue(StoreOnFaultyDisk.sound(store));
      assertTrue(store.position().values().k() >= 20);
    }
    assertTrue(moved.get() > 0, "the test made no state go away");
  }

  @Test
  void everyLieIsNoticedAndAnHonestPeerMendsIt() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(5, HELD);
    peer.grow(6, 40, 0);
    SplittableRandom dice = new SplittableRandom(5);
    int answers = countAnswers(peer);
    for (int lie = 1; lie <= answers; lie++) {
      int at = lie;
      AtomicInteger asked = new AtomicInteger();
      RemoteTree lying =
          new RemoteTree(
              0,
              question -> {
                Bytes answer = peer.answer(question);
                return asked.incrementAndGet() == at ? changed(answer, dice) : answer;
              });
      FaultyDisk disk = newDisk();
      try (NodeStore node = open(disk)) {
        RecordStore store = node.partition(0);
        Synchroniser synchroniser = synchroniser(store);
        boolean believed = false;
        try {
          Certificate ignored = synchroniser.bring(lying, 0);
          believed = true;
        } catch (TreeSourceFailure e) {
          assertTrue(
              e.reason() == Reason.LIED
                  || e.reason() == Reason.BEHIND
                  || e.reason() == Reason.MOVED,
              e.toString());
          assertTrue(at == 1 || store.syncing());
        }
        if (believed) {
          // Only the order position of an offer is not covered by the certificate.
          assertEquals(1, at);
          assertEquals(peer.store.position().values(), store.position().values());
        } else {
          Certificate ignored = synchroniser.bring(peer.remote(), 0);
          assertSame(peer, store);
        }
      }
    }
  }

  private static int countAnswers(CertifiedPeer peer) throws TreeSourceFailure {
    AtomicInteger asked = new AtomicInteger();
    RemoteTree counting =
        new RemoteTree(
            0,
            question -> {
              asked.incrementAndGet();
              return peer.answer(question);
            });
    try (NodeStore node = open(newDisk())) {
      Certificate ignored = synchroniser(node.partition(0)).bring(counting, 0);
    }
    return asked.get();
  }

  private static Bytes changed(Bytes answer, SplittableRandom dice) {
    byte[] octets = answer.toByteArray();
    octets[dice.nextInt(octets.length)] ^= (byte) (1 << dice.nextInt(8));
    return Bytes.wrap(octets);
  }

  @Test
  void thePowerFailsAtEveryOperationOfASynchronisation() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(6, HELD);
    peer.grow(4, 30, 0);
    FaultyDisk stale = peer.disk.copy();
    peer.grow(3, 30, 0);
    SplittableRandom dice = new SplittableRandom(6);
    boolean done = false;
    for (int failAt = 3; !done; failAt += 3) {
      FaultyDisk disk = stale.afterPowerCut(dice, failAt, FaultyDisk.Failing.values()[failAt % 2]);
      try (NodeStore node = open(disk)) {
        Certificate ignored = synchroniser(node.partition(0)).bring(peer.remote(), 0);
      } catch (StoreFault.Unavailable expected) {
        assertTrue(disk.failed());
      }
      done = !disk.failed();
      try (NodeStore node = open(disk.afterPowerCut(dice, 0, FaultyDisk.Failing.DONE))) {
        RecordStore store = node.partition(0);
        if (store.syncing()) {
          assertThrows(StoreFault.class, () -> store.prove(List.of()));
        } else {
          assertTrue(StoreOnFaultyDisk.sound(store), "operation " + failAt);
        }
        Certificate ignored = synchroniser(store).bring(peer.remote(), 0);
        assertSame(peer, store);
      }
    }
  }

  @Test
  void certificatesThatDoNotCountAreRefused() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(7, HELD);
    peer.grow(3, 5, 0);
    ChainValues values = peer.store.position().values();
    Certificate good = CertifiedPeer.certificate(values);
    Certificate fewer = new Certificate(values, good.signatures().subList(0, 1));
    ChainValues invented =
        new ChainValues(
            values.fleetId(), 0, 9, values.head(), values.root(), values.outcomesRoot());
    for (Certificate bad :
        List.of(
            fewer,
            new Certificate(invented, good.signatures()),
            CertifiedPeer.certificate(
                new ChainValues(
                    ChainDriver.FLEET, 0, 3, values.head(), values.root(), values.outcomesRoot())),
            CertifiedPeer.certificate(
                new ChainValues(
                    values.fleetId(),
                    1,
                    3,
                    values.head(),
                    values.root(),
                    values.outcomesRoot())))) {
      try (NodeStore node = open(newDisk())) {
        RemoteTree lying =
            new RemoteTree(
                0,
                question ->
                    Answers.offer(new RemoteTree.Offer(bad, peer.store.position().order())));
        TreeSourceFailure e =
            assertThrows(
                TreeSourceFailure.class, () -> synchroniser(node.partition(0)).bring(lying, 0));
        assertEquals(Reason.LIED, e.reason());
        assertFalse(node.partition(0).syncing());
      }
    }
  }

  @Test
  void anOldCertificateIsOfNoUse() {
    CertifiedPeer peer = new CertifiedPeer(8, HELD);
    peer.grow(3, 5, 0);
    FaultyDisk newer = peer.disk.copy();
    try (NodeStore node = open(newer)) {
      RemoteTree old =
          new RemoteTree(
              0,
              question ->
                  Answers.offer(
                      new RemoteTree.Offer(
                          CertifiedPeer.certificate(
                              ChainValues.founding(CertifiedPeer.FLEET.id(), 0)),
                          peer.store.position().order())));
      TreeSourceFailure e =
          assertThrows(
              TreeSourceFailure.class, () -> synchroniser(node.partition(0)).bring(old, 0));
      assertEquals(Reason.BEHIND, e.reason());
    }
  }

  @Test
  void aForkStopsTheStore() {
    CertifiedPeer peer = new CertifiedPeer(9, HELD);
    peer.grow(3, 5, 0);
    CertifiedPeer other = new CertifiedPeer(10, HELD);
    other.grow(3, 5, 0);
    assertThrows(
        StoreFault.Divergence.class, () -> synchroniser(other.store).bring(peer.remote(), 0));
    assertFalse(other.store.syncing());
  }
}
