package dev.coffer.node.store;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.Optional;

/**
 * Everything one entry changes, for one transaction.
 *
 * @param values what the HSM says after the entry
 * @param entry the raw entry, at most {@link Limits#ENTRY_MAX} octets
 * @param touched the distinct record names, ascending; none if the entry is unparsable
 * @param records the new ciphertexts (1,024 octets each) in that order; empty where the record was
 *     and stays absent
 * @param leaves the outcome leaves, 32 octets each
 * @param statement this HSM's statement; it may come later through {@link
 *     RecordStore#keepStatement}
 * @param order the ordering engine's position of this entry
 */
public record EntryResult(
    ChainValues values,
    Bytes entry,
    List<TreeKey> touched,
    List<Optional<Bytes>> records,
    List<Bytes> leaves,
    Optional<Statement> statement,
    OrderPosition order) {
  public EntryResult {
    touched = List.copyOf(touched);
    records = List.copyOf(records);
    leaves = List.copyOf(leaves);
    Invariant.check(touched.size() == records.size(), "a record for each touched name");
    Invariant.check(
        touched.size() <= Limits.OPERATIONS_MAX && leaves.size() <= Limits.OPERATIONS_MAX,
        "an entry touches at most 256 records");
    for (int i = 1; i < touched.size(); i++) {
      Invariant.check(
          touched.get(i - 1).value().compareTo(touched.get(i).value()) < 0, "touched names ascend");
    }
    for (Optional<Bytes> record : records) {
      Invariant.check(
          record.isEmpty() || record.get().size() == Limits.RECORD, "a record has 1,024 octets");
    }
  }

  /** Puts an HSM's answer to {@code capture} and the entry it was asked about together. */
  public static EntryResult of(Bytes entry, HsmPort.Capture capture, OrderPosition order) {
    List<TreeKey> touched;
    try {
      touched = Entry.decode(entry).touched();
    } catch (Rejected unparsable) {
      // It stays in the chain by its hash alone (PROTOCOL.md §12.2, capture is total).
      touched = List.of();
    }
    return new EntryResult(
        capture.values(),
        entry,
        touched,
        capture.records(),
        capture.leaves(),
        capture.statement(),
        order);
  }
}
