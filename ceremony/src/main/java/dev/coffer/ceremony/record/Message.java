package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one site says in one step, as a file that people can read: lines of a keyword and a value.
 * One encoding. Immutable.
 *
 * @param plan hash of the plan
 * @param site who says it
 * @param time what that site's clock said, to the second
 * @param lines what it says
 */
public record Message(Kind kind, Bytes plan, int site, Instant time, List<Line> lines) {
  private static final String HEAD = "coffer/ceremony-message/v1 ";

  /** The steps in which sites say something, in their order. */
  public enum Kind {
    /** The HSM's identity, made inside, and the public key of the node's TLS. */
    IDENTITY,
    /** Certificates for all nodes; site 1 alone makes them. */
    CERTIFICATES,
    /** What the HSM commits to. */
    COMMITMENTS,
    /** What it reveals to each other HSM, sealed. */
    REVEALS,
    /** Its signature over the founding as it saw it. */
    STATEMENT;

    /** How it is written. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether site {@code index} says this. */
    public boolean saidBy(int index) {
      return this != CERTIFICATES || index == 1;
    }
  }

  /** A keyword and what follows it, both of printable ASCII. */
  public record Line(String keyword, String value) {}

  public Message {
    lines = List.copyOf(lines);
  }

  /** Where it lies in a folder. */
  public static String file(Kind kind, int site) {
    return "site-" + site + "." + kind.word();
  }

  /** How messages to people name it. */
  public String called() {
    return file(kind, site);
  }

  /** The octets of the file. */
  public Bytes encode() {
    StringBuilder text = new StringBuilder(HEAD).append(kind.word()).append('\n');
    text.append("plan ").append(plan.hex()).append('\n');
    text.append("site ").append(site).append('\n');
    text.append("time ").append(time).append('\n');
    for (Line line : lines) {
      text.append(line.keyword()).append(' ').append(line.value()).append('\n');
    }
    return Utf8.encode(text.toString());
  }

  /** Names this message in transcripts. */
  public Bytes hash() {
    return Hashes.sha256(encode());
  }

  /** The values behind {@code keyword}, in their order. */
  public List<String> values(String keyword) {
    return lines.stream().filter(line -> line.keyword().equals(keyword)).map(Line::value).toList();
  }

  /** The octets behind {@code keyword}, which stands once. */
  public Bytes octets(String keyword) throws CeremonyRefused {
    List<String> values = values(keyword);
    try {
      if (values.size() == 1) {
        return StrictBase64.decode(values.getFirst(), keyword);
      }
    } catch (Refused e) {
      // The same sentence as for none, or two.
    }
    throw damaged(called(), "its line " + keyword + " is missing or damaged");
  }

  /** A line with octets. */
  static Line line(String keyword, Bytes octets) {
    return new Line(keyword, StrictBase64.encode(octets));
  }

  static CeremonyRefused damaged(String file, String why) {
    return new CeremonyRefused(
        file + " is no message of a ceremony, or damaged: " + why + ".",
        "Have that site write the stick again; if it stays so, begin a new ceremony.");
  }

  /**
   * Reads what is to be site {@code site}'s message of {@code kind} under a plan.
   *
   * @throws CeremonyRefused if it is another's, another step's or another ceremony's, or not in its
   *     one form
   */
  public static Message parse(Bytes octets, Kind kind, int site, Bytes plan)
      throws CeremonyRefused {
    String file = file(kind, site);
    Message message;
    try {
      message = read(octets, kind);
    } catch (Refused e) {
      throw damaged(file, e.what());
    }
    if (!message.plan().equals(plan)) {
      throw new CeremonyRefused(
          file + " belongs to another plan: " + message.plan().hex() + ".",
          "It is another ceremony's stick, or that site has another plan: compare the plans' words.");
    }
    if (message.site() != site) {
      throw new CeremonyRefused(
          file + " was written by site " + message.site() + ": two sites would have one number.",
          "See to it that each machine runs with its own --site; begin a new ceremony if two had one.");
    }
    if (!message.encode().equals(octets)) {
      throw damaged(file, "it is not in its one form");
    }
    return message;
  }

  /** Whether it is a time as all files of a ceremony write it: {@code 2026-12-01T10:00:00Z}. */
  static boolean isTime(String written) {
    try {
      // Nothing but the one form has this length and comes back: no fraction, no year of five
      // digits.
      return written.length() == 20 && Instant.parse(written).toString().equals(written);
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static Message read(Bytes octets, Kind kind) throws Refused {
    String text = Utf8.decode(octets, "text");
    Utf8.checkAscii(text, "text");
    LineReader lines = new LineReader(text, "message");
    lines.expect(HEAD + kind.word());
    Bytes plan = LowerHex.parse(lines.after("plan"), Limits.DIGEST, "plan");
    int site = (int) Decimal.parse(lines.after("site"), 1, Limits.HSMS_MAX, "site");
    String written = lines.after("time");
    if (!isTime(written)) {
      throw new Refused(RefusalCode.MALFORMED, "its time is none");
    }
    Instant time = Instant.parse(written);
    List<Line> rest = new ArrayList<>();
    while (!lines.atEnd()) {
      String line = lines.line();
      int blank = line.indexOf(' ');
      rest.add(
          blank < 1
              ? new Line(line, "")
              : new Line(line.substring(0, blank), line.substring(blank + 1)));
    }
    return new Message(kind, plan, site, time, rest);
  }
}
