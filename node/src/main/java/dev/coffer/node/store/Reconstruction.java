package dev.coffer.node.store;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;

/**
 * Brings a partition's store to a certified state, whatever it holds now: an old state, nothing, a
 * state with holes. From {@link #aim} to {@link #finish} the store proves and applies nothing, also
 * across crashes; what has been filled stays. One at a time a partition; not thread-safe.
 *
 * <p>Guarantee: after {@link #finish} every page and every record hashes to the certified root, and
 * the hashes of all entries lead to the certified head, however the source behaved.
 */
public interface Reconstruction {
  /**
   * Where the entry hashes stand: at the store's newest entry at first, then at the newest one
   * given to {@link #entryHashes}. Its root means nothing.
   */
  ChainValues hashesReach();

  /**
   * Looks at every page and record once and remembers which to fetch again. Needed only when the
   * disk is suspected; takes a minute for 10⁷ records.
   *
   * @return how many pages and records are damaged
   */
  long markDamage();

  /**
   * Sets the state to reach. May be called again with a newer one.
   *
   * @param target verified by the caller; its k is not below the store's
   */
  void aim(Certificate target);

  /**
   * Fetches what differs. Returns when the whole tree hashes to the target's root.
   *
   * @throws TreeSourceFailure if the source fails or lies; call it again with another source, or
   *     aim anew
   */
  void fill(TreeSource source) throws TreeSourceFailure;

  /**
   * Takes the hashes of the entries after {@link #hashesReach}, oldest first, 32 octets each, up to
   * the target's k. If all are there and do not lead to the target's head, throws them all away.
   *
   * @throws TreeSourceFailure LIED if so
   */
  void entryHashes(List<Bytes> next) throws TreeSourceFailure;

  /**
   * Ends it, durably: the store stands at the target.
   *
   * @param order the position that the ordering engine goes on from. No certificate covers it: a
   *     peer that lies about it makes this node miss entries, which its HSM then notices
   */
  void finish(OrderPosition order);
}
