package dev.coffer.backup.object;

import dev.coffer.backup.upkeep.Prune;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import java.util.Optional;

/**
 * The name of a data object: the MAC of its plaintext, and a variant. The variant is 0 unless a
 * prune has condemned the name; content that comes back then gets the next variant, so that the
 * prune can never delete it (see {@link Prune}).
 *
 * <p>Compact, since a large repository holds millions in memory.
 */
public final class DataName implements Comparable<DataName> {
  /** Where data objects live. */
  public static final String PREFIX = "data/";

  /** Variants beyond this would mean as many prunes under way at once. */
  public static final int VARIANT_MAX = 9;

  private static final int MAC = 32;

  private final long a;
  private final long b;
  private final long c;
  private final long d;
  private final byte variant;

  private DataName(long a, long b, long c, long d, int variant) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    this.variant = (byte) variant;
  }

  public static DataName of(Bytes mac, int variant) {
    Invariant.check(mac.size() == MAC, "a MAC has 32 octets");
    Invariant.check(variant >= 0 && variant <= VARIANT_MAX, "variant range");
    return new DataName(word(mac, 0), word(mac, 8), word(mac, 16), word(mac, 24), variant);
  }

  private static long word(Bytes mac, int at) {
    long word = 0;
    for (int i = 0; i < 8; i++) {
      word = word << 8 | mac.at(at + i);
    }
    return word;
  }

  /** Reads what {@link #text} writes; empty for anything else. */
  public static Optional<DataName> parse(String text) {
    int size = text.length();
    if (size != 2 * MAC && size != 2 * MAC + 2) {
      return Optional.empty();
    }
    for (int i = 0; i < 2 * MAC; i++) {
      char ch = text.charAt(i);
      if (!(ch >= '0' && ch <= '9' || ch >= 'a' && ch <= 'f')) {
        return Optional.empty();
      }
    }
    int variant = 0;
    if (size > 2 * MAC) {
      variant = text.charAt(2 * MAC + 1) - '0';
      if (text.charAt(2 * MAC) != '-' || variant < 1 || variant > VARIANT_MAX) {
        return Optional.empty();
      }
    }
    return Optional.of(of(Bytes.fromHex(text.substring(0, 2 * MAC)), variant));
  }

  /** The data object that the store calls {@code path}; empty if it is something else. */
  public static Optional<DataName> ofPath(String path) {
    int start = PREFIX.length() + 3;
    if (!path.startsWith(PREFIX) || path.length() < start) {
      return Optional.empty();
    }
    return parse(path.substring(start)).filter(name -> name.path().equals(path));
  }

  /** The name in the store: {@code data/ab/abcd…}. Two characters in front keep folders small. */
  public String path() {
    String text = text();
    return PREFIX + text.substring(0, 2) + "/" + text;
  }

  /** 64 hexadecimal digits, then {@code -1} to {@code -9} for a variant. */
  public String text() {
    char[] text = new char[2 * MAC + 2];
    write(text, 0, a);
    write(text, 16, b);
    write(text, 32, c);
    write(text, 48, d);
    text[2 * MAC] = '-';
    text[2 * MAC + 1] = (char) ('0' + variant);
    return new String(text, 0, variant == 0 ? 2 * MAC : text.length);
  }

  private static void write(char[] text, int at, long word) {
    for (int i = 0; i < 16; i++) {
      text[at + i] = Character.forDigit((int) (word >>> (60 - 4 * i)) & 15, 16);
    }
  }

  public DataName withVariant(int next) {
    return new DataName(a, b, c, d, next);
  }

  public int variant() {
    return variant;
  }

  public boolean hasMac(Bytes mac) {
    return equals(of(mac, variant));
  }

  @Override
  public int compareTo(DataName other) {
    // As the texts do, without making them.
    int order = Long.compareUnsigned(a, other.a);
    order = order != 0 ? order : Long.compareUnsigned(b, other.b);
    order = order != 0 ? order : Long.compareUnsigned(c, other.c);
    order = order != 0 ? order : Long.compareUnsigned(d, other.d);
    return order != 0 ? order : Byte.compare(variant, other.variant);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DataName o
        && a == o.a
        && b == o.b
        && c == o.c
        && d == o.d
        && variant == o.variant;
  }

  @Override
  public int hashCode() {
    // The MAC is uniform already.
    return (int) (a ^ a >>> 32) + variant;
  }

  @Override
  public String toString() {
    return text();
  }
}
