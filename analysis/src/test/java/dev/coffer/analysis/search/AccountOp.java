package dev.coffer.analysis.search;

import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.request.Request;
import java.util.Map;
import java.util.Optional;

/**
 * An operation that hosts have got hold of, and may insert as often as they like.
 *
 * @param label what it is
 * @param genuine whether its proof is the rightful user's own
 * @param attempt of a success, the attempt it is for
 * @param sequence of a success, the attempts counted where its client saw that one certified
 */
record AccountOp(
    int id,
    String label,
    Request request,
    Entry.Item item,
    boolean genuine,
    Optional<AccountOp> attempt,
    Map<Integer, String> sequence) {
  boolean isAttempt() {
    return request instanceof Request.Attempt;
  }

  @Override
  public String toString() {
    return label;
  }
}
