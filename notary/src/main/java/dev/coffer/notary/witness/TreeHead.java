package dev.coffer.notary.witness;

import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;

/** Reads checkpoints of any log, also of those that add extension lines. */
final class TreeHead {
  private TreeHead() {}

  /**
   * The first three lines of a checkpoint's text. Extension lines are not looked at, since they are
   * opaque (c2sp.org/tlog-checkpoint); a cosignature covers them all the same.
   */
  static Checkpoint parse(String text) throws Refused {
    LineReader in = new LineReader(text, "checkpoint");
    String head = in.line() + "\n" + in.line() + "\n" + in.line() + "\n";
    while (!in.atEnd()) {
      if (in.line().isEmpty()) {
        throw new Refused(RefusalCode.MALFORMED, "checkpoint: empty line");
      }
    }
    return Checkpoint.parse(head);
  }
}
