package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How the store writes what no hash of the tree covers: length ‖ CRC-32C ‖ content. A slot of zeros
 * was never written. Damage is {@link StoreFault.Corrupt}.
 */
final class StoreCodec {
  private static final int SUM_OCTETS = 4 + 8;

  /** A recent entry with its values, leaves and order. */
  static final int ENTRY_OCTETS_MAX =
      SUM_OCTETS + 138 + 16 + 4 + Limits.ENTRY_MAX + 2 + Limits.OPERATIONS_MAX * Limits.DIGEST;

  static final int STATEMENT_OCTETS_MAX = 256;

  /** What a slot begins with that holds nothing. */
  static final Bytes NEVER_WRITTEN = Bytes.zeros(SUM_OCTETS);

  private StoreCodec() {}

  static Bytes summed(Bytes content) {
    return new CanonicalWriter().field(content).u64(sum(content)).toBytes();
  }

  private static long sum(Bytes content) {
    CRC32C crc = new CRC32C();
    crc.update(content.toByteArray());
    return crc.getValue();
  }

  /** What {@link #summed} took, whatever follows in the slot; empty for a slot never written. */
  static Optional<Bytes> unsummed(Bytes slot, String what) {
    if (slot.size() < SUM_OCTETS) {
      return Optional.empty();
    }
    try {
      CanonicalReader in = new CanonicalReader(slot);
      Bytes content = in.field(slot.size(), what);
      long sum = in.u64();
      if (content.size() == 0 && sum == 0) {
        return Optional.empty();
      }
      if (sum != sum(content)) {
        throw new StoreFault.Corrupt(what);
      }
      return Optional.of(content);
    } catch (Rejected e) {
      throw new StoreFault.Corrupt(what, e);
    }
  }

  /** The part of an entry that is not its statement. */
  static Bytes encode(EntryResult result) {
    CanonicalWriter out = new CanonicalWriter();
    result.values().write(out);
    write(result.order(), out);
    out.field(result.entry()).u16(result.leaves().size());
    result.leaves().forEach(out::raw);
    return summed(out.toBytes());
  }

  /** The entry in {@code slot}, if it is entry {@code k}: the ring holds others too. */
  static Optional<StoredEntry> entry(Bytes slot, long k, Optional<Statement> statement) {
    Optional<Bytes> content = unsummed(slot, "recent entry");
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try {
      CanonicalReader in = new CanonicalReader(content.get());
      ChainValues values = ChainValues.read(in);
      OrderPosition order = order(in);
      Bytes entry = in.field(Limits.ENTRY_MAX, "entry");
      int count = in.number(0, Limits.OPERATIONS_MAX, in.u16(), "leaves");
      List<Bytes> leaves = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        leaves.add(in.raw(Limits.DIGEST));
      }
      in.end();
      return values.k() == k
          ? Optional.of(new StoredEntry(values, entry, leaves, statement, order))
          : Optional.empty();
    } catch (Rejected e) {
      throw new StoreFault.Corrupt("recent entry", e);
    }
  }

  static Bytes encode(Statement statement) {
    CanonicalWriter out = new CanonicalWriter();
    statement.write(out);
    return summed(out.toBytes());
  }

  /** The statement in {@code slot}, if it is on entry {@code k}. */
  static Optional<Statement> statement(Bytes slot, long k) {
    Optional<Bytes> content = unsummed(slot, "statement");
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try {
      CanonicalReader in = new CanonicalReader(content.get());
      Statement statement = Statement.read(in);
      in.end();
      return statement.values().k() == k ? Optional.of(statement) : Optional.empty();
    } catch (Rejected e) {
      throw new StoreFault.Corrupt("statement", e);
    }
  }

  static void write(OrderPosition order, CanonicalWriter out) {
    out.u64(order.term()).u64(order.index() + 1);
  }

  static OrderPosition order(CanonicalReader in) throws Rejected {
    long term = in.u64();
    return new OrderPosition(term, in.u64() - 1);
  }
}
