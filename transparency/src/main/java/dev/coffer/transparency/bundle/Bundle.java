package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.Refused;
import java.util.List;
import java.util.Optional;

/**
 * The statement inside {@code fleet.note}: which fleets there are, in which state, with which keys.
 * Immutable. Reading one verifies the grammar and nothing else.
 *
 * @param namespace whose bundles these are
 * @param epoch 1 for the first bundle of a namespace, then one more than the one before
 * @param prev SHA-256 of the {@code fleet.note} before; zeros for epoch 1
 * @param notBefore seconds since 1970
 * @param notAfter seconds since 1970
 * @param minEpoch the oldest bundle that anyone should still accept, 1 to epoch
 * @param policy version of the client policy: stretching, limits
 * @param trustPolicy version of the trust policy under which this is signed
 * @param trustPolicyHash SHA-256 of that policy's text
 * @param fleets 1 to 8, ascending by id
 */
public record Bundle(
    KeyName namespace,
    long epoch,
    Bytes prev,
    long notBefore,
    long notAfter,
    long minEpoch,
    long policy,
    long trustPolicy,
    Bytes trustPolicyHash,
    List<ListedFleet> fleets) {
  /** The longest {@code fleet.note}, signatures included. */
  public static final int SIZE_MAX = 16 << 10;

  /** Fleets in one bundle. */
  public static final int FLEETS_MAX = 8;

  /** {@code prev} of the first bundle. */
  public static final Bytes NO_PREV = Bytes.zeros(32);

  public Bundle {
    fleets = List.copyOf(fleets);
  }

  /** Reads the one way to write a bundle. */
  public static Bundle parse(String text) throws Refused {
    return BundleText.parse(text);
  }

  /** The text to sign. */
  public String text() {
    return BundleText.write(this);
  }

  /** The fleet of that id, if it is listed. */
  public Optional<ListedFleet> fleet(FleetId id) {
    return fleets.stream().filter(fleet -> fleet.id().equals(id)).findFirst();
  }
}
