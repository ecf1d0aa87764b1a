package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.tree.PartialTree;
import java.util.List;
import java.util.Optional;

/**
 * The records a capture needs and their proof against {@code at.root()}.
 *
 * @param at the state they belong to: the next capture is {@code at.k() + 1}
 * @param records the ciphertexts in the order asked for; empty where absent
 * @param multiproof the paths to all of them; its root hash equals {@code at.root()}
 */
public record Proof(ChainValues at, List<Optional<Bytes>> records, PartialTree multiproof) {
  public Proof {
    records = List.copyOf(records);
  }
}
