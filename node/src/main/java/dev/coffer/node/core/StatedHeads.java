package dev.coffer.node.core;

import dev.coffer.node.core.OrderStanding.Place;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the stores and HSMs of a new order's founders stand on one chain, as far as their heads
 * say so (decision 0021). A founder that states another head is named, not outvoted: an HSM of
 * either side could not go on with the other's entry.
 */
final class StatedHeads {
  private StatedHeads() {}

  /** What stands after {@code entry}; only k and head are computed. */
  static ChainValues after(ChainValues at, Bytes entry) {
    Bytes head = at.nextHead(ChainValues.entryHash(entry));
    return new ChainValues(
        at.fleetId(), at.partition(), at.k() + 1, head, at.root(), at.outcomesRoot());
  }

  /** In one sentence, which two state different heads at one entry; empty if none do. */
  static Optional<String> difference(Map<Integer, OrderStanding> all) {
    for (Map.Entry<Integer, OrderStanding> one : all.entrySet()) {
      for (int partition = 0; partition < one.getValue().places().size(); partition++) {
        Place place = one.getValue().places().get(partition);
        int number = partition;
        String whose = "of node " + one.getKey() + " has";
        Optional<String> found =
            against(all, number, place.k(), place.head(), "the store " + whose)
                .or(() -> against(all, number, place.hsm(), place.hsmHead(), "the HSM " + whose));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The same for one head.
   *
   * @param whose who has it, and a verb
   */
  static Optional<String> against(
      Map<Integer, OrderStanding> all, int partition, long k, Bytes head, String whose) {
    for (Map.Entry<Integer, OrderStanding> one : all.entrySet()) {
      Place place = one.getValue().places().get(partition);
      boolean store = place.k() == k && !place.head().equals(head);
      boolean hsm = place.hsm() == k && !place.hsmHead().equals(head);
      if (store || hsm) {
        return Optional.of(
            "The founders do not stand on one chain: "
                + whose
                + " another entry "
                + k
                + " of partition "
                + partition
                + " than the "
                + (store ? "store" : "HSM")
                + " of node "
                + one.getKey()
                + ". Keep both for inspection, and run coffer node rebuild-order again with a"
                + " higher number and without the node that differs from the others.");
      }
    }
    return Optional.empty();
  }
}
