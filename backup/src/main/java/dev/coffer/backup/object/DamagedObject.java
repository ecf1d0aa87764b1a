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

  public DamagedObject(String object, String fault) {
    super(object + ": " + fault);
    this.object = object;
    this.fault = fault;
  }

  /** The object's name in the store. */
  public String object() {
    return object;
  }

  /** A few words: missing, does not decrypt. */
  public String fault() {
    return fault;
  }
}
