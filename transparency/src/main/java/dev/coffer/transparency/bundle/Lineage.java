package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a whole log of bundles amounts to, read from the first leaf on: who wants to sign the next
 * one, or to audit them all, keeps a lineage and lets each bundle extend it. Immutable.
 *
 * <p>A client, which sees only the newest leaf, cannot do this; it relies on the notary and on
 * everyone who watches the log.
 */
public final class Lineage {
  /** Before the first bundle. */
  public static final Lineage EMPTY = new Lineage(Optional.empty(), Bundle.NO_PREV, Map.of());

  /**
   * @param announced not-before of the bundle that listed the fleet first
   */
  private record Past(ListedFleet last, long announced) {}

  private final Optional<Bundle> newest;
  private final Bytes newestHash;
  private final Map<FleetId, Past> fleets;

  private Lineage(Optional<Bundle> newest, Bytes newestHash, Map<FleetId, Past> fleets) {
    this.newest = newest;
    this.newestHash = newestHash;
    this.fleets = Map.copyOf(fleets);
  }

  /** The newest bundle. */
  public Optional<Bundle> newest() {
    return newest;
  }

  /** The next epoch. */
  public long nextEpoch() {
    return newest.map(Bundle::epoch).orElse(0L) + 1;
  }

  /** What the next bundle names as {@code prev}. */
  public Bytes nextPrev() {
    return newestHash;
  }

  /** What {@code next} would change. */
  public KeyDelta delta(Bundle next) {
    return KeyDelta.between(newest, next);
  }

  /**
   * The lineage with {@code next} at its end.
   *
   * @param namespace whose bundles these are
   * @param announceSeconds how long a fleet is announced before it is active, by the policy that
   *     {@code next} names; with 0 fleets may start active
   * @param fleetNote the octets that are logged, of which {@code next} is the statement
   * @throws Refused {@link RefusalCode#OUT_OF_SEQUENCE} if it does not follow
   */
  public Lineage extend(KeyName namespace, long announceSeconds, Bundle next, Bytes fleetNote)
      throws Refused {
    require(next.namespace().equals(namespace), "another namespace");
    check(next, announceSeconds);
    Map<FleetId, Past> more = new HashMap<>(fleets);
    for (ListedFleet fleet : next.fleets()) {
      Past past = fleets.get(fleet.id());
      more.put(fleet.id(), new Past(fleet, past == null ? next.notBefore() : past.announced()));
    }
    return new Lineage(Optional.of(next), BundleNote.prevHash(fleetNote), more);
  }

  /**
   * Whether {@code next} follows, without its signatures: what a notary checks before it signs. It
   * also checks that not-before is about now, which needs a clock: announcements are counted from
   * there.
   *
   * @throws Refused {@link RefusalCode#OUT_OF_SEQUENCE} if it does not
   */
  public void check(Bundle next, long announceSeconds) throws Refused {
    require(next.epoch() == nextEpoch(), "epoch is one more than the one before");
    require(next.prev().equals(newestHash), "prev is the hash of the leaf before");
    if (newest.isPresent()) {
      Bundle before = newest.get();
      require(next.namespace().equals(before.namespace()), "namespace stays");
      require(next.notBefore() >= before.notBefore(), "not-before never goes back");
      require(next.minEpoch() >= before.minEpoch(), "min-epoch never goes back");
      require(next.policy() >= before.policy(), "policy never goes back");
      require(next.trustPolicy() >= before.trustPolicy(), "trust-policy never goes back");
      for (ListedFleet fleet : before.fleets()) {
        boolean kept = next.fleet(fleet.id()).isPresent();
        require(kept || fleet.state() == FleetState.REVOKED, "only revoked fleets are dropped");
      }
    }
    for (ListedFleet fleet : next.fleets()) {
      check(next, fleet, announceSeconds);
    }
  }

  private void check(Bundle next, ListedFleet fleet, long announceSeconds) throws Refused {
    Past past = fleets.get(fleet.id());
    long announced = past == null ? next.notBefore() : past.announced();
    // What was used already was announced long enough under the policy of its day.
    boolean used = past != null && isUsed(past.last());
    require(
        used || !isUsed(fleet) || next.notBefore() - announced >= announceSeconds,
        "a fleet is announced long enough before it is active");
    if (past != null) {
      require(fleet.state().mayFollow(past.last().state()), "states only move on");
      boolean frozen =
          fleet.state() == FleetState.REVOKED || fleet.members().equals(past.last().members());
      require(frozen, "a fleet's settings, HSMs and keys never change");
    }
  }

  private static boolean isUsed(ListedFleet fleet) {
    return fleet.state() == FleetState.ACTIVE || fleet.state() == FleetState.RETIRING;
  }

  private static void require(boolean holds, String what) throws Refused {
    if (!holds) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "bundle: " + what);
    }
  }
}
