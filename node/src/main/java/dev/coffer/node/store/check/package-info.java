/**
 * What can be known of a stopped node's store from its own octets: reads what the next start will
 * find with the store's own reader, and writes nothing. May depend on {@code
 * dev.coffer.node.store}, {@code dev.coffer.node.check} and {@code dev.coffer.protocol}. Start at
 * {@link dev.coffer.node.store.check.StoreCheck}.
 */
package dev.coffer.node.store.check;
