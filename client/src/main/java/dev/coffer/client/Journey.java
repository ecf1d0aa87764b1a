package dev.coffer.client;

import dev.coffer.client.exchange.Gate;
import dev.coffer.client.exchange.Halt;
import dev.coffer.client.exchange.Halt.Repeat;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.Listing;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.verify.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One call's way through the fleets of a vault: who answered first, what the verified bundle says
 * of the others, and sessions with any of them. Not thread-safe.
 */
final class Journey {
  private final Means means;
  private final Slot slot;
  private final Gate gate;
  private final Gate.Arrival arrival;

  private Journey(Means means, Slot slot, Gate gate, Gate.Arrival here) {
    this.means = means;
    this.slot = slot;
    this.gate = gate;
    this.arrival = here;
  }

  /** Asks the nodes that the app knows. */
  static Journey begin(Means means, Slot slot, Purpose purpose) throws Halt {
    Gate gate = new Gate(means.trust(), means.transport(), means.memory());
    Gate.Arrival here =
        gate.arrive(purpose, Optional.empty(), fleet -> means.partition(slot, fleet));
    return new Journey(means, slot, gate, here);
  }

  /** The fleet that answered first, if it may be used for the purpose. */
  Optional<FleetId> here() {
    return arrival.trusted().map(TrustedFleet::fleet).map(fleet -> fleet.id());
  }

  /** Fleets that register and recover, the one that answered first; a pinned fleet alone. */
  List<FleetId> active() {
    if (arrival.listing().isEmpty()) {
      return here().stream().toList();
    }
    return hereFirst(arrival.listing().get().active());
  }

  /** Fleets that only recover. */
  List<FleetId> retiring() {
    return hereFirst(arrival.listing().map(Listing::retiring).orElse(List.of()));
  }

  private List<FleetId> hereFirst(List<FleetId> fleets) {
    List<FleetId> sorted = new ArrayList<>(fleets);
    here().filter(sorted::remove).ifPresent(id -> sorted.add(0, id));
    return sorted;
  }

  /** All that recover, those first to which users move. */
  List<FleetId> all() {
    List<FleetId> all = new ArrayList<>(active());
    all.addAll(retiring());
    return all;
  }

  /** A session with one of them, which has passed the verification for {@code purpose}. */
  Session to(FleetId fleet, Purpose purpose) throws Halt {
    if (here().equals(Optional.of(fleet))) {
      return means.session(
          slot, arrival.trusted().orElseThrow(), gate, way(fleet, means.transport()));
    }
    VaultTransport way = way(fleet, toward(fleet));
    Gate there = new Gate(means.trust(), way, means.memory(), Optional.of(arrival.delivery()));
    TrustedFleet trusted =
        there
            .arrive(purpose, Optional.of(fleet), found -> means.partition(slot, found))
            .trusted()
            .orElseThrow(() -> Halt.repeat(Repeat.MOVED, Duration.ofSeconds(1)));
    return means.session(slot, trusted, there, way);
  }

  /** The fleet that answered may be there for another purpose than the one of this journey. */
  private VaultTransport toward(FleetId fleet) throws Halt {
    if (arrival.delivery().fleet().id().equals(fleet)) {
      return means.transport();
    }
    return means
        .transport()
        .toward(fleet)
        .orElseThrow(() -> Halt.repeat(Repeat.UNREACHABLE, Duration.ofSeconds(1)));
  }

  /** A retiring fleet is asked after the active ones, and says so to its nodes. */
  private VaultTransport way(FleetId fleet, VaultTransport way) {
    return retiring().contains(fleet) ? way.insisting() : way;
  }
}
