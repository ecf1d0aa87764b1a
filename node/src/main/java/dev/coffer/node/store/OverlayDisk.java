package dev.coffer.node.store;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A disk that is only read; what is written stays in memory, so that the journal can be repeated
 * without a mark on what lies below. Not thread-safe.
 */
final class OverlayDisk implements Disk {
  private static final int BLOCK = 4 << 10;

  private final Disk below;
  private final Map<String, OverlayFile> open = new HashMap<>();

  /** Over {@code below}, which is closed with this. */
  OverlayDisk(Disk below) {
    this.below = below;
  }

  @Override
  public OverlayFile file(String name) throws IOException {
    OverlayFile file = open.get(name);
    if (file == null) {
      file = new OverlayFile(below.file(name));
      open.put(name, file);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    below.close();
  }

  /** One file: blocks that were written over what the disk has. */
  static final class OverlayFile implements File {
    private final File below;
    private final Map<Long, byte[]> written = new HashMap<>();
    private long size;

    OverlayFile(File below) throws IOException {
      this.below = below;
      this.size = size(below);
    }

    /** A disk's files have no size of their own: octets are there up to the end and none after. */
    private static long size(File file) throws IOException {
      byte[] one = new byte[1];
      long beyond = 1;
      while (file.read(beyond - 1, one) > 0) {
        beyond *= 2;
      }
      long there = beyond / 2;
      while (beyond - there > 1) {
        long middle = there + (beyond - there) / 2;
        if (file.read(middle - 1, one) > 0) {
          there = middle;
        } else {
          beyond = middle;
        }
      }
      return there;
    }

    /** Octets, with what was written here. */
    long size() {
      return size;
    }

    /** As {@link #read}, without what was written here. */
    int readBelow(long offset, byte[] into) throws IOException {
      return below.read(offset, into);
    }

    @Override
    public int read(long offset, byte[] into) throws IOException {
      int there = (int) Math.max(0, Math.min(into.length, size - offset));
      if (there == 0) {
        return 0;
      }
      byte[] octets = new byte[there];
      below.read(offset, octets);
      for (long block = offset / BLOCK; block * BLOCK < offset + there; block++) {
        byte[] newer = written.get(block);
        if (newer != null) {
          long from = Math.max(offset, block * BLOCK);
          long to = Math.min(offset + there, (block + 1) * BLOCK);
          System.arraycopy(
              newer,
              (int) (from - block * BLOCK),
              octets,
              (int) (from - offset),
              (int) (to - from));
        }
      }
      System.arraycopy(octets, 0, into, 0, there);
      return there;
    }

    @Override
    public void write(long offset, byte[] octets, int from, int to) throws IOException {
      for (int at = from; at < to; ) {
        long position = offset + at - from;
        long block = position / BLOCK;
        byte[] content = written.get(block);
        if (content == null) {
          content = new byte[BLOCK];
          below.read(block * BLOCK, content);
          written.put(block, content);
        }
        int within = (int) (position - block * BLOCK);
        int count = Math.min(BLOCK - within, to - at);
        System.arraycopy(octets, at, content, within, count);
        at += count;
      }
      size = Math.max(size, offset + to - from);
    }

    @Override
    public void force() {}
  }
}
