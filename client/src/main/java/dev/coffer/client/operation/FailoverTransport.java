package dev.coffer.client.operation;

import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.util.Iterator;

/**
 * A way to a fleet that hosts of another one told, who may lie: where they lead can repeat the
 * fleet's description and carry no message. After a few that failed, the next way is taken that
 * leads to that fleet. Depends on what was carried alone, never on a code. Not thread-safe: one
 * call's.
 */
public final class FailoverTransport implements VaultTransport {
  private final FleetId fleet;
  private final Iterator<VaultTransport> others;
  private VaultTransport way;

  /**
   * @param others not asked for the next before it is needed
   */
  public FailoverTransport(FleetId fleet, VaultTransport way, Iterator<VaultTransport> others) {
    this.fleet = fleet;
    this.way = way;
    this.others = others;
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
    if (turn > 0 && turn % RetryPolicy.ROUTE_FAILURES == 0) {
      turnOff();
    }
    return way.post(message, admittingIndex, replies, turn);
  }

  private void turnOff() {
    while (others.hasNext()) {
      VaultTransport other = others.next();
      if (leads(other)) {
        way = other;
        return;
      }
    }
  }

  /** The id is a hash over all keys: nobody else's description has it. */
  private boolean leads(VaultTransport other) {
    for (int turn = 0; turn < RetryPolicy.ROUTE_CHECKS; turn++) {
      if (other.bundle(turn) instanceof Answered answered) {
        try {
          if (FleetDelivery.decode(answered.body()).fleet().id().equals(fleet)) {
            return true;
          }
        } catch (Rejected e) {
          // As good as none.
          continue;
        }
      }
    }
    return false;
  }

  @Override
  public Sent bundle(int turn) {
    return way.bundle(turn);
  }
}
