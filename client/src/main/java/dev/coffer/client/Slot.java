package dev.coffer.client;

import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.FleetId;

/**
 * One of the unlocks of a K. Each has its own code, its own guess limit, and is revoked alone.
 *
 * @param name {@code code}, or {@code passkey-} and 1 to 24 of {@code a-z 0-9}
 */
public record Slot(String name) {
  private static final String PASSKEY = "passkey-";

  /** The recovery code that the user remembers. */
  public static final Slot CODE = new Slot("code");

  public Slot {
    boolean passkey =
        name.startsWith(PASSKEY)
            && name.length() > PASSKEY.length()
            && name.length() <= Limits.SLOT_MAX
            && name.substring(PASSKEY.length())
                .chars()
                .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    Invariant.check(name.equals("code") || passkey, "a slot is code or passkey-…");
  }

  /**
   * The slot of a passkey.
   *
   * @param name 1 to 24 of {@code a-z 0-9}
   */
  public static Slot passkey(String name) {
    return new Slot(PASSKEY + name);
  }

  Subject of(FleetId fleetId, String tenant, String account) {
    return new Subject(fleetId, tenant, account, name);
  }
}
