package dev.coffer.protocol.codec;

import java.util.Arrays;
import java.util.HexFormat;

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

  /** The octets written in hexadecimal, as {@link #hex} prints them. */
  public static Bytes fromHex(String hex) {
    return new Bytes(HexFormat.of().parseHex(hex));
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
    return HexFormat.of().formatHex(octets);
  }

  /** Unsigned lexicographic order. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(octets, other.octets);
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
