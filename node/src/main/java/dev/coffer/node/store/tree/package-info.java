/**
 * The record tree over pages of four levels: proofs and updates of a batch, the one walk over
 * everything that stands, and filling a tree from what a peer sends. Reads and writes through
 * ports. May depend on {@code dev.coffer.protocol} only. Start at {@link
 * dev.coffer.node.store.tree.RecordTree}.
 */
package dev.coffer.node.store.tree;
