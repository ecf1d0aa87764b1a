package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * An ordered map of octet strings on disk. Four calls, so that a fake with faults can stand in for
 * it and any embedded store can stand behind it.
 *
 * <p>{@link #get} and {@link #scan} may run at any time from any thread; {@link #commit} from one
 * thread at a time. All throw {@link StoreFault}.
 */
interface Engine extends AutoCloseable {
  /** A new value for a key, or its end. */
  record Write(Bytes key, Optional<Bytes> value) {
    static Write put(Bytes key, Bytes value) {
      return new Write(key, Optional.of(value));
    }

    static Write delete(Bytes key) {
      return new Write(key, Optional.empty());
    }

    int octets() {
      return key.size() + value.map(Bytes::size).orElse(0);
    }
  }

  /** Sees one pair of a scan. */
  interface Visitor {
    void visit(Bytes key, Bytes value);
  }

  /** The newest committed value. */
  Optional<Bytes> get(Bytes key);

  /** All of these or none, even if the power fails in between; durable when it returns. */
  void commit(List<Write> writes);

  /** Every pair whose key begins with {@code prefix}, keys ascending. */
  void scan(Bytes prefix, Visitor visitor);

  /** Lets the files go. */
  @Override
  void close();
}
