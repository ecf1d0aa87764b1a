package dev.coffer.node.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.store.FaultyDisk;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreOnFaultyDisk;
import dev.coffer.node.store.tree.PagePath;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.store.tree.TreeSourceFailure.Reason;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What peers ask is hostile; so is what they answer. */
final class SyncServerTest {
  private static CertifiedPeer peer() {
    CertifiedPeer peer = new CertifiedPeer(1, 1 << 20);
    peer.grow(10, 30, 0);
    return peer;
  }

  @Test
  void questionsAreBounded() throws Exception {
    CertifiedPeer peer = peer();
    List<PagePath> paths = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      paths.add(PagePath.ROOT);
    }
    Bytes tooMany = new Question.Pages(0, 10, paths).encode();
    assertThrows(Rejected.class, () -> peer.server.answer(tooMany));
    assertThrows(
        Rejected.class, () -> peer.server.answer(new Question.EntryHashes(0, 0, 4097).encode()));
    assertThrows(Rejected.class, () -> peer.server.answer(new Question.Offer(1, 0).encode()));
    Bytes deep = new Question.Pages(0, 10, List.of(new PagePath(Bytes.zeros(63)))).encode();
    peer.remote().offer(0);
    Bytes answer = peer.server.answer(deep);
    assertEquals(List.of(Optional.empty()), Answers.readList(answer, 1, PagePath.ENCODED_MAX));
  }

  @Test
  void mutatedQuestionsAreAnsweredOrRejected() throws Exception {
    CertifiedPeer peer = peer();
    long k = peer.remote().offer(0).certificate().values().k();
    SplittableRandom dice = new SplittableRandom(2);
    List<Bytes> questions =
        List.of(
            new Question.Offer(0, 3).encode(),
            new Question.Pages(0, k, List.of(PagePath.ROOT, PagePath.ROOT.child(3))).encode(),
            new Question.Records(0, k, List.of(new TreeKey(Bytes.zeros(32)))).encode(),
            new Question.EntryHashes(0, 2, 4).encode());
    int answered = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = questions.get(dice.nextInt(questions.size())).toByteArray();
      octets[dice.nextInt(octets.length)] = (byte) dice.nextInt(256);
      int end = dice.nextInt(4) == 0 ? dice.nextInt(octets.length) : octets.length;
      try {
        answered += peer.server.answer(Bytes.copyOf(octets, 0, end)).size() > 0 ? 1 : 0;
      } catch (Rejected expected) {
        // Said so, and went on.
      }
    }
    assertTrue(answered > 100);
  }

  @Test
  void statesNeverOfferedAreNotServed() {
    CertifiedPeer peer = peer();
    RemoteTree remote = peer.remote();
    TreeSourceFailure never =
        assertThrows(TreeSourceFailure.class, () -> remote.at(5).pages(List.of(PagePath.ROOT)));
    assertEquals(Reason.MOVED, never.reason());
    TreeSourceFailure future = assertThrows(TreeSourceFailure.class, () -> remote.offer(11));
    assertEquals(Reason.BEHIND, future.reason());
    TreeSourceFailure hashes =
        assertThrows(TreeSourceFailure.class, () -> remote.entryHashes(8, 3));
    assertEquals(Reason.BEHIND, hashes.reason());
  }

  @Test
  void aStateHeldStillDoesNotMove() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(3, 64 << 20);
    peer.grow(10, 30, 0);
    RemoteTree remote = peer.remote();
    long k = remote.offer(0).certificate().values().k();
    List<PagePath> paths = new ArrayList<>(List.of(PagePath.ROOT));
    for (int i = 0; i < 16; i++) {
      paths.add(PagePath.ROOT.child(i));
    }
    List<Optional<Bytes>> before = remote.at(k).pages(paths);
    peer.grow(10, 60, 1);
    assertEquals(before, remote.at(k).pages(paths));
  }

  @Test
  void theCertificateMayComeLater() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(4, 64 << 20);
    peer.grow(5, 10, 3);
    RemoteTree remote = peer.remote();
    TreeSourceFailure early = assertThrows(TreeSourceFailure.class, () -> remote.offer(3));
    assertEquals(Reason.BEHIND, early.reason());
    peer.grow(2, 10, 3);
    assertEquals(4, remote.offer(3).certificate().values().k());
    peer.certify(0);
    assertEquals(7, remote.offer(5).certificate().values().k());
  }

  /**
   * The entries after the newest certificate may want the statement of the very HSM whose host
   * asks: then nothing newer will ever be certified, and the peer must still have what is.
   */
  @Test
  void theNewestCertifiedStateIsServedHoweverFarThePeerHasGoneOn() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(5, 64 << 20);
    peer.grow(6, 40, 0);
    FaultyDisk asCertified = peer.disk.copy();
    peer.grow(8, 40, 8);
    try (NodeStore empty = StoreOnFaultyDisk.open(newDisk(), CertifiedPeer.FLEET.id(), 1 << 20);
        NodeStore right = StoreOnFaultyDisk.open(asCertified, CertifiedPeer.FLEET.id(), 1 << 20)) {
      RecordStore store = empty.partition(0);
      Certificate reached = new Synchroniser(CertifiedPeer.FLEET, 0, store).bring(peer.remote(), 5);
      assertEquals(6, reached.values().k());
      assertEquals(right.partition(0).position(), store.position());
      assertTrue(StoreOnFaultyDisk.sound(store));
      assertTrue(peer.store.position().values().k() > 6);
    }
  }

  /** A peer that restarts still has its newest state, and serves it once that is certified. */
  @Test
  void aStateIsServedOnceItsCertificateHasComeAfterARestart() throws Exception {
    CertifiedPeer peer = new CertifiedPeer(6, 64 << 20);
    peer.grow(6, 10, 2);
    peer.store.sync();
    try (NodeStore again =
        StoreOnFaultyDisk.open(peer.disk.copy(), CertifiedPeer.FLEET.id(), 1 << 20)) {
      RecordStore store = again.partition(0);
      assertTrue(store.view(0).isEmpty());
      store.keepCertificate(CertifiedPeer.certificate(store.position().values()));
      assertEquals(6, store.view(6).orElseThrow().certificate().values().k());
    }
  }

  private static FaultyDisk newDisk() {
    return new FaultyDisk(0, FaultyDisk.Failing.DONE);
  }
}
