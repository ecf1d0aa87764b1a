package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Hosts fill many partitions with entries that nobody certifies: memory stays bounded. */
@Tag("long")
final class HeldRepliesTest {
  private static final int PARTITIONS = 5;
  private static final int ENTRIES = 8;
  private static final int ENTRIES_HELD = 8192 / 256;

  private final TestIssuer issuer = new TestIssuer(7);
  private final List<Entry.Item> items = new ArrayList<>();
  private TestFleet fleet;

  @BeforeEach
  void found() throws Rejected {
    FleetSettings settings =
        new FleetSettings(3, 2, 10, PARTITIONS, List.of(issuer.tenant()), true, false);
    fleet = TestFleet.silent(settings, issuer);
    for (int partition = 0; partition < PARTITIONS; partition++) {
      items.add(operation(partition));
      for (int listening = 1; listening <= 2; listening++) {
        Bytes nonce = hsm(listening).challenge(partition);
        assertTrue(
            hsm(listening).hear(partition, List.of(hsm(3 - listening).status(partition, nonce))));
      }
    }
  }

  private HsmCore hsm(int index) {
    return fleet.host(index).hsm();
  }

  /** An attempt on an account of that partition which does not exist. */
  private Entry.Item operation(int partition) {
    for (int i = 0; ; i++) {
      TestClient client = new TestClient(fleet, "account " + i, i);
      if (client.subject().partition(PARTITIONS) == partition) {
        return client.admit(client.attempt("123456", 0));
      }
    }
  }

  private Bytes entry(int partition) {
    return new Entry(Collections.nCopies(256, items.get(partition))).encode();
  }

  private Statement capture(int index, int partition, long k) throws Rejected {
    Bytes proof = RecordBook.empty().proof(List.<TreeKey>of());
    return hsm(index)
        .capture(partition, k, entry(partition), List.of(Optional.empty()), proof)
        .statement()
        .orElseThrow();
  }

  private boolean held(int partition, long k) throws Rejected {
    Certificate certificate =
        Certificate.of(List.of(hsm(1).restate(partition, k), hsm(2).restate(partition, k)));
    List<HsmPort.PositionedReply> replies = hsm(1).release(certificate, List.of(0, 255));
    assertTrue(replies.isEmpty() || replies.size() == 2, "an entry goes whole");
    return !replies.isEmpty();
  }

  private int entriesHeld() throws Rejected {
    int count = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (long k = 1; k <= ENTRIES; k++) {
        count += held(partition, k) ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void theEntriesHeldLongestGoAndComeBackWithARetry() throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      for (long k = 1; k <= ENTRIES; k++) {
        assertEquals(capture(1, partition, k).values(), capture(2, partition, k).values());
      }
    }
    assertEquals(ENTRIES_HELD, entriesHeld());
    assertFalse(held(0, 2));
    assertTrue(held(1, 1));
    capture(1, 0, 2);
    assertTrue(held(0, 2), "captured again, held again");
    assertFalse(held(1, 1), "the oldest made room");
    assertEquals(ENTRIES_HELD, entriesHeld());
    // What is held twice counts once.
    for (int i = 0; i < 40; i++) {
      capture(1, 4, 8);
    }
    assertEquals(ENTRIES_HELD, entriesHeld());
  }

  @Test
  void partitionsThatWorkAtOnceShareTheBudget() throws Exception {
    try (ExecutorService hosts = Executors.newFixedThreadPool(PARTITIONS)) {
      List<Future<?>> done = new ArrayList<>();
      for (int p = 0; p < PARTITIONS; p++) {
        int partition = p;
        done.add(
            hosts.submit(() -> {
              for (long k = 1; k <= ENTRIES; k++) {
                capture(1, partition, k);
                capture(2, partition, k);
                held(partition, k);
              }
              return partition;
            }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    assertEquals(ENTRIES_HELD, entriesHeld());
  }
}
