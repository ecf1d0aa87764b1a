package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.List;

/**
 * One signature line: who claims to have signed, and with what. Nothing about it is verified.
 *
 * @param payload what follows the key id: a signature, or a time and a signature
 */
public record NoteSignature(KeyName name, KeyId id, Bytes payload) {
  private static final String DASH = "\u2014 ";

  /** The line with its newline: {@code — name base64(id ‖ payload)}. */
  public String line() {
    return DASH + name + " " + StrictBase64.encode(id.value().concat(payload)) + "\n";
  }

  /** Reads a line without its newline. */
  public static NoteSignature parse(String line) throws Refused {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw new Refused(RefusalCode.MALFORMED, "signature line");
    }
    KeyName name = KeyName.parse(line.substring(DASH.length(), space));
    Bytes decoded = StrictBase64.decode(line.substring(space + 1), "signature");
    if (decoded.size() <= KeyId.SIZE) {
      throw new Refused(RefusalCode.MALFORMED, "signature");
    }
    KeyId id = new KeyId(decoded.slice(0, KeyId.SIZE));
    return new NoteSignature(name, id, decoded.slice(KeyId.SIZE, decoded.size()));
  }

  /** Reads lines that stand alone, each with its newline, such as a witness's answer. */
  public static List<NoteSignature> parseLines(Bytes lines, int max) throws Refused {
    LineReader in = new LineReader(Utf8.decode(lines, "signature lines"), "signature lines");
    List<NoteSignature> signatures = new ArrayList<>();
    do {
      if (signatures.size() == max) {
        throw new Refused(RefusalCode.TOO_LARGE, "signature lines");
      }
      signatures.add(parse(in.line()));
    } while (!in.atEnd());
    return List.copyOf(signatures);
  }
}
