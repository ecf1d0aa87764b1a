package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * A recent entry as it was applied: enough to ask the HSM for the same capture again and to build
 * the paths of its outcomes.
 */
public record StoredEntry(
    ChainValues values,
    Bytes entry,
    List<Bytes> leaves,
    Optional<Statement> statement,
    OrderPosition order) {
  StoredEntry with(Statement later) {
    return new StoredEntry(values, entry, leaves, Optional.of(later), order);
  }
}
