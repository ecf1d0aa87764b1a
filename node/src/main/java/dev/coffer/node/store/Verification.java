package dev.coffer.node.store;

import dev.coffer.protocol.chain.ChainValues;

/**
 * What a look at every octet found.
 *
 * @param at the state that was looked at
 * @param pages sound pages
 * @param records sound records
 * @param damaged pages and records that do not hash to what stands above them; what lies below a
 *     damaged page is counted neither as sound nor as damaged
 * @param chained whether the hashes of all entries lead to the head
 */
public record Verification(
    ChainValues at, long pages, long records, long damaged, boolean chained) {
  /** Whether everything is as it was written. */
  public boolean sound() {
    return damaged == 0 && chained;
  }
}
