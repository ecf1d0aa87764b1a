package dev.coffer.cli.terminal;

import io.nayuki.qrcodegen.QrCode;
import java.util.Locale;

/** A QR code (ISO/IEC 18004) of block characters, dark on light as on paper. */
public final class QrText {
  /** Light modules around the code, as the standard wants. */
  private static final int MARGIN = 4;

  private QrText() {}

  /** The code of a text in capitals, with medium error correction; two rows of modules a line. */
  public static String of(String text) {
    QrCode code = code(text);
    StringBuilder drawn = new StringBuilder();
    for (int y = -MARGIN; y < code.size + MARGIN; y += 2) {
      StringBuilder line = new StringBuilder();
      for (int x = -MARGIN; x < code.size + MARGIN; x++) {
        boolean upper = code.getModule(x, y);
        boolean lower = code.getModule(x, y + 1);
        line.append(upper ? lower ? '\u2588' : '\u2580' : lower ? '\u2584' : ' ');
      }
      drawn.append(line.toString().stripTrailing()).append('\n');
    }
    return drawn.toString();
  }

  /** As a picture's modules. */
  static QrCode code(String text) {
    return QrCode.encodeText(text.toUpperCase(Locale.ROOT), QrCode.Ecc.MEDIUM);
  }
}
