package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;

/**
 * What a log says of itself: its origin, its size, its root (c2sp.org/tlog-checkpoint). Extension
 * lines are refused: nobody audits them.
 *
 * @param origin the log's name, one line that is not empty
 * @param size number of leaves
 * @param root 32 octets
 */
public record Checkpoint(String origin, long size, Bytes root) {
  private static final int ORIGIN_MAX = 255;

  public Checkpoint {
    Invariant.check(
        !origin.isEmpty() && origin.length() <= ORIGIN_MAX && origin.indexOf('\n') < 0,
        "the origin is one line");
    Invariant.check(size >= 0 && root.size() == Tlog.HASH, "a size and a hash");
  }

  /** Reads a note's text. Nothing is verified here. */
  public static Checkpoint parse(String text) throws Refused {
    Utf8.check(text, "checkpoint");
    LineReader in = new LineReader(text, "checkpoint");
    String origin = in.line();
    if (origin.isEmpty() || origin.length() > ORIGIN_MAX) {
      throw new Refused(RefusalCode.MALFORMED, "checkpoint: origin");
    }
    long size = Decimal.parse(in.line(), "checkpoint: size");
    Bytes root = StrictBase64.decode(in.line(), Tlog.HASH, "checkpoint: root");
    in.end();
    return new Checkpoint(origin, size, root);
  }

  /** The text to sign. */
  public String text() {
    return origin + "\n" + size + "\n" + StrictBase64.encode(root) + "\n";
  }
}
