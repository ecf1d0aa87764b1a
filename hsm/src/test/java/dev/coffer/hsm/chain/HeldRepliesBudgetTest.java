package dev.coffer.hsm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.Applied;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The sums behind the bounded memory: 8,192 replies, 32 entries of 256. */
final class HeldRepliesBudgetTest {
  private final HeldReplies held = new HeldReplies();

  private static HeldReply reply() {
    Request request = Samples.requests().get(4);
    Bytes zeros = Bytes.zeros(32);
    OutcomeCode code = OutcomeCode.NOT_REGISTERED;
    return new HeldReply(
        ChainValues.founding(Samples.fleet().id(), 0),
        new Outcome(0, RequestType.ATTEMPT, request.hash(), code, 0, 0, 0, zeros, zeros),
        zeros,
        request.header().encapsulations().getFirst(),
        Optional.empty(),
        new Applied(Account.Absent.NEVER, code, 0, Bytes.EMPTY, Optional.empty()));
  }

  private static Map<Integer, HeldReply> replies(int count) {
    HeldReply reply = reply();
    Map<Integer, HeldReply> replies = new HashMap<>();
    for (int position = 0; position < count; position++) {
      replies.put(position, reply);
    }
    return replies;
  }

  private void fill() {
    Map<Integer, HeldReply> entry = replies(256);
    for (long k = 1; k <= 32; k++) {
      held.hold(0, k, entry);
    }
  }

  private int size(int partition, long k) {
    return held.of(partition, k).size();
  }

  @Test
  void theBudgetIsUsedToTheLastReply() {
    fill();
    assertEquals(256, size(0, 1));
    held.hold(1, 1, replies(1));
    assertEquals(0, size(0, 1), "the oldest goes, whole");
    assertEquals(256, size(0, 2));
    held.hold(1, 2, replies(255));
    assertEquals(256, size(0, 2), "there was room for 255 more");
    held.hold(1, 3, replies(1));
    assertEquals(0, size(0, 2));
    assertEquals(256, size(0, 3));
    assertEquals(255, size(1, 2));
  }

  @Test
  void anEntryHeldAgainCountsOnceAndIsTheNewest() {
    fill();
    for (int i = 0; i < 100; i++) {
      held.hold(0, 1, replies(256));
    }
    assertEquals(256, size(0, 2), "nothing had to go");
    held.hold(1, 1, replies(1));
    assertEquals(0, size(0, 2));
    assertEquals(256, size(0, 1));
  }

  @Test
  void anEntryWithoutRepliesTakesNoRoom() {
    fill();
    held.hold(1, 1, Map.of());
    assertEquals(256, size(0, 1));
    held.hold(0, 5, Map.of());
    assertEquals(0, size(0, 5));
    held.hold(1, 2, replies(256));
    assertEquals(256, size(0, 1), "its place was free again");
  }

  @Test
  void whatLeftTheRingIsForgottenAndNothingElse() {
    fill();
    held.hold(1, 12, replies(256));
    assertEquals(0, size(0, 1));
    held.forget(0, 12);
    for (long k = 2; k <= 32; k++) {
      assertEquals(k >= 5 && k <= 12 ? 0 : 256, size(0, k), "k " + k);
    }
    assertEquals(256, size(1, 12), "another partition's");
    for (long k = 41; k <= 48; k++) {
      held.hold(0, k, replies(256));
    }
    assertEquals(256, size(0, 2), "eight places were free");
    held.hold(0, 49, replies(1));
    assertEquals(0, size(0, 2));
  }

  @Test
  void whatIsLoggedByMistakeTellsNothing() {
    fill();
    assertEquals("HeldReplies[redacted]", held.toString());
    assertEquals("HeldReply[redacted]", reply().toString());
    assertTrue(held.of(0, 1).get(0).toString().endsWith("[redacted]"));
  }
}
