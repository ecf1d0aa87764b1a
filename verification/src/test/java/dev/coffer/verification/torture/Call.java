package dev.coffer.verification.torture;

import java.util.Comparator;
import java.util.Optional;

/**
 * One call of one device on one account.
 *
 * @param number unique within the account
 * @param device who called
 * @param seenK the newest certified k that the device knew when it opened the request
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
    long seenK,
    long began,
    long ended,
    Optional<Heard> heard,
    Optional<Place> place) {

  /** A place in the certified order. */
  record Place(long k, int position) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::k).thenComparingInt(Place::position);

    boolean before(Place other) {
      return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /** One that got an answer, certified at {@code place}. */
  static Call answered(Call sent, Deed deed, long ended, Heard heard, Place place) {
    return new Call(
        sent.number,
        sent.device,
        deed,
        sent.seenK,
        sent.began,
        ended,
        Optional.of(heard),
        Optional.of(place));
  }

  /** One without an answer. */
  static Call sent(int number, int device, Deed deed, long seenK, long began) {
    return new Call(
        number, device, deed, seenK, began, Long.MAX_VALUE, Optional.empty(), Optional.empty());
  }
}
