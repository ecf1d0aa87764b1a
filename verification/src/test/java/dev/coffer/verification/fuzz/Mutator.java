package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Random;

/**
 * Damages good inputs where it hurts: lengths, counts and tags, borders between fields, lines of
 * texts, splices of two inputs. Everything follows from the seed.
 */
public final class Mutator {
  private static final int SIZE_MAX = 64 << 10;
  private static final int[] EDGES = {0, 1, 2, 3, 7, 8, 9, 0x7f, 0x80, 0xff};
  private static final int[] WIDTHS = {1, 2, 4, 8};

  private final Random random;
  private final List<Bytes> seeds;

  /** Everything that comes out follows from {@code seed} and the good inputs. */
  public Mutator(long seed, List<Bytes> seeds) {
    this.random = new Random(seed);
    this.seeds = seeds;
  }

  /** The next input. */
  public Bytes next() {
    byte[] octets = pick().toByteArray();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      octets = change(octets);
    }
    return Bytes.wrap(octets);
  }

  private Bytes pick() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] change(byte[] octets) {
    int size = octets.length;
    if (size == 0) {
      return pick().toByteArray();
    }
    int at = random.nextInt(size);
    switch (random.nextInt(9)) {
      case 0 -> octets[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> octets[at] = (byte) EDGES[random.nextInt(EDGES.length)];
      case 2 -> octets[at] = (byte) random.nextInt();
      case 3 -> number(octets, at);
      case 4 -> {
        return join(octets, at, new byte[0], Math.min(size, at + 1 + random.nextInt(8)));
      }
      case 5 -> {
        byte[] more = new byte[1 + random.nextInt(8)];
        random.nextBytes(more);
        return join(octets, at, more, at);
      }
      case 6 -> {
        int to = Math.min(size, at + 1 + random.nextInt(96));
        return join(octets, to, Bytes.copyOf(octets, at, to).toByteArray(), to);
      }
      case 7 -> {
        byte[] other = pick().toByteArray();
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return join(octets, at, Bytes.copyOf(other, from, other.length).toByteArray(), size);
      }
      default -> {
        return Bytes.copyOf(octets, 0, at).toByteArray();
      }
    }
    return octets;
  }

  /** Adds a little to, or replaces, a big-endian number: a length, a count, a k. */
  private void number(byte[] octets, int at) {
    int width = WIDTHS[random.nextInt(WIDTHS.length)];
    if (at + width > octets.length) {
      return;
    }
    long value =
        random.nextBoolean() ? random.nextInt(9) - 4L : EDGES[random.nextInt(EDGES.length)];
    boolean add = random.nextBoolean();
    for (int i = at + width - 1; i >= at; i--) {
      long sum = add ? (octets[i] & 0xff) + value : value;
      octets[i] = (byte) sum;
      value = sum >> 8;
    }
  }

  private static byte[] join(byte[] octets, int headEnd, byte[] middle, int tailStart) {
    int size = headEnd + middle.length + octets.length - tailStart;
    if (size > SIZE_MAX) {
      return octets;
    }
    byte[] joined = new byte[size];
    System.arraycopy(octets, 0, joined, 0, headEnd);
    System.arraycopy(middle, 0, joined, headEnd, middle.length);
    System.arraycopy(octets, tailStart, joined, headEnd + middle.length, octets.length - tailStart);
    return joined;
  }
}
