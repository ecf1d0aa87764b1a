package dev.coffer.transparency.verify;

import dev.coffer.transparency.bundle.FleetState;

/** What a client wants of a fleet. */
public enum Purpose {
  /** Make a new registration: only in an active fleet. */
  REGISTER,
  /** Recover, look at, replace or delete what is there: in an active or a retiring fleet. */
  RECOVER;

  boolean allowedIn(FleetState state) {
    return switch (state) {
      case ACTIVE -> true;
      case RETIRING -> this == RECOVER;
      case ANNOUNCED, REVOKED -> false;
    };
  }
}
