package dev.coffer.protocol.curve;

/** Eight octets as a little-endian 64-bit word. */
final class LittleEndian {
  private LittleEndian() {}

  /** The word at {@code offset}. */
  static long load(byte[] octets, int offset) {
    return (octets[offset] & 0xffL)
        | (octets[offset + 1] & 0xffL) << 8
        | (octets[offset + 2] & 0xffL) << 16
        | (octets[offset + 3] & 0xffL) << 24
        | (octets[offset + 4] & 0xffL) << 32
        | (octets[offset + 5] & 0xffL) << 40
        | (octets[offset + 6] & 0xffL) << 48
        | (octets[offset + 7] & 0xffL) << 56;
  }

  /** Writes {@code word} at {@code offset}. */
  static void store(long word, byte[] octets, int offset) {
    for (int i = 0; i < 8; i++) {
      octets[offset + i] = (byte) (word >>> (8 * i));
    }
  }
}
