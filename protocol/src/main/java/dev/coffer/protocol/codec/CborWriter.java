package dev.coffer.protocol.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes CBOR (RFC 8949) with definite lengths in their shortest form. Keys of maps are the
 * caller's to sort. Not thread-safe.
 */
public final class CborWriter {
  private static final int NEGATIVE = 0x20;
  private static final int OCTETS = 0x40;
  private static final int TEXT = 0x60;
  private static final int ARRAY = 0x80;
  private static final int MAP = 0xa0;
  private static final int TAG = 0xc0;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private CborWriter head(int type, long value) {
    int octets = value < 24 ? 0 : value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : 4;
    Invariant.check(value >= 0 && value <= Integer.MAX_VALUE, "a number of CBOR has 31 bits here");
    int size = 24 + Integer.numberOfTrailingZeros(octets);
    out.write(type | (octets == 0 ? (int) value : size));
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
    return this;
  }

  /** An integer of at most 31 bits and a sign. */
  public CborWriter number(long value) {
    return value < 0 ? head(NEGATIVE, -1 - value) : head(0, value);
  }

  /** A byte string. */
  public CborWriter octets(Bytes value) {
    head(OCTETS, value.size());
    out.write(value.toByteArray(), 0, value.size());
    return this;
  }

  /** A text string. */
  public CborWriter text(String value) {
    byte[] octets = value.getBytes(StandardCharsets.UTF_8);
    head(TEXT, octets.length);
    out.write(octets, 0, octets.length);
    return this;
  }

  /** The head of an array of so many items, which follow. */
  public CborWriter array(int items) {
    return head(ARRAY, items);
  }

  /** The head of a map of so many pairs, which follow. */
  public CborWriter map(int pairs) {
    return head(MAP, pairs);
  }

  /** A tag; its item follows. */
  public CborWriter tag(int number) {
    return head(TAG, number);
  }

  /** What was written. */
  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }
}
