package dev.coffer.node.check;

/** Is told how far a check has come. */
public interface Progress {
  /** Whom nobody asks. */
  Progress NONE = (done, of) -> {};

  /** {@code done} of {@code of} things have been looked at: pages, records, entries. */
  void at(long done, long of);
}
