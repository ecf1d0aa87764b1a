package dev.coffer.protocol.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * What every hash, MAC, signature, key derivation and cipher of the protocol covers, field by
 * field, in a file that people read: so that a change of encoding is a visible difference. Each
 * entry is also computed by the code under test, or it would prove nothing.
 */
public final class GoldenBook {
  private final StringBuilder text = new StringBuilder();
  private final Set<Label> covered = EnumSet.noneOf(Label.class);

  /** An entry whose input is {@code tuple}; {@code fields} names its members after the label. */
  public GoldenBook tuple(Label label, String use, CanonicalWriter tuple, String... fields) {
    return tuple(label, use, tuple.toBytes(), fields);
  }

  /** The same of octets that the code under test made itself. */
  public GoldenBook tuple(Label label, String use, Bytes octets, String... fields) {
    try {
      covered.add(label);
      text.append(label).append(": ").append(use).append('\n');
      CanonicalReader in = new CanonicalReader(octets);
      assertEquals(label.text(), ascii(in.field(1 << 20, "label")));
      line("label", quoted(label.text()));
      for (String field : fields) {
        line(field, readable(in.field(1 << 20, field)));
      }
      in.end();
      text.append('\n');
      return this;
    } catch (Rejected e) {
      throw new AssertionError(label + " has other fields than named", e);
    }
  }

  /** A value that the entry before led to. */
  public GoldenBook gives(String what, Bytes value) {
    text.setLength(text.length() - 1);
    line("= " + what, readable(value));
    text.append('\n');
    return this;
  }

  private void line(String name, String value) {
    text.append(String.format("  %-22s %s", name, value).stripTrailing()).append('\n');
  }

  private static String readable(Bytes octets) {
    boolean printable = octets.size() > 0;
    for (int i = 0; i < octets.size(); i++) {
      printable &= octets.at(i) >= 0x20 && octets.at(i) < 0x7f;
    }
    if (printable) {
      return quoted(ascii(octets));
    }
    if (octets.size() == 8 && octets.at(0) == 0 && octets.at(1) == 0) {
      return "u64 " + Long.parseLong(octets.hex(), 16);
    }
    String hex = octets.hex();
    if (octets.size() > 64 && hex.equals(hex.substring(0, 2).repeat(octets.size()))) {
      return "[" + octets.size() + "] " + hex.substring(0, 2) + " throughout";
    }
    return "[" + octets.size() + "] " + hex;
  }

  private static String ascii(Bytes octets) {
    return new String(octets.toByteArray(), StandardCharsets.US_ASCII);
  }

  private static String quoted(String value) {
    return '"' + value + '"';
  }

  /** The labels entered so far. */
  public Set<Label> covered() {
    return covered;
  }

  /**
   * Compares with the resource {@code /golden/name}; on a difference writes what it is now below
   * {@code target/golden}, to be reviewed and moved over if the change is meant.
   */
  public void check(String name) {
    try {
      Path now = Path.of("target", "golden", name);
      Files.createDirectories(now.getParent());
      Files.writeString(now, text.toString());
      try (InputStream in = GoldenBook.class.getResourceAsStream("/golden/" + name)) {
        String expected = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(expected, text.toString(), "an encoding changed: see " + now);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
