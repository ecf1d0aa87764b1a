package dev.coffer.hsm.harness;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.codec.Bytes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Memory that fails on demand, in both ways a disk can, and that a thief can copy and put back. */
public final class MemoryNvram implements Nvram {
  /** How a write fails. */
  public enum Failing {
    /** It did not happen. */
    BEFORE,
    /** It happened, but said it failed. */
    AFTER
  }

  private final TreeMap<Integer, Bytes> images = new TreeMap<>();
  private int writes;
  private int failAt = -1;
  private Failing failing = Failing.BEFORE;

  @Override
  public synchronized Optional<Bytes> read(int partition) {
    return Optional.ofNullable(images.get(partition));
  }

  @Override
  public synchronized void write(int partition, Bytes image) {
    boolean fails = writes++ == failAt;
    if (fails && failing == Failing.BEFORE) {
      throw new Fault("test: did not happen");
    }
    images.put(partition, image);
    if (fails) {
      throw new Fault("test: happened, said it failed");
    }
  }

  /** Lets the write after {@code more} further ones fail. */
  public synchronized void failAfter(int more, Failing how) {
    failAt = writes + more;
    failing = how;
  }

  /** Writes so far. */
  public synchronized int writes() {
    return writes;
  }

  /** What a thief copies. */
  public synchronized Map<Integer, Bytes> snapshot() {
    return new TreeMap<>(images);
  }

  /** What a thief puts back. */
  public synchronized void restore(Map<Integer, Bytes> snapshot) {
    images.clear();
    images.putAll(snapshot);
  }
}
