package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that loses power at a chosen operation. What was not forced before then survives
 * sector by sector, or not, as the dice fall; the operation that fails may have happened.
 */
public final class FaultyDisk implements Disk {
  private static final int SECTOR = 512;

  /** What becomes of the operation at which the power fails. */
  public enum Failing {
    /** It did not happen. */
    NOT_DONE,
    /** It happened, though it said that it failed. */
    DONE,
  }

  /** How one operation fails, the process being told so or not. */
  public enum Fault {
    /** It says it failed and did nothing; everything after it works. */
    REFUSED,
    /** It says it failed, and happened; everything after it works. */
    REFUSED_BUT_DONE,
    /** The power fails before it. */
    CRASH_BEFORE,
    /** The power fails after it. */
    CRASH_AFTER,
    /** The power fails in the middle of it: the first half of a write has happened. */
    TORN;

    /** Whether nothing works from then on. */
    public boolean crashes() {
      return this != REFUSED && this != REFUSED_BUT_DONE;
    }
  }

  private record Unforced(long offset, Bytes octets) {}

  private final Map<String, FaultyFile> files = new TreeMap<>();
  private final long failAt;
  private final Fault fault;
  private boolean neverFlushing;
  private long operations;

  /** Fails at operation {@code failAt} (from 1) and ever after; 0 for never. */
  public FaultyDisk(long failAt, Failing failing) {
    this(failAt, failing == Failing.DONE ? Fault.CRASH_AFTER : Fault.CRASH_BEFORE);
  }

  /** One operation, {@code failAt} (from 1), fails so; 0 for none. */
  public FaultyDisk(long failAt, Fault fault) {
    this.failAt = failAt;
    this.fault = fault;
  }

  /** The same as a disk that says it has flushed and has not. */
  public FaultyDisk neverFlushing() {
    neverFlushing = true;
    return this;
  }

  /** Whether the power is gone. */
  public boolean dead() {
    return failed() && fault.crashes();
  }

  public long operations() {
    return operations;
  }

  public boolean failed() {
    return failAt > 0 && operations >= failAt;
  }

  /** What is there after the power comes back: a disk that fails at {@code nextFailAt} in turn. */
  public FaultyDisk afterPowerCut(RandomGenerator random, long nextFailAt, Failing nextFailing) {
    FaultyDisk after = new FaultyDisk(nextFailAt, nextFailing);
    files.forEach((name, file) -> after.files.put(name, file.survivor(after, random)));
    return after;
  }

  /** A copy with nothing lost. */
  public FaultyDisk copy() {
    FaultyDisk after = new FaultyDisk(0, Failing.NOT_DONE);
    files.forEach((name, file) -> after.files.put(name, file.copy(after)));
    return after;
  }

  /** Changes one bit of what is there. */
  public void rot(String name, long octet, int bit) {
    FaultyFile file = files.get(name);
    file.seen = file.seen.clone();
    file.seen[(int) octet] ^= (byte) (1 << bit);
  }

  public int size(String name) {
    return files.get(name).seen.length;
  }

  /** Cuts a file off. */
  public void truncate(String name, int octets) {
    FaultyFile file = files.get(name);
    file.seen = Arrays.copyOf(file.seen, octets);
  }

  /** Takes a file away. */
  public void remove(String name) {
    files.remove(name);
  }

  /** All files, by name. */
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  @Override
  public File file(String name) {
    return files.computeIfAbsent(name, same -> new FaultyFile(this, new byte[0]));
  }

  @Override
  public void close() {}

  private void operate(Runnable effect, Runnable half) throws IOException {
    operations++;
    if (operations != failAt) {
      if (dead()) {
        throw new IOException("power cut");
      }
      effect.run();
      return;
    }
    switch (fault) {
      case REFUSED, CRASH_BEFORE -> {}
      case REFUSED_BUT_DONE, CRASH_AFTER -> effect.run();
      case TORN -> half.run();
    }
    throw new IOException(fault.toString());
  }

  private static final class FaultyFile implements File {
    private final FaultyDisk disk;
    private final List<Unforced> unforced = new ArrayList<>();
    private byte[] seen;
    private byte[] forced;

    /** Whether {@code seen} and {@code forced} belong to this file alone. */
    private boolean own;

    FaultyFile(FaultyDisk disk, byte[] content) {
      this.disk = disk;
      this.seen = content;
      this.forced = content;
    }

    /** With the same content, which neither writes into from now on. */
    FaultyFile copy(FaultyDisk after) {
      own = false;
      return new FaultyFile(after, seen);
    }

    private void becomeOwn() {
      if (!own) {
        seen = seen.clone();
        forced = forced.clone();
        own = true;
      }
    }

    FaultyFile survivor(FaultyDisk after, RandomGenerator random) {
      if (unforced.isEmpty()) {
        own = false;
        return new FaultyFile(after, forced);
      }
      byte[] left = forced.clone();
      for (Unforced write : unforced) {
        for (int at = 0; at < write.octets.size(); ) {
          int end = (int) ((write.offset + at) / SECTOR * SECTOR + SECTOR - write.offset);
          end = Math.min(end, write.octets.size());
          if (random.nextBoolean()) {
            left = put(left, write.offset + at, write.octets.toByteArray(), at, end);
          }
          at = end;
        }
      }
      return new FaultyFile(after, left);
    }

    private static byte[] put(byte[] into, long offset, byte[] octets, int from, int to) {
      int end = Math.toIntExact(offset + to - from);
      byte[] out = end > into.length ? Arrays.copyOf(into, end) : into;
      System.arraycopy(octets, from, out, (int) offset, to - from);
      return out;
    }

    @Override
    public int read(long offset, byte[] into) throws IOException {
      if (disk.dead()) {
        throw new IOException("power cut");
      }
      int there = (int) Math.max(0, Math.min(into.length, seen.length - offset));
      if (there > 0) {
        System.arraycopy(seen, (int) offset, into, 0, there);
      }
      return there;
    }

    @Override
    public long size() {
      return seen.length;
    }

    @Override
    public void write(long offset, byte[] octets, int from, int to) throws IOException {
      disk.operate(
          () -> put(offset, octets, from, to), () -> put(offset, octets, from, (from + to) / 2));
    }

    private void put(long offset, byte[] octets, int from, int to) {
      becomeOwn();
      seen = put(seen, offset, octets, from, to);
      unforced.add(new Unforced(offset, Bytes.copyOf(octets, from, to)));
    }

    @Override
    public void force() throws IOException {
      disk.operate(
          () -> {
            if (!disk.neverFlushing) {
              becomeOwn();
              for (Unforced write : unforced) {
                byte[] octets = write.octets.toByteArray();
                forced = put(forced, write.offset, octets, 0, octets.length);
              }
              unforced.clear();
            }
          },
          () -> {});
    }
  }
}
