package dev.coffer.protocol.chain;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A batch of 1 to 256 operations. The record names stand in front, so that a node of any version
 * finds the records while the operations stay opaque to it.
 */
public record Entry(List<Item> items) {
  /**
   * An operation, sealed for the fleet, with the record it says it touches and the HSM that
   * admitted it.
   */
  public record Item(TreeKey treeKey, int admittingIndex, Bytes operation) {}

  public Entry {
    items = List.copyOf(items);
    Invariant.check(
        !items.isEmpty() && items.size() <= Limits.OPERATIONS_MAX,
        "an entry has 1 to 256 operations");
  }

  /**
   * The distinct record names, ascending: the order of records and multiproof in a capture call.
   */
  public List<TreeKey> touched() {
    TreeSet<Bytes> keys = new TreeSet<>();
    items.forEach(item -> keys.add(item.treeKey().value()));
    return keys.stream().map(TreeKey::new).toList();
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u16(items.size());
    items.forEach(item -> out.raw(item.treeKey().value()));
    items.forEach(item -> out.u8(item.admittingIndex()).string(item.operation()));
    return out.toBytes();
  }

  /**
   * Decodes {@link #encode}. An HSM that cannot decode an entry still appends its hash to the
   * chain, without outcomes.
   */
  public static Entry decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    int count = in.number(1, Limits.OPERATIONS_MAX, in.u16(), "operations");
    List<TreeKey> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      keys.add(new TreeKey(in.raw(Limits.DIGEST)));
    }
    List<Item> items = new ArrayList<>(count);
    for (TreeKey key : keys) {
      int index = in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index");
      items.add(new Item(key, index, in.string(Limits.OPERATION_MAX, "operation")));
    }
    in.end();
    return new Entry(items);
  }
}
