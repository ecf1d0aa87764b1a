package dev.coffer.protocol.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads the canonical encoding of {@link CanonicalWriter} strictly: every read names its limit,
 * every fault is a {@link Rejected}. Call {@link #end} after the last field. Not thread-safe.
 */
public final class CanonicalReader {
  private final byte[] octets;
  private final int end;
  private int at;

  /** Reads {@code octets} from the start. */
  public CanonicalReader(Bytes octets) {
    this(octets.toByteArray(), 0, octets.size());
  }

  private CanonicalReader(byte[] octets, int from, int end) {
    this.octets = octets;
    this.at = from;
    this.end = end;
  }

  /**
   * Reads {@code octets} themselves, not a copy: for encodings that hold a secret, which the caller
   * erases.
   */
  public static CanonicalReader over(byte[] octets) {
    return new CanonicalReader(octets, 0, octets.length);
  }

  private void need(int count) throws Rejected {
    if (count < 0 || end - at < count) {
      throw new Rejected(RejectionCode.TRUNCATED, "input");
    }
  }

  /** One octet. */
  public int u8() throws Rejected {
    need(1);
    return octets[at++] & 0xff;
  }

  /** Two octets. */
  public int u16() throws Rejected {
    need(2);
    return u8() << 8 | u8();
  }

  /** Four octets; more than 2³¹−1 is rejected. */
  public int u32() throws Rejected {
    need(4);
    int value = u16() << 16 | u16();
    if (value < 0) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "u32");
    }
    return value;
  }

  /** Eight octets; more than 2⁶³−1 is rejected. */
  public long u64() throws Rejected {
    need(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | u8();
    }
    if (value < 0) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "u64");
    }
    return value;
  }

  /** Exactly 0 or 1. */
  public boolean bool() throws Rejected {
    return number(0, 1, u8(), "flag") == 1;
  }

  /** Reads a part of an encoding. */
  public interface Part<T> {
    /** Reads it. */
    T read() throws Rejected;
  }

  /** A flag whether there is one, and it as {@code part} reads it. */
  public <T> Optional<T> option(Part<T> part) throws Rejected {
    return bool() ? Optional.of(part.read()) : Optional.empty();
  }

  /** {@code value} if it lies in {@code [min, max]}. */
  public int number(int min, int max, int value, String what) throws Rejected {
    if (value < min || value > max) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, what);
    }
    return value;
  }

  /** Exactly {@code size} octets. */
  public Bytes raw(int size) throws Rejected {
    need(size);
    at += size;
    return Bytes.copyOf(octets, at - size, at);
  }

  /** Exactly as many octets as {@code target} holds: for secrets, of which no copy is left. */
  public void rawInto(byte[] target) throws Rejected {
    need(target.length);
    System.arraycopy(octets, at, target, 0, target.length);
    at += target.length;
  }

  /** A u16-length-prefixed string of at most {@code max} octets. */
  public Bytes string(int max, String what) throws Rejected {
    return raw(number(0, max, u16(), what));
  }

  /**
   * A u16-length-prefixed string of at most {@code max} octets, to be read where it stands: for
   * encodings that hold a secret, of which no copy is left.
   */
  public CanonicalReader within(int max, String what) throws Rejected {
    int size = number(0, max, u16(), what);
    need(size);
    at += size;
    return new CanonicalReader(octets, at - size, at);
  }

  /** A u32-length-prefixed field of at most {@code max} octets. */
  public Bytes field(int max, String what) throws Rejected {
    return raw(number(0, max, u32(), what));
  }

  /** A u16-length-prefixed string of at most {@code max} octets of well-formed UTF-8. */
  public String text(int max, String what) throws Rejected {
    Bytes utf8 = string(max, what);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(utf8.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Rejected(RejectionCode.BAD_TEXT, what);
    }
  }

  /** Octets not read yet. */
  public int remaining() {
    return end - at;
  }

  /** Rejects octets left over. */
  public void end() throws Rejected {
    if (at != end) {
      throw new Rejected(RejectionCode.TRAILING, "input");
    }
  }

  /** Rejects anything but zero octets up to the end: padding. */
  public void padding() throws Rejected {
    while (at < end) {
      if (octets[at++] != 0) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "padding");
      }
    }
  }
}
