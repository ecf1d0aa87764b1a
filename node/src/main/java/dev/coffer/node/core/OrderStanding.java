package dev.coffer.node.core;

import dev.coffer.node.order.OrderRules;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hashes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a node stands to the order, as it tells the others (PROTOCOL.md §15.2). Believed for
 * availability only.
 *
 * @param number the order's: 1 is the founding's, at most {@link OrderRules#NUMBER_MAX}
 * @param leader the node it takes for the leader of partition 0; 0 for none
 * @param agreed the state at which it founded that order, zeros if it did not
 * @param places where its store and HSM stand, by partition
 */
record OrderStanding(long number, Phase phase, int leader, Bytes agreed, List<Place> places) {
  /** Of a node that says nothing of its order, for it knows of one only. */
  static final OrderStanding FIRST =
      new OrderStanding(1, Phase.VOTES, 0, Bytes.zeros(Limits.DIGEST), List.of());

  private static final String AGREED = "coffer/v1/order-agreed";

  OrderStanding {
    places = List.copyOf(places);
  }

  /** What it does about the order; the ordinal travels. */
  enum Phase {
    /** It takes part, or is about to. */
    VOTES,
    /** It is to found this order with others. */
    REBUILDS,
    /** It has forgotten what it promised and waits for a leader to let it in. */
    FORGOTTEN
  }

  /**
   * Where a partition stands at a node.
   *
   * @param k of its store's newest entry
   * @param head of that entry
   * @param hsm the k of its HSM's newest entry
   * @param hsmHead of that one
   */
  record Place(long k, Bytes head, long hsm, Bytes hsmHead) {}

  /**
   * The highest number of an order in which a majority of the fleet's n nodes say that they vote; 1
   * if there is none. Where they do, no older order can have a leader.
   *
   * @param told what the others say; a few lying ones move nobody (decision 0021)
   */
  static long newest(Collection<OrderStanding> told, int n) {
    Map<Long, Integer> votes = new HashMap<>();
    told.stream()
        .filter(one -> one.phase() == Phase.VOTES)
        .forEach(one -> votes.merge(one.number(), 1, Integer::sum));
    return votes.entrySet().stream()
        .filter(order -> order.getValue() >= OrderRules.majority(n))
        .mapToLong(Map.Entry::getKey)
        .max()
        .orElse(1);
  }

  /** What all founders of an order have to have in common. */
  Bytes state() {
    CanonicalWriter out = new CanonicalWriter().field(AGREED).u64(number);
    places.forEach(place -> out.u64(place.k()).raw(place.head()));
    return Hashes.sha256(out.toBytes());
  }

  Bytes encode() {
    CanonicalWriter out =
        new CanonicalWriter().u64(number).u8(phase.ordinal()).u8(leader).raw(agreed);
    out.u16(places.size());
    places.forEach(
        place -> out.u64(place.k()).raw(place.head()).u64(place.hsm()).raw(place.hsmHead()));
    return out.toBytes();
  }

  static OrderStanding decode(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    long number = in.u64();
    if (number < 1 || number > OrderRules.NUMBER_MAX) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "order");
    }
    Phase phase = Phase.values()[in.number(0, Phase.values().length - 1, in.u8(), "phase")];
    int leader = in.number(0, Limits.HSMS_MAX, in.u8(), "leader");
    Bytes agreed = in.raw(Limits.DIGEST);
    List<Place> places = new ArrayList<>();
    for (int left = in.number(0, Limits.PARTITIONS_MAX, in.u16(), "places"); left > 0; left--) {
      places.add(new Place(in.u64(), in.raw(Limits.DIGEST), in.u64(), in.raw(Limits.DIGEST)));
    }
    in.end();
    return new OrderStanding(number, phase, leader, agreed, places);
  }
}
