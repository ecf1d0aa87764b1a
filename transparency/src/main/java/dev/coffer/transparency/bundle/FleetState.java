package dev.coffer.transparency.bundle;

import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.Locale;

/** Where a fleet stands in its life. It only moves on, in this order; steps may be skipped. */
public enum FleetState {
  /** Shown for days, so that anyone can look at its evidence; nobody uses it yet. */
  ANNOUNCED,
  /** Registers and recovers. */
  ACTIVE,
  /** Recovers; new registrations go elsewhere. */
  RETIRING,
  /** Never used again. */
  REVOKED;

  /** The word in a bundle. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static FleetState parse(String word) throws Refused {
    for (FleetState state : values()) {
      if (state.word().equals(word)) {
        return state;
      }
    }
    throw new Refused(RefusalCode.MALFORMED, "bundle: fleet state");
  }

  /** Whether a fleet that was {@code before} may be this now. */
  public boolean mayFollow(FleetState before) {
    return compareTo(before) >= 0;
  }
}
