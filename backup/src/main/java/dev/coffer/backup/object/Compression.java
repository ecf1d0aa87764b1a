package dev.coffer.backup.object;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;

/**
 * gzip (RFC 1952) as any {@code gzip -dc} reads it, with padding. Stateless and thread-safe.
 *
 * <p>The length of compressed content tells about the content, and encryption hides no lengths. So
 * the file is padded to one of few lengths (Padmé, Nikitin et al., PETS 2019: at most 12 % more,
 * for large objects at most 3 %); the padding stands in the header's comment, which every reader
 * skips.
 */
public final class Compression {
  /** Where Deflater still searches greedily: measured in docs/decisions/0010. */
  private static final int LEVEL = 3;

  private static final int HEADER = 10;
  private static final int TRAILER = 8;
  private static final byte[] PLAIN_HEADER = {
    0x1f, (byte) 0x8b, 8, 0x10, 0, 0, 0, 0, 0, (byte) 255
  };
  private static final int SAMPLE = 16 << 10;

  private Compression() {}

  /** A gzip file that holds {@code content[0, size)}. */
  public static byte[] pack(byte[] content, int size) {
    byte[] body = new byte[size + (size >> 10) + 64];
    int bodySize = deflate(content, 0, size, compressible(content, size) ? LEVEL : 0, body);
    int least = HEADER + 1 + bodySize + TRAILER;
    int padding = padded(least) - least;
    byte[] file = Arrays.copyOf(PLAIN_HEADER, least + padding);
    Arrays.fill(file, HEADER, HEADER + padding, (byte) ' ');
    int at = HEADER + padding + 1;
    System.arraycopy(body, 0, file, at, bodySize);
    at += bodySize;
    CRC32 crc = new CRC32();
    crc.update(content, 0, size);
    littleEndian(file, at, (int) crc.getValue());
    littleEndian(file, at + 4, size);
    return file;
  }

  /**
   * The content of a gzip file of at most {@code sizeMax} octets; anything else is an {@link
   * IOException}.
   */
  public static byte[] unpack(byte[] file, int sizeMax) throws IOException {
    int size = file.length < HEADER + TRAILER ? 0 : littleEndian(file, file.length - 4);
    if (size < 0 || size > sizeMax) {
      throw new IOException("content too large");
    }
    // The trailer's size is a hint only: reading one octet more shows whether it was true.
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file), 32 << 10)) {
      byte[] content = new byte[size];
      if (in.readNBytes(content, 0, size) != size || in.read() >= 0) {
        throw new IOException("content of another size");
      }
      return content;
    }
  }

  /** Photos, videos and archives do not shrink: a short sample saves the time of trying. */
  private static boolean compressible(byte[] content, int size) {
    if (size <= SAMPLE) {
      return true;
    }
    byte[] out = new byte[SAMPLE + 1024];
    int part = SAMPLE / 4;
    ByteArrayOutputStream sample = new ByteArrayOutputStream(SAMPLE);
    for (int i = 0; i < 4; i++) {
      sample.write(content, (int) ((long) (size - part) * i / 3), part);
    }
    return deflate(sample.toByteArray(), 0, SAMPLE, 1, out) < SAMPLE - SAMPLE / 32;
  }

  private static int deflate(byte[] content, int from, int size, int level, byte[] target) {
    Deflater deflater = new Deflater(level, true);
    try {
      deflater.setInput(content, from, size);
      deflater.finish();
      int written = 0;
      while (!deflater.finished()) {
        written += deflater.deflate(target, written, target.length - written);
      }
      return written;
    } finally {
      deflater.end();
    }
  }

  /** The smallest Padmé length that is at least {@code size}. */
  public static int padded(int size) {
    if (size < 256) {
      return 256;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(size);
    int mantissaBits = 32 - Integer.numberOfLeadingZeros(exponent);
    int mask = (1 << (exponent - mantissaBits)) - 1;
    return (size + mask) & ~mask;
  }

  private static void littleEndian(byte[] target, int at, int value) {
    for (int i = 0; i < 4; i++) {
      target[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private static int littleEndian(byte[] source, int at) {
    int value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | source[at + i] & 0xff;
    }
    return value;
  }
}
