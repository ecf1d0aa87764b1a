package dev.coffer.protocol.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes the one canonical encoding: big-endian integers, u16-length-prefixed strings,
 * u32-length-prefixed fields. Grows without limit: readers enforce limits. Not thread-safe.
 */
public final class CanonicalWriter {
  private byte[] buffer = new byte[256];
  private int size;

  private void reserve(int more) {
    if (size + more > buffer.length) {
      byte[] outgrown = buffer;
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
      Arrays.fill(outgrown, 0, size, (byte) 0);
    }
  }

  /** One octet. */
  public CanonicalWriter u8(int value) {
    Invariant.check(value >= 0 && value <= 0xff, "u8 range");
    reserve(1);
    buffer[size++] = (byte) value;
    return this;
  }

  /** Two octets. */
  public CanonicalWriter u16(int value) {
    Invariant.check(value >= 0 && value <= 0xffff, "u16 range");
    return u8(value >>> 8).u8(value & 0xff);
  }

  /** Four octets; values up to 2³¹−1. */
  public CanonicalWriter u32(int value) {
    Invariant.check(value >= 0, "u32 range");
    return u16(value >>> 16).u16(value & 0xffff);
  }

  /** Eight octets; values up to 2⁶³−1. */
  public CanonicalWriter u64(long value) {
    Invariant.check(value >= 0, "u64 range");
    for (int shift = 56; shift >= 0; shift -= 8) {
      u8((int) (value >>> shift) & 0xff);
    }
    return this;
  }

  /** 0 or 1. */
  public CanonicalWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /** A flag whether there is one, and it as {@code how} appends it. */
  public <T> CanonicalWriter option(Optional<T> value, Consumer<T> how) {
    bool(value.isPresent());
    value.ifPresent(how);
    return this;
  }

  /** The octets as they are, no length. */
  public CanonicalWriter raw(Bytes octets) {
    reserve(octets.size());
    octets.copyInto(buffer, size);
    size += octets.size();
    return this;
  }

  /** The octets as they are, no length. */
  public CanonicalWriter raw(byte[] octets) {
    reserve(octets.length);
    System.arraycopy(octets, 0, buffer, size, octets.length);
    size += octets.length;
    return this;
  }

  /** u16 length, then the octets: for encodings that are parsed. */
  public CanonicalWriter string(Bytes octets) {
    return u16(octets.size()).raw(octets);
  }

  /** u16 length, then UTF-8. */
  public CanonicalWriter string(String text) {
    return string(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** u32 length, then the octets: one member of a hashed, signed or MACed tuple. */
  public CanonicalWriter field(Bytes octets) {
    return u32(octets.size()).raw(octets);
  }

  /** u32 length, then the octets: one member of a hashed, signed or MACed tuple. */
  public CanonicalWriter field(byte[] octets) {
    return u32(octets.length).raw(octets);
  }

  /** u32 length, then UTF-8. */
  public CanonicalWriter field(String text) {
    return field(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A number as an eight-octet member of a tuple. */
  public CanonicalWriter field(long number) {
    return u32(8).u64(number);
  }

  /** Octets written so far. */
  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public Bytes toBytes() {
    return Bytes.copyOf(buffer, 0, size);
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  /** Overwrites the buffer, for tuples that held a secret. Those outgrown on the way were. */
  public void wipe() {
    Arrays.fill(buffer, (byte) 0);
    size = 0;
  }
}
