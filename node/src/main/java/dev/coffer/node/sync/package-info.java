/**
 * Catching up by Merkle anti-entropy (docs/replication.md rule 5): a stale, empty or damaged store
 * fetches what differs from a peer's certified state until its own root is the certified one. Peers
 * are not trusted: every page and record is checked from the certified root down, every entry hash
 * by the certified head, and everything has a limit. May depend on {@code dev.coffer.node.store}
 * and {@code dev.coffer.protocol}. Start at {@link dev.coffer.node.sync.Synchroniser}.
 */
package dev.coffer.node.sync;
