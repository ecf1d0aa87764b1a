package dev.coffer.verification.torture;

import java.util.Optional;

/**
 * One call of one device on one account.
 *
 * @param number unique within the account
 * @param device who called
 * @param began nanoseconds of one clock
 * @param ended when its outcome was verified; {@link Long#MAX_VALUE} if the device gave up: such a
 *     call may take effect at any later time, or never
 * @param heard empty if the device gave up
 * @param place where the outcome was certified
 */
record Call(
    int number,
    int device,
    Deed deed,
    long began,
    long ended,
    Optional<Heard> heard,
    Optional<Place> place) {

  /** A place in the certified order. */
  record Place(long k, int position) {
    boolean before(Place other) {
      return k < other.k || (k == other.k && position < other.position);
    }
  }

  static Call answered(
      int number, int device, Deed deed, long began, long ended, Heard heard, Place place) {
    return new Call(number, device, deed, began, ended, Optional.of(heard), Optional.of(place));
  }

  static Call unknown(int number, int device, Deed deed, long began) {
    return new Call(
        number, device, deed, began, Long.MAX_VALUE, Optional.empty(), Optional.empty());
  }
}
