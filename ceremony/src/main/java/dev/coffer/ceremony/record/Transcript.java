package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one site did, line by line, each line chained to everything before it:
 *
 * <pre>
 * coffer/ceremony-transcript/v1
 * plan &lt;hash&gt;
 * site 2
 * 1 2026-12-01T10:00:00Z identity sha256:&lt;hash of the message&gt; after &lt;hash of all before&gt;
 * </pre>
 *
 * <p>Whoever changes, removes or inserts a line changes every {@code after} behind it. Immutable.
 */
public final class Transcript {
  /** The step in which something was not as planned. */
  public static final String EXCEPTION = "exception";

  /** The step in which people said that the words were the same everywhere. */
  public static final String CONFIRMED = "confirmed";

  /** Characters of an exception. */
  public static final int EXCEPTION_MAX = 300;

  /** Every character of it is printable ASCII: people read it on terminals, and sign it. */
  private static final Pattern LINE =
      Pattern.compile(
          "([1-9][0-9]{0,3}) ([0-9TZ:-]{20}) (%s) ([ -~]{1,%d}) after ([0-9a-f]{64})"
              .formatted(steps(), EXCEPTION_MAX));

  private final String header;
  private final String text;
  private final List<Entry> entries;

  /** One line without its number and chain. */
  public record Entry(String time, String step, String what) {}

  private static String steps() {
    return Stream.concat(
            Stream.of(EXCEPTION, CONFIRMED),
            Stream.of(Message.Kind.values()).map(Message.Kind::word))
        .collect(Collectors.joining("|"));
  }

  private Transcript(String header, String text, List<Entry> entries) {
    this.header = header;
    this.text = text;
    this.entries = List.copyOf(entries);
  }

  /** Where it lies in a folder. */
  public static String file(int site) {
    return "site-" + site + ".transcript";
  }

  /** Whether {@code file} is where one lies. */
  public static boolean named(String file) {
    return file.endsWith(".transcript");
  }

  /** An empty one. */
  public static Transcript begin(Bytes plan, int site) {
    String header = "coffer/ceremony-transcript/v1\nplan " + plan.hex() + "\nsite " + site + "\n";
    return new Transcript(header, header, List.of());
  }

  /**
   * This with one more line.
   *
   * @param time to the second
   * @param what printable ASCII, at most {@value #EXCEPTION_MAX} characters
   */
  public Transcript append(Instant time, String step, String what) {
    List<Entry> all = new ArrayList<>(entries);
    all.add(new Entry(time.toString(), step, what));
    String line = "%d %s %s %s after %s".formatted(all.size(), time, step, what, head().hex());
    Invariant.check(LINE.matcher(line).matches(), "a line of a transcript has its one form");
    return new Transcript(header, text + line + "\n", all);
  }

  /** Hash of all of it. */
  public Bytes head() {
    return Hashes.sha256(encode());
  }

  /** The octets of the file. */
  public Bytes encode() {
    return Utf8.encode(text);
  }

  /** Its lines. */
  public List<Entry> entries() {
    return entries;
  }

  /** The text without the header, for people. */
  String lines() {
    return text.substring(header.length());
  }

  /** Whether the site has said all that it says. */
  public boolean closed() {
    return entries.stream().anyMatch(e -> e.step().equals(Message.Kind.STATEMENT.word()));
  }

  /** Whether {@code other} begins with all of this. */
  public boolean continuedBy(Transcript other) {
    return other.text.startsWith(text);
  }

  /** What stands in it for {@code message}. */
  public static String of(Message message) {
    return "sha256:" + message.hash().hex();
  }

  /** Whether it names exactly this message for its step. */
  public boolean names(Message message) {
    return entries.stream()
        .filter(entry -> entry.step().equals(message.kind().word()))
        .map(Entry::what)
        .toList()
        .equals(List.of(of(message)));
  }

  /**
   * Reads site {@code site}'s transcript under a plan.
   *
   * @throws CeremonyRefused unless every line follows from the others, in its one form
   */
  public static Transcript parse(Bytes octets, Bytes plan, int site) throws CeremonyRefused {
    Transcript read = begin(plan, site);
    String all;
    try {
      all = Utf8.decode(octets, "text");
      Utf8.checkAscii(all, "text");
    } catch (Refused e) {
      throw changed(site, "it is no text of printable ASCII");
    }
    if (!all.startsWith(read.header)) {
      throw changed(site, "its head is another plan's or another site's");
    }
    String rest = all.substring(read.header.length());
    if (!rest.isEmpty() && !rest.endsWith("\n")) {
      throw changed(site, "its last line is cut off");
    }
    for (String line : rest.lines().toList()) {
      int number = read.entries.size() + 1;
      Matcher parts = LINE.matcher(line);
      if (!parts.matches() || !Message.isTime(parts.group(2))) {
        throw changed(site, "line " + number + " is none");
      }
      boolean follows =
          parts.group(1).equals(Integer.toString(number))
              && parts.group(5).equals(read.head().hex());
      if (!follows) {
        throw changed(site, "line " + number + " does not follow from the lines before it");
      }
      List<Entry> entries = new ArrayList<>(read.entries);
      entries.add(new Entry(parts.group(2), parts.group(3), parts.group(4)));
      read = new Transcript(read.header, read.text + line + "\n", entries);
    }
    if (!read.encode().equals(octets)) {
      throw changed(site, "it is not in its one form");
    }
    return read;
  }

  private static CeremonyRefused changed(int site, String why) {
    return new CeremonyRefused(
        "The transcript of site " + site + " was changed, or a line of it is missing: " + why + ".",
        "Have that site write the stick again; if it stays so, begin a new ceremony.");
  }
}
