package dev.coffer.backup.object;

import dev.coffer.backup.Problem;

/**
 * An object is missing, does not open, or is not what its name says. Turned into a {@link Problem}
 * where it is noticed.
 */
public final class DamagedObject extends Exception {
  private static final long serialVersionUID = 1L;

  private final String object;
  private final String fault;
  private final boolean opened;

  /** One that is this key's beyond doubt: it opened, or something of this key's names it. */
  public DamagedObject(String object, String fault) {
    this(object, fault, true);
  }

  private DamagedObject(String object, String fault, boolean opened) {
    super(object + ": " + fault);
    this.object = object;
    this.fault = fault;
    this.opened = opened;
  }

  /** One that did not open: unless a snapshot needs it, it may be another key's, and whole. */
  public static DamagedObject unopened(String object, String fault) {
    return new DamagedObject(object, fault, false);
  }

  /** The object's name in the store. */
  public String object() {
    return object;
  }

  /** A few words: missing, does not decrypt. */
  public String fault() {
    return fault;
  }

  /** Whether it is this key's beyond doubt. */
  public boolean opened() {
    return opened;
  }
}
