package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import java.util.OptionalLong;

/**
 * What a log lets in. A rule is a value: it knows what the leaves so far amount to, and the rule
 * after one more leaf is another value, so that leaves that are not sequenced after all leave no
 * trace. Immutable and thread-safe.
 */
public interface LeafRule {
  /** Lets everything in: for tests, and for logs that only timestamp. */
  LeafRule ANY =
      new LeafRule() {
        @Override
        public void screen(Bytes leaf) {}

        @Override
        public LeafRule after(long index, Bytes leaf) {
          return this;
        }

        @Override
        public boolean remembers() {
          return false;
        }

        @Override
        public OptionalLong indexOf(Bytes leaf) {
          return OptionalLong.empty();
        }
      };

  /**
   * What can be said of a leaf alone, signatures above all. Called by many threads, before the leaf
   * waits for its turn: strangers cannot make anyone wait.
   */
  void screen(Bytes leaf) throws Refused;

  /**
   * The rule once {@code leaf}, which was screened, stands at {@code index}.
   *
   * @throws Refused if it may not stand there
   */
  LeafRule after(long index, Bytes leaf) throws Refused;

  /**
   * The rule once {@code leaf}, which the log's own root vouches for, stands at {@code index}: what
   * was let in under the settings of its day is not judged by today's.
   */
  default LeafRule standing(long index, Bytes leaf) throws Refused {
    return after(index, leaf);
  }

  /** Whether a log that is opened has to show the rule every leaf it holds. */
  boolean remembers();

  /** Where the same leaf stands already: who lost an answer asks again and hears it again. */
  OptionalLong indexOf(Bytes leaf);
}
