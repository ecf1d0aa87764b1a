package dev.coffer.client.operation;

import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.fleet.FleetId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * The ways to a fleet, each of them once: where it was found before, then what one node after
 * another tells, then where the app's own addresses lead. Nodes are asked only when their word is
 * needed. All of it hints: who is met there has to be that fleet. Not thread-safe.
 */
public final class FleetRoutes implements Iterator<VaultTransport> {
  private final VaultTransport root;
  private final VaultTransport own;
  private final FleetId fleet;
  private final Deque<VaultTransport> known = new ArrayDeque<>();
  private final Set<Object> given = new HashSet<>();
  private Optional<VaultTransport> next = Optional.empty();
  private int turn;

  /**
   * @param root the way that this call began with
   * @param met the fleet that was met there
   */
  public FleetRoutes(ClientContext context, VaultTransport root, FleetId met, FleetId fleet)
      throws OperationAborted {
    this.root = root;
    this.own = context.transport();
    this.fleet = fleet;
    if (met.equals(fleet)) {
      // It may be there for another purpose than the one that this call began with.
      known.add(root);
    } else {
      given.add(name(root));
    }
    for (Memory.Way way : context.memory().ways()) {
      if (way.fleet().equals(fleet)) {
        own.at(way.address()).ifPresent(known::add);
      }
    }
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty() && (!known.isEmpty() || turn <= RetryPolicy.NODES_ASKED)) {
      next = candidate().filter(way -> given.add(name(way)));
    }
    return next.isPresent();
  }

  private Optional<VaultTransport> candidate() {
    if (!known.isEmpty()) {
      return Optional.of(known.remove());
    }
    if (turn++ < RetryPolicy.NODES_ASKED) {
      return root.toward(fleet, turn - 1);
    }
    // They may still be that fleet's, where it was not they who answered.
    return Optional.of(own);
  }

  private static Object name(VaultTransport way) {
    Optional<String> address = way.address();
    return address.isPresent() ? address.get() : way;
  }

  @Override
  public VaultTransport next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    VaultTransport way = next.orElseThrow();
    next = Optional.empty();
    return way;
  }
}
