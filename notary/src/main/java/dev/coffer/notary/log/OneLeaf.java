package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.OptionalLong;

/**
 * Lets one leaf in, once: who asks again, also in a later run, hears where it stands. Immutable.
 *
 * @param leaf the only one that comes in now; others may stand before it
 * @param indexOfLeaf where it stands, if it does
 */
public record OneLeaf(Bytes leaf, OptionalLong indexOfLeaf) implements LeafRule {
  /** For a log that shows by itself whether it holds {@code leaf}. */
  public static OneLeaf of(Bytes leaf) {
    return new OneLeaf(leaf, OptionalLong.empty());
  }

  @Override
  public void screen(Bytes other) throws Refused {
    if (!other.equals(leaf)) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "this log takes another leaf now");
    }
  }

  @Override
  public LeafRule after(long index, Bytes other) {
    return other.equals(leaf) && indexOfLeaf.isEmpty()
        ? new OneLeaf(leaf, OptionalLong.of(index))
        : this;
  }

  @Override
  public boolean remembers() {
    return true;
  }

  @Override
  public OptionalLong indexOf(Bytes other) {
    return other.equals(leaf) ? indexOfLeaf : OptionalLong.empty();
  }
}
