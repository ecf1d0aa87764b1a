/**
 * What a node keeps on disk: encrypted records, the record tree, the chain's values, recent entries
 * and every entry's hash (docs/replication.md rule 2). Nothing here is secret and nothing here is
 * trusted: the HSM checks every record and proof against the root it holds itself, so the worst a
 * broken store does is stand still. May depend on {@code dev.coffer.node.store.tree} and {@code
 * dev.coffer.protocol}. Start at {@link dev.coffer.node.store.RecordStore}.
 */
package dev.coffer.node.store;
