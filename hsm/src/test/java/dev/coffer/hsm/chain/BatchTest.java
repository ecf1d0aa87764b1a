package dev.coffer.hsm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.founding.SpilledKeys;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Records under the root that no honest quorum put there. */
final class BatchTest {
  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final Member member = SpilledKeys.member(fleet.host(1).platform());
  private final TestClient alice = new TestClient(fleet, "alice", 1);
  private final TestClient bob = new TestClient(fleet, "bob", 2);

  private Batch.Result apply(RecordBook book, Entry entry) throws Rejected {
    Bytes digest = Samples.digest(1);
    ChainValues before =
        new ChainValues(fleet.fleet().id(), 0, 4, digest, book.root(), Bytes.zeros(32));
    List<TreeKey> keys = entry.touched();
    return Batch.apply(member, before, entry.encode(), book.records(keys), book.proof(keys));
  }

  private static RecordBook book(TreeKey key, Bytes record) {
    return RecordBook.empty().with(List.of(key), List.of(Optional.of(record)));
  }

  @Test
  void aRecordThatDoesNotOpenIsTouchedByNobodyAndStopsNothing() throws Exception {
    Entry.Item alices = alice.admit(alice.attempt("1", 0));
    Entry.Item bobs = bob.admit(bob.start(bob.registrationId(), "1", 0));
    Bytes rubbish = Samples.octets(9, 1024);
    Entry entry = new Entry(List.of(alices, bobs, alices));
    Batch.Result result = apply(book(alices.treeKey(), rubbish), entry);
    assertEquals(Set.of(1), result.held().keySet(), "bob has his answer");
    assertEquals(3, result.leaves().size());
    int at = entry.touched().indexOf(alices.treeKey());
    assertEquals(Optional.of(rubbish), result.records().get(at), "octet for octet");
    assertTrue(result.records().get(1 - at).isPresent());
    RecordBook after = book(alices.treeKey(), rubbish).with(entry.touched(), result.records());
    assertEquals(after.root(), result.values().root());
    assertEquals(5, result.values().k());
  }

  @Test
  void aRecordOfAnotherSizeIsNoRecord() {
    Entry.Item alices = alice.admit(alice.attempt("1", 0));
    for (int size : new int[] {0, 1023, 1025}) {
      RecordBook book = book(alices.treeKey(), Samples.octets(9, size));
      Rejected rejected =
          assertThrows(Rejected.class, () -> apply(book, new Entry(List.of(alices))));
      assertEquals(RejectionCode.BAD_PROOF, rejected.code());
    }
  }

  @Test
  void malformedOperationsHaveOutcomesThatTellNothingApart() throws Exception {
    Entry.Item good = alice.admit(alice.attempt("1", 0));
    Entry.Item bad = new Entry.Item(good.treeKey(), 1, Bytes.EMPTY);
    Batch.Result result = apply(RecordBook.empty(), new Entry(List.of(bad, bad, good)));
    assertEquals(Set.of(2), result.held().keySet());
    assertNotEquals(result.leaves().get(0), result.leaves().get(1), "leaves are blinded");
    assertEquals(List.of(Optional.empty()), result.records(), "nobody is registered here");
    assertEquals(RecordBook.empty().root(), result.values().root());
  }
}
