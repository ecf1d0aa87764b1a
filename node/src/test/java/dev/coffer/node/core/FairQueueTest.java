package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No account's flood displaces another's operation, and each account's order stays. */
final class FairQueueTest {
  private static final int CAPACITY = 64;

  private final FairQueue<String> queue =
      new FairQueue<>(CAPACITY, 8, 2, NodeThreads.system().mailbox(1));

  private static TreeKey key(int account) {
    return new TreeKey(
        Bytes.wrap(new byte[] {(byte) (account >> 8), (byte) account}).concat(Bytes.zeros(30)));
  }

  private boolean offer(int account, int number) {
    return queue.offer(key(account), account + "." + number);
  }

  @Test
  void anEntryTakesOfEachInTurnAndOfOneAShare() {
    for (int i = 0; i < 6; i++) {
      assertTrue(offer(1, i));
    }
    offer(2, 0);
    offer(3, 0);
    offer(3, 1);
    offer(3, 2);
    assertEquals(5, queue.due());
    assertEquals(List.of("1.0", "2.0", "3.0", "1.1", "3.1"), queue.cut(256));
    assertEquals(3, queue.due());
    assertEquals(List.of("1.2", "3.2", "1.3"), queue.cut(256));
    assertEquals(List.of("1.4", "1.5"), queue.cut(256));
    assertEquals(List.of(), queue.cut(256));
    assertEquals(0, queue.size());
  }

  @Test
  void whoDidNotGetInIsFirstTheNextTime() {
    for (int account = 1; account <= 5; account++) {
      offer(account, 0);
      offer(account, 1);
    }
    assertEquals(List.of("1.0", "2.0", "3.0"), queue.cut(3));
    assertEquals(List.of("4.0", "5.0", "1.1"), queue.cut(3));
    assertEquals(List.of("2.1", "3.1", "4.1"), queue.cut(3));
  }

  @Test
  void aFloodFillsNoMoreThanItsLine() {
    for (int i = 0; i < 8; i++) {
      assertTrue(offer(1, i));
    }
    assertFalse(offer(1, 8));
    assertTrue(offer(2, 0));
  }

  @Test
  void fewAccountsCannotKeepOthersOut() {
    for (int round = 0; round < 100; round++) {
      for (int account = 0; account < 16; account++) {
        offer(account, round);
      }
    }
    assertTrue(queue.size() < CAPACITY, "16 accounts fill all of it");
    for (int other = 100; other < 110; other++) {
      assertTrue(offer(other, 0), "account " + other);
    }
  }

  @Test
  void nothingGetsLostOrOutOfOrderUnderAnyLoad() {
    Random random = new Random(7);
    Map<String, Integer> next = new HashMap<>();
    Map<String, Integer> sent = new HashMap<>();
    int taken = 0;
    int put = 0;
    for (int step = 0; step < 20_000; step++) {
      int account = random.nextInt(1 + random.nextInt(40));
      String name = Integer.toString(account);
      if (offer(account, sent.getOrDefault(name, 0))) {
        sent.merge(name, 1, Integer::sum);
        put++;
      }
      if (random.nextInt(20) == 0) {
        int due = queue.due();
        List<String> cut = queue.cut(10);
        assertEquals(Math.min(due, 10), cut.size(), "what was due came");
        Map<String, Integer> shares = new HashMap<>();
        for (String one : new ArrayList<>(cut)) {
          String[] parts = one.split("\\.", -1);
          assertEquals(
              next.getOrDefault(parts[0], 0), Integer.valueOf(parts[1]), "order of " + one);
          next.merge(parts[0], 1, Integer::sum);
          assertTrue(shares.merge(parts[0], 1, Integer::sum) <= 2, "share of " + one);
        }
        taken += cut.size();
      }
      assertTrue(queue.size() <= CAPACITY);
      assertEquals(put - taken, queue.size());
    }
  }

  @Test
  void whatWasThrownAwayIsGone() throws Exception {
    offer(1, 0);
    queue.clear();
    assertEquals(0, queue.due());
    offer(1, 1);
    queue.await();
    assertEquals(List.of("1.1"), queue.cut(9));
  }
}
