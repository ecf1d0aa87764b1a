package dev.coffer.client;

import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.FleetId;
import java.util.List;

/**
 * One of the unlocks of a K. Each has its own code, its own guess limit, and is revoked alone.
 *
 * @param name one of {@link Subject#SLOTS}
 */
public record Slot(String name) {
  /** The recovery code that the user remembers. */
  public static final Slot CODE = new Slot("code");

  /** Every slot there is, the code's first. */
  public static final List<Slot> ALL = Subject.SLOTS.stream().map(Slot::new).toList();

  public Slot {
    Invariant.check(Subject.SLOTS.contains(name), "a slot is code or passkey-1 to passkey-8");
  }

  /**
   * The slot of a passkey.
   *
   * @param number 1 to 8
   */
  public static Slot passkey(int number) {
    return new Slot("passkey-" + number);
  }

  /** The subject under which a fleet keeps this slot of an account. */
  public Subject of(FleetId fleetId, String tenant, String account) {
    return new Subject(fleetId, tenant, account, name);
  }
}
