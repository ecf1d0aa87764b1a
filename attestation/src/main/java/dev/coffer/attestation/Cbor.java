package dev.coffer.attestation;

import dev.coffer.protocol.codec.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads CBOR (RFC 8949) strictly: definite lengths in their shortest form, integers of 64 bits,
 * octets, text, arrays, maps and null. Everything else is malformed.
 */
final class Cbor {
  private static final int NUMBER = 0;
  private static final int NEGATIVE = 1;
  private static final int OCTETS = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int NULL = 0xf6;

  private final ByteBuffer in;

  Cbor(Bytes octets) {
    this.in = ByteBuffer.wrap(octets.toByteArray());
  }

  private static NotAttested malformed() {
    return new NotAttested(NotAttested.Reason.MALFORMED);
  }

  private long head(int type) throws NotAttested {
    try {
      int first = in.get() & 0xff;
      int size = first & 0x1f;
      if (first >>> 5 != type || size > 27) {
        throw malformed();
      }
      if (size < 24) {
        return size;
      }
      int octets = 1 << size - 24;
      long value = 0;
      for (int i = 0; i < octets; i++) {
        value = value << 8 | in.get() & 0xff;
      }
      // The shortest form: what fits into fewer octets stands in fewer.
      long least = octets == 1 ? 24 : 1L << octets * 4;
      if (value < least) {
        throw malformed();
      }
      return value;
    } catch (BufferUnderflowException e) {
      throw new NotAttested(NotAttested.Reason.MALFORMED, e);
    }
  }

  private int size(int type, int max) throws NotAttested {
    long size = head(type);
    if (size > max) {
      throw malformed();
    }
    return (int) size;
  }

  /** An integer. */
  long number() throws NotAttested {
    boolean negative = in.hasRemaining() && (in.get(in.position()) & 0xe0) >>> 5 == NEGATIVE;
    long value = head(negative ? NEGATIVE : NUMBER);
    return negative ? -1 - value : value;
  }

  /** At most {@code max} octets. */
  Bytes octets(int max) throws NotAttested {
    return take(size(OCTETS, max));
  }

  private Bytes take(int size) throws NotAttested {
    if (in.remaining() < size) {
      throw malformed();
    }
    byte[] octets = new byte[size];
    in.get(octets);
    return Bytes.wrap(octets);
  }

  /** Text of at most {@code max} octets. */
  String text(int max) throws NotAttested {
    Bytes octets = take(size(TEXT, max));
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(octets.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new NotAttested(NotAttested.Reason.MALFORMED, e);
    }
  }

  /** How many items follow, at most {@code max}. */
  int array(int max) throws NotAttested {
    return size(ARRAY, max);
  }

  /** How many pairs follow, at most {@code max}. */
  int map(int max) throws NotAttested {
    return size(MAP, max);
  }

  /** Steps over null, if it is the next item. */
  boolean absent() {
    boolean absent = in.hasRemaining() && (in.get(in.position()) & 0xff) == NULL;
    if (absent) {
      in.get();
    }
    return absent;
  }

  /** Returns if nothing follows. */
  void end() throws NotAttested {
    if (in.hasRemaining()) {
      throw malformed();
    }
  }
}
