package dev.coffer.client.operation;

import dev.coffer.client.Cause;
import dev.coffer.client.Slot;
import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OperationAborted;
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
public final class FleetSelection {
  private final ClientContext context;
  private final Slot slot;
  private final BundleFetcher fetcher;
  private final BundleFetcher.CheckedFleet checked;
  private final VaultTransport root;

  private FleetSelection(
      ClientContext context,
      Slot slot,
      BundleFetcher fetcher,
      BundleFetcher.CheckedFleet here,
      VaultTransport root) {
    this.context = context;
    this.slot = slot;
    this.fetcher = fetcher;
    this.checked = here;
    this.root = root;
  }

  /**
   * Begins a call, and with it the time that it may take. Asks the nodes that the app knows; if
   * none of them gives a bundle that holds, those of other fleets that this device has found
   * before: the hosts of an old fleet need not answer for ever.
   */
  public static FleetSelection begin(ClientContext client, Slot slot, Purpose purpose)
      throws OperationAborted {
    ClientContext context = client.call();
    try {
      return begin(context, slot, purpose, context.transport(), Optional.empty());
    } catch (OperationAborted nobody) {
      for (Memory.Way known : context.memory().ways()) {
        Optional<VaultTransport> way = context.transport().at(known.address());
        if (way.isPresent()) {
          try {
            return begin(context, slot, purpose, way.get(), Optional.of(known.fleet()));
          } catch (OperationAborted neither) {
            continue;
          }
        }
      }
      throw nobody;
    }
  }

  private static FleetSelection begin(
      ClientContext context,
      Slot slot,
      Purpose purpose,
      VaultTransport root,
      Optional<FleetId> wanted)
      throws OperationAborted {
    BundleFetcher fetcher = new BundleFetcher(context.trust(), root, context.memory());
    BundleFetcher.CheckedFleet here =
        fetcher.arrive(purpose, wanted, fleet -> context.partition(slot, fleet));
    return new FleetSelection(context, slot, fetcher, here, root);
  }

  /** What to say where no fleet may be used. */
  public Distrust closed() {
    return checked.reason().orElse(Distrust.CLOSED);
  }

  /** The fleet that answered first, if it may be used for the purpose. */
  public Optional<FleetId> here() {
    return checked.trusted().map(TrustedFleet::fleet).map(fleet -> fleet.id());
  }

  /** Fleets that register and recover, the one that answered first; a pinned fleet alone. */
  public List<FleetId> active() {
    if (checked.listing().isEmpty()) {
      return here().stream().toList();
    }
    return hereFirst(checked.listing().get().active());
  }

  /** Fleets that only recover. */
  public List<FleetId> retiring() {
    return hereFirst(checked.listing().map(Listing::retiring).orElse(List.of()));
  }

  /** Whether witnesses have not seen the listing lately. */
  public boolean stale() {
    return checked.listing().filter(Listing::stale).isPresent();
  }

  private List<FleetId> hereFirst(List<FleetId> fleets) {
    List<FleetId> sorted = new ArrayList<>(fleets);
    here().filter(sorted::remove).ifPresent(id -> sorted.add(0, id));
    return sorted;
  }

  /** All that recover, those first to which users move. */
  public List<FleetId> all() {
    List<FleetId> all = new ArrayList<>(active());
    all.addAll(retiring());
    return all;
  }

  /** A session with one of them, which has passed the verification for {@code purpose}. */
  public Session to(FleetId fleet, Purpose purpose) throws OperationAborted {
    if (here().equals(Optional.of(fleet))) {
      return context.session(slot, checked.trusted().orElseThrow(), fetcher, way(fleet, root));
    }
    Iterator<VaultTransport> ways =
        new FleetRoutes(context, root, checked.delivery().fleet().id(), fleet);
    OperationAborted last = checked.nowhere(Cause.UNREACHABLE);
    while (ways.hasNext()) {
      VaultTransport found = ways.next();
      try {
        return session(fleet, purpose, found, ways);
      } catch (OperationAborted aborted) {
        // Evidence of a lie outlasts later silence.
        last = last.distrust().isPresent() && aborted.distrust().isEmpty() ? last : aborted;
      }
    }
    throw last;
  }

  private Session session(
      FleetId fleet, Purpose purpose, VaultTransport found, Iterator<VaultTransport> others)
      throws OperationAborted {
    VaultTransport way = new FailoverTransport(fleet, way(fleet, found), map(others, fleet));
    BundleFetcher there =
        new BundleFetcher(context.trust(), way, context.memory(), Optional.of(checked.delivery()));
    BundleFetcher.CheckedFleet reached =
        there.arrive(purpose, Optional.of(fleet), one -> context.partition(slot, one));
    TrustedFleet trusted = reached.trusted().orElseThrow(() -> reached.nowhere(Cause.MOVED));
    Optional<String> address = found.address();
    if (address.isPresent()) {
      context.memory().remember(new Memory.Way(fleet, address.get()));
    }
    return context.session(slot, trusted, there, way);
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
