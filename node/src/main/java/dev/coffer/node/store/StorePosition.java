package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;

/**
 * A state of a partition's store.
 *
 * @param values of the newest entry in it; {@link ChainValues#founding} before the first
 * @param order the ordering engine's position that goes with it
 */
public record StorePosition(ChainValues values, OrderPosition order) {}
