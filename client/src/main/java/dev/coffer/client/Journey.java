package dev.coffer.client;

import dev.coffer.client.exchange.Gate;
import dev.coffer.client.exchange.Halt;
import dev.coffer.client.exchange.Halt.Repeat;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.Listing;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.verify.Purpose;
import java.util.ArrayList;
import java.util.Iterator;
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
  private final VaultTransport root;

  private Journey(Means means, Slot slot, Gate gate, Gate.Arrival here, VaultTransport root) {
    this.means = means;
    this.slot = slot;
    this.gate = gate;
    this.arrival = here;
    this.root = root;
  }

  /**
   * Asks the nodes that the app knows; if none of them gives a bundle that holds, those of other
   * fleets that this device has found before: the hosts of an old fleet need not answer for ever.
   */
  static Journey begin(Means means, Slot slot, Purpose purpose) throws Halt {
    try {
      return begin(means, slot, purpose, means.transport(), Optional.empty());
    } catch (Halt nobody) {
      for (Memory.Way known : means.memory().ways()) {
        Optional<VaultTransport> way = means.transport().at(known.address());
        if (way.isPresent()) {
          try {
            return begin(means, slot, purpose, way.get(), Optional.of(known.fleet()));
          } catch (Halt neither) {
            continue;
          }
        }
      }
      throw nobody;
    }
  }

  private static Journey begin(
      Means means, Slot slot, Purpose purpose, VaultTransport root, Optional<FleetId> wanted)
      throws Halt {
    Gate gate = new Gate(means.trust(), root, means.memory());
    Gate.Arrival here = gate.arrive(purpose, wanted, fleet -> means.partition(slot, fleet));
    return new Journey(means, slot, gate, here, root);
  }

  /** What to say where no fleet may be used. */
  Distrust closed() {
    return arrival.reason().orElse(Distrust.CLOSED);
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
      return means.session(slot, arrival.trusted().orElseThrow(), gate, way(fleet, root));
    }
    Iterator<VaultTransport> ways = new Ways(means, root, arrival.delivery().fleet().id(), fleet);
    Halt last = arrival.nowhere(Repeat.UNREACHABLE);
    while (ways.hasNext()) {
      VaultTransport found = ways.next();
      try {
        return session(fleet, purpose, found, ways);
      } catch (Halt halt) {
        // Evidence of a lie outlasts later silence.
        last = last.distrust().isPresent() && halt.distrust().isEmpty() ? last : halt;
      }
    }
    throw last;
  }

  private Session session(
      FleetId fleet, Purpose purpose, VaultTransport found, Iterator<VaultTransport> others)
      throws Halt {
    VaultTransport way = new Detour(fleet, way(fleet, found), map(others, fleet));
    Gate there = new Gate(means.trust(), way, means.memory(), Optional.of(arrival.delivery()));
    Gate.Arrival reached =
        there.arrive(purpose, Optional.of(fleet), one -> means.partition(slot, one));
    TrustedFleet trusted = reached.trusted().orElseThrow(() -> reached.nowhere(Repeat.MOVED));
    Optional<String> address = found.address();
    if (address.isPresent()) {
      means.memory().remember(new Memory.Way(fleet, address.get()));
    }
    return means.session(slot, trusted, there, way);
  }

  private Iterator<VaultTransport> map(Iterator<VaultTransport> ways, FleetId fleet) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return ways.hasNext();
      }

      @Override
      public VaultTransport next() {
        return way(fleet, ways.next());
      }
    };
  }

  /** A retiring fleet is asked after the active ones, and says so to its nodes. */
  private VaultTransport way(FleetId fleet, VaultTransport way) {
    return retiring().contains(fleet) ? way.insisting() : way;
  }
}
