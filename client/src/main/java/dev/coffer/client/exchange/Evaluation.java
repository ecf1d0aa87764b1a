package dev.coffer.client.exchange;

import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.threshold.Sharing;
import java.util.List;

/**
 * What the partial results of one evaluation amount to: step (5) of 2-protocol §5, in the group and
 * before any key stretching.
 */
public sealed interface Evaluation {
  /** At least t+1 HSMs agree: one liar is excluded. */
  record Confirmed(RistrettoElement element, List<Integer> liars) implements Evaluation {}

  /** Exactly t answered: right if nobody lied, which only the code's own key can show. */
  record Tentative(RistrettoElement element) implements Evaluation {}

  /** More than t answered, and no t+1 of them agree on one result. */
  record Contradictory() implements Evaluation {}

  /** Fewer than t answered. */
  record TooFew() implements Evaluation {}

  /** Combines the partial results of one verified answer. */
  static Evaluation of(int n, Verified verified) {
    Sharing sharing = Sharing.among(n);
    if (verified.partials().size() < sharing.t()) {
      return new TooFew();
    }
    Sharing.Agreement<RistrettoElement> agreement =
        sharing.agree(Ristretto255.GROUP, verified.partials());
    if (agreement instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed) {
      return new Confirmed(confirmed.result(), confirmed.liars());
    }
    if (agreement instanceof Sharing.Agreement.Unconfirmed<RistrettoElement> unconfirmed) {
      return new Tentative(unconfirmed.result());
    }
    return new Contradictory();
  }
}
