package dev.coffer.protocol.codec;

import java.util.Arrays;

/**
 * An immutable octet string with value equality, for public data only. Anything secret lives in
 * {@link dev.coffer.protocol.crypto.SecretBytes}, whose equality is constant-time and whose text is
 * redacted; this class compares in variable time and prints itself in hexadecimal.
 *
 * <p>Immutable and thread-safe.
 */
public final class Bytes implements Comparable<Bytes> {
  /** The empty string. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final String DIGITS = "0123456789abcdef";

  private final byte[] octets;

  private Bytes(byte[] octets) {
    this.octets = octets;
  }

  /** A copy of {@code octets}. */
  public static Bytes copyOf(byte[] octets) {
    return new Bytes(octets.clone());
  }

  /** A copy of {@code octets[from, to)}. */
  public static Bytes copyOf(byte[] octets, int from, int to) {
    return new Bytes(Arrays.copyOfRange(octets, from, to));
  }

  /** Takes {@code octets} over without copying: the caller must not touch the array again. */
  public static Bytes wrap(byte[] octets) {
    return new Bytes(octets);
  }

  /** {@code size} zero octets. */
  public static Bytes zeros(int size) {
    return new Bytes(new byte[size]);
  }

  /**
   * The octets written in hexadecimal, as {@link #hex} prints them; capitals are read, too. By
   * hand: phones got the JDK's own class for it late.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Bytes fromHex(String hex) {
    if ((hex.length() & 1) != 0) {
      throw new IllegalArgumentException("hexadecimal has two digits for each octet");
    }
    byte[] read = new byte[hex.length() / 2];
    for (int i = 0; i < read.length; i++) {
      read[i] = (byte) (digit(hex.charAt(2 * i)) << 4 | digit(hex.charAt(2 * i + 1)));
    }
    return new Bytes(read);
  }

  private static int digit(char written) {
    int value = DIGITS.indexOf(written >= 'A' && written <= 'F' ? written + ('a' - 'A') : written);
    if (value < 0) {
      throw new IllegalArgumentException("not a hexadecimal digit");
    }
    return value;
  }

  /** The length in octets. */
  public int size() {
    return octets.length;
  }

  /** The octet at {@code index}, 0 to 255. */
  public int at(int index) {
    return octets[index] & 0xff;
  }

  /** A fresh array. */
  public byte[] toByteArray() {
    return octets.clone();
  }

  /** The octets {@code [from, to)} as their own string. */
  public Bytes slice(int from, int to) {
    return copyOf(octets, from, to);
  }

  /** This string followed by {@code other}. */
  public Bytes concat(Bytes other) {
    byte[] joined = Arrays.copyOf(octets, octets.length + other.octets.length);
    System.arraycopy(other.octets, 0, joined, octets.length, other.octets.length);
    return new Bytes(joined);
  }

  /** Copies all octets into {@code target} at {@code offset}. */
  public void copyInto(byte[] target, int offset) {
    System.arraycopy(octets, 0, target, offset, octets.length);
  }

  /** Bit {@code index} counted from the most significant bit of the first octet. */
  public int bit(int index) {
    return (octets[index >>> 3] >>> (7 - (index & 7))) & 1;
  }

  /** Lower-case hexadecimal. */
  public String hex() {
    char[] written = new char[2 * octets.length];
    for (int i = 0; i < octets.length; i++) {
      written[2 * i] = DIGITS.charAt(at(i) >>> 4);
      written[2 * i + 1] = DIGITS.charAt(at(i) & 15);
    }
    return new String(written);
  }

  /** Unsigned lexicographic order. */
  @Override
  public int compareTo(Bytes other) {
    int common = Math.min(octets.length, other.octets.length);
    for (int i = 0; i < common; i++) {
      if (octets[i] != other.octets[i]) {
        return at(i) - other.at(i);
      }
    }
    return octets.length - other.octets.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(octets, that.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }

  @Override
  public String toString() {
    return hex();
  }
}
