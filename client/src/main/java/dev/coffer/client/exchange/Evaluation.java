package dev.coffer.client.exchange;

import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.threshold.Sharing;
import java.util.List;

/**
 * What the partial results of one evaluation amount to: step (5) of PROTOCOL.md §6.3, in the group
 * and before any key stretching.
 */
public sealed interface Evaluation {
  /** The results that a code may be tried on, the likelier ones first. */
  List<Candidate> candidates();

  /**
   * A possible result.
   *
   * @param liars the HSMs that lied if this is the right one
   */
  record Candidate(RistrettoElement element, List<Integer> liars) {}

  /** At least t+1 HSMs agree: one liar is excluded. */
  record Confirmed(Candidate result) implements Evaluation {
    @Override
    public List<Candidate> candidates() {
      return List.of(result);
    }
  }

  /** Exactly t answered: right if nobody lied, which only the code's own key can show. */
  record Tentative(Candidate result) implements Evaluation {
    @Override
    public List<Candidate> candidates() {
      return List.of(result);
    }
  }

  /**
   * More than t answered, and no t+1 of them agree on one result. With t honest ones among them one
   * candidate is right, which again only the code's own key can show.
   */
  record Contradictory(List<Candidate> candidates) implements Evaluation {}

  /** Fewer than t answered. */
  record TooFew() implements Evaluation {
    @Override
    public List<Candidate> candidates() {
      return List.of();
    }
  }

  /** Combines the partial results of one verified answer. */
  static Evaluation of(int n, Verified verified) {
    Sharing sharing = Sharing.among(n);
    if (verified.partials().size() < sharing.t()) {
      return new TooFew();
    }
    Sharing.Agreement<RistrettoElement> agreement =
        sharing.agree(Ristretto255.GROUP, verified.partials());
    if (agreement instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed) {
      return new Confirmed(new Candidate(confirmed.result(), confirmed.liars()));
    }
    if (agreement instanceof Sharing.Agreement.Unconfirmed<RistrettoElement> unconfirmed) {
      return new Tentative(new Candidate(unconfirmed.result(), List.of()));
    }
    return new Contradictory(
        sharing.candidates(Ristretto255.GROUP, verified.partials()).stream()
            .map(candidate -> candidate(candidate, verified))
            .toList());
  }

  private static Candidate candidate(
      Sharing.Candidate<RistrettoElement> candidate, Verified verified) {
    List<Integer> liars =
        verified.partials().stream()
            .map(Sharing.Partial::index)
            .filter(index -> !candidate.agreeing().contains(index))
            .toList();
    return new Candidate(candidate.result(), liars);
  }
}
