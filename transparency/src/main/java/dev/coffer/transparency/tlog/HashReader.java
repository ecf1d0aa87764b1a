package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;

/** Gives the hashes of a stored tree's complete subtrees. */
@FunctionalInterface
public interface HashReader {
  /**
   * The root of the complete subtree over the leaves {@code [index·2^level, (index+1)·2^level)}.
   *
   * @throws IOException if it cannot be read
   * @throws Refused if what was read is no tile
   */
  Bytes hash(int level, long index) throws IOException, Refused;
}
