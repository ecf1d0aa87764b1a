package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
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

/**
 * How the store writes what is not a record, a page or a hash. Bad input is {@link StoreCorrupt}.
 */
final class StoreCodec {
  private StoreCodec() {}

  static Bytes encode(StorePosition position) {
    CanonicalWriter out = new CanonicalWriter();
    position.values().write(out);
    write(position.order(), out);
    return out.toBytes();
  }

  static StorePosition position(Bytes encoded) {
    try {
      CanonicalReader in = new CanonicalReader(encoded);
      StorePosition position = new StorePosition(ChainValues.read(in), order(in));
      in.end();
      return position;
    } catch (Rejected e) {
      throw new StoreCorrupt("position", e);
    }
  }

  /** The part of an entry that is not its statement. */
  static Bytes encode(EntryResult result) {
    CanonicalWriter out = new CanonicalWriter();
    result.values().write(out);
    write(result.order(), out);
    out.field(result.entry()).u16(result.leaves().size());
    result.leaves().forEach(out::raw);
    return out.toBytes();
  }

  static StoredEntry entry(Bytes encoded, Optional<Bytes> statement) {
    try {
      CanonicalReader in = new CanonicalReader(encoded);
      ChainValues values = ChainValues.read(in);
      OrderPosition order = order(in);
      Bytes entry = in.field(Limits.ENTRY_MAX, "entry");
      int count = in.number(0, Limits.OPERATIONS_MAX, in.u16(), "leaves");
      List<Bytes> leaves = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        leaves.add(in.raw(Limits.DIGEST));
      }
      in.end();
      Optional<Statement> stated = Optional.empty();
      if (statement.isPresent()) {
        CanonicalReader inner = new CanonicalReader(statement.get());
        stated = Optional.of(Statement.read(inner));
        inner.end();
      }
      return new StoredEntry(values, entry, leaves, stated, order);
    } catch (Rejected e) {
      throw new StoreCorrupt("recent entry", e);
    }
  }

  static Bytes encode(Statement statement) {
    CanonicalWriter out = new CanonicalWriter();
    statement.write(out);
    return out.toBytes();
  }

  static Certificate certificate(Bytes encoded) {
    try {
      return Certificate.decode(encoded);
    } catch (Rejected e) {
      throw new StoreCorrupt("certificate", e);
    }
  }

  private static void write(OrderPosition order, CanonicalWriter out) {
    out.u64(order.term()).u64(order.index() + 1);
  }

  private static OrderPosition order(CanonicalReader in) throws Rejected {
    long term = in.u64();
    return new OrderPosition(term, in.u64() - 1);
  }
}
