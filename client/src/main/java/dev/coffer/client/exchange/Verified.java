package dev.coffer.client.exchange;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.threshold.Sharing;
import java.util.List;

/**
 * A certified outcome of one's own request with what the HSMs sealed to it. Every field has passed
 * steps (1) to (4) of PROTOCOL.md §6.3; the partial results may still be lies.
 *
 * @param payload as the outcome's hash commits to it
 * @param partials of this one evaluation, one an HSM
 * @param suspects HSMs that sealed something else than was certified
 */
public record Verified(
    ChainValues values,
    Outcome outcome,
    Bytes payload,
    List<Sharing.Partial<RistrettoElement>> partials,
    List<Integer> suspects) {
  public Verified {
    partials = List.copyOf(partials);
    suspects = List.copyOf(suspects);
  }

  @Override
  public String toString() {
    return "Verified[redacted]";
  }
}
