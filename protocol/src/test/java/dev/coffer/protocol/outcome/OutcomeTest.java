package dev.coffer.protocol.outcome;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.RequestType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Outcomes, their tree, and the replies that carry them. */
final class OutcomeTest {
  private static final Outcome OUTCOME =
      new Outcome(
          255,
          RequestType.ATTEMPT,
          new RequestHash(Samples.digest(1)),
          OutcomeCode.ACCEPTED,
          2,
          3,
          9,
          Samples.digest(4),
          Samples.digest(5));

  @Test
  void outcomesReturn() throws Exception {
    assertEquals(Outcome.SIZE, OUTCOME.encode().size());
    assertEquals(OUTCOME, Outcome.read(new CanonicalReader(OUTCOME.encode())));
    assertNotEquals(OUTCOME.leaf(Samples.digest(1)), OUTCOME.leaf(Samples.digest(2)));
  }

  @Test
  void pathsProveTheirOwnPlaceAlone() {
    for (int size = 1; size <= 40; size++) {
      List<Bytes> leaves = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        leaves.add(Samples.digest(i + 1));
      }
      Bytes root = OutcomeTree.root(leaves);
      for (int at = 0; at < size; at++) {
        List<Bytes> path = OutcomeTree.path(leaves, at);
        assertTrue(OutcomeTree.contains(root, size, at, leaves.get(at), path));
        assertFalse(OutcomeTree.contains(root, size, at, Samples.digest(99), path));
        for (int other = 0; other < size; other++) {
          assertEquals(
              other == at,
              OutcomeTree.contains(root, size, other, leaves.get(at), path),
              "a leaf proved at another place");
        }
        assertFalse(OutcomeTree.contains(root, at, at, leaves.get(at), path));
        List<Bytes> longer = new ArrayList<>(path);
        longer.add(Samples.digest(0));
        assertFalse(OutcomeTree.contains(root, size, at, leaves.get(at), longer));
        if (!path.isEmpty()) {
          assertFalse(
              OutcomeTree.contains(
                  root, size, at, leaves.get(at), path.subList(0, path.size() - 1)));
        }
      }
    }
    assertEquals(Bytes.zeros(32), OutcomeTree.root(List.of()));
  }

  @Test
  void aReplyOpensInItsOwnContextAlone() throws Exception {
    Bytes info = SealedReply.encapsulationInfo(Samples.digest(1), 2);
    Hpke.Exporter client =
        Hpke.encapsulate(Randomness.system(), X25519.publicKey(Samples.secret(7)), info);
    Hpke.Exporter hsm = Hpke.decapsulate(Samples.secret(7), client.encapsulation(), info);
    ChainValues values =
        new ChainValues(
            Samples.fleet().id(), 0, 5, Samples.digest(1), Samples.digest(2), Samples.digest(3));
    SealedReply.Context context =
        new SealedReply.Context(2, values, 255, RequestType.ATTEMPT, Samples.digest(8));
    ReplyContent content =
        new ReplyContent(
            OUTCOME, Samples.digest(1), Optional.of(Samples.digest(2)), Samples.octets(3, 384));
    SealedReply reply = SealedReply.seal(Randomness.system(), hsm, context, content);
    assertEquals(content, reply.open(client, context));
    ChainValues next =
        new ChainValues(
            values.fleetId(), 0, 6, values.head(), values.root(), values.outcomesRoot());
    for (SealedReply.Context other :
        List.of(
            new SealedReply.Context(1, values, 255, RequestType.ATTEMPT, Samples.digest(8)),
            new SealedReply.Context(2, next, 255, RequestType.ATTEMPT, Samples.digest(8)),
            new SealedReply.Context(2, values, 254, RequestType.ATTEMPT, Samples.digest(8)),
            new SealedReply.Context(2, values, 255, RequestType.SUCCESS, Samples.digest(8)),
            new SealedReply.Context(2, values, 255, RequestType.ATTEMPT, Samples.digest(9)))) {
      assertThrows(Rejected.class, () -> reply.open(client, other));
    }
    SealedReply renonced = new SealedReply(2, Samples.digest(1), reply.ciphertext());
    assertThrows(Rejected.class, () -> renonced.open(client, context));
  }

  @Test
  void payloadsReturnAndFit() throws Exception {
    List<HistoryItem> history =
        Collections.nCopies(8, new HistoryItem(HistoryItem.Kind.REFUSED, 1, 2));
    SuccessPayload success = new SuccessPayload(Samples.registration(), history);
    assertEquals(success, SuccessPayload.decode(success.encode()));
    assertTrue(success.encode().size() <= 384);
    AttemptPayload attempt =
        new AttemptPayload(
            Samples.digest(1),
            Samples.registration().ksf(),
            10,
            Samples.digest(2),
            Samples.registration().id(),
            true,
            Samples.digest(3));
    assertEquals(attempt, AttemptPayload.decode(attempt.encode()));
    StartPayload start = new StartPayload(7, 255);
    assertEquals(start, StartPayload.decode(start.encode()));
    assertThrows(Rejected.class, () -> StartPayload.decode(Samples.octets(1, 10)));
    assertEquals(10, start.encode().size());
  }

  @Test
  void answersAndDeliveriesReturn() throws Exception {
    ChainValues values = ChainValues.founding(Samples.fleet().id(), 0);
    Certificate certificate =
        Certificate.of(List.of(Statement.sign(values, 1, Samples.statementSeed(1))));
    SealedReply reply = new SealedReply(1, Samples.digest(1), Samples.octets(2, 656));
    VaultAnswer answer =
        new VaultAnswer(
            certificate, 5, 4, Samples.digest(3), List.of(Samples.digest(4)), List.of(reply));
    VaultAnswer returned = VaultAnswer.decode(answer.encode());
    assertEquals(answer, returned);
    assertThrows(Rejected.class, () -> VaultAnswer.decode(answer.encode().concat(Bytes.zeros(1))));
    FleetDelivery delivery = FleetDelivery.pinned(Samples.fleet(), List.of(certificate));
    FleetDelivery delivered = FleetDelivery.decode(delivery.encode());
    assertEquals(Samples.fleet().id(), delivered.fleet().id());
    assertEquals(List.of(certificate), delivered.certificates());
  }

  @Test
  void aPathOfOddHashesOrFromNowhereProvesNothing() {
    List<Bytes> leaves = List.of(Samples.digest(1), Samples.digest(2), Samples.digest(3));
    Bytes root = OutcomeTree.root(leaves);
    List<Bytes> path = OutcomeTree.path(leaves, 1);
    assertTrue(OutcomeTree.contains(root, 3, 1, leaves.get(1), path));
    assertFalse(OutcomeTree.contains(root, 3, -1, leaves.get(1), path));
    assertFalse(OutcomeTree.contains(root, 3, 3, leaves.get(1), path));
    // The same octets cut at another place must not pass for the same hashes.
    Bytes joined = path.get(0).concat(path.get(1));
    assertFalse(
        OutcomeTree.contains(
            root, 3, 1, leaves.get(1), List.of(joined.slice(0, 31), joined.slice(31, 64))));
  }

  @Test
  void everyCodeHasItsNumberAndNoOther() throws Exception {
    for (OutcomeCode code : OutcomeCode.values()) {
      assertEquals(code, OutcomeCode.of(code.number()));
    }
    for (int unknown : new int[] {0, 11, 255}) {
      Rejected rejected = assertThrows(Rejected.class, () -> OutcomeCode.of(unknown));
      assertEquals(RejectionCode.UNKNOWN_TAG, rejected.code());
    }
  }

  @Test
  void aReplysContentHasOneEncoding() throws Exception {
    ReplyContent refused =
        new ReplyContent(OUTCOME, Samples.digest(1), Optional.empty(), Bytes.EMPTY);
    ReplyContent granted =
        new ReplyContent(OUTCOME, Samples.digest(1), Optional.of(Samples.digest(2)), Bytes.EMPTY);
    for (ReplyContent content : List.of(refused, granted)) {
      assertEquals(640, content.pad().size());
      assertEquals(content, ReplyContent.unpad(content.pad()));
      assertEquals("ReplyContent[redacted]", content.toString());
    }
    // An absent partial that says something all the same: a second way to write the same thing.
    byte[] whisper = refused.pad().toByteArray();
    whisper[Outcome.SIZE + 32 + 1 + 31] = 1;
    assertRejected(RejectionCode.NOT_CANONICAL, Bytes.wrap(whisper));
    assertRejected(RejectionCode.OUT_OF_RANGE, granted.pad().slice(0, 639));
    assertRejected(RejectionCode.OUT_OF_RANGE, granted.pad().concat(Bytes.zeros(1)));
    byte[] padded = granted.pad().toByteArray();
    padded[639] = 1;
    assertRejected(RejectionCode.NOT_CANONICAL, Bytes.wrap(padded));
    ReplyContent large =
        new ReplyContent(OUTCOME, Samples.digest(1), Optional.empty(), Samples.octets(3, 500));
    assertThrows(Invariant.Broken.class, large::pad);
  }

  private static void assertRejected(RejectionCode code, Bytes padded) {
    assertEquals(code, assertThrows(Rejected.class, () -> ReplyContent.unpad(padded)).code());
  }
}
