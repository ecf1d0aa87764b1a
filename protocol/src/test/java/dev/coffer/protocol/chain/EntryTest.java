package dev.coffer.protocol.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The limit of an entry is that of what an entry may hold. */
final class EntryTest {
  @Test
  void theLargestEntryIsExactlyAtItsLimit() throws Exception {
    Bytes largest = Samples.octets(2, Limits.OPERATION_MAX);
    Entry.Item item = new Entry.Item(new TreeKey(Samples.digest(1)), Limits.HSMS_MAX, largest);
    Entry entry = new Entry(Collections.nCopies(Limits.OPERATIONS_MAX, item));
    Bytes encoded = entry.encode();
    assertEquals(256, entry.items().size());
    assertEquals(2560, largest.size());
    assertEquals(Limits.ENTRY_MAX, encoded.size());
    assertEquals(entry, Entry.decode(encoded));
  }
}
