package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;

/**
 * The few things a store does to a disk: small enough for a fake that tears, loses and refuses
 * writes.
 */
public interface Disk extends AutoCloseable {
  /**
   * A file, read and written at offsets. Thread-safe; parts may be read while others are written.
   */
  interface File {
    /**
     * Fills {@code into} from {@code offset} on.
     *
     * @return how many octets there were before the end of the file
     */
    int read(long offset, byte[] into) throws IOException;

    /** Octets in it. */
    long size() throws IOException;

    /** Writes all of {@code octets[from, to)} at {@code offset}, enlarging the file if need be. */
    void write(long offset, byte[] octets, int from, int to) throws IOException;

    /** Returns when everything written before the call survives a power cut. */
    void force() throws IOException;
  }

  /** The file of this name, made if it is not there; the same object each time. */
  File file(String name) throws IOException;

  /** What stands in a slot; fewer octets than it has where its file ends before. */
  default Bytes read(Slot slot) throws IOException {
    byte[] octets = new byte[slot.kind().slotOctets()];
    int there = file(slot.fileName()).read(slot.offset(), octets);
    return there == octets.length ? Bytes.wrap(octets) : Bytes.copyOf(octets, 0, there);
  }

  /** Lets all files go. */
  @Override
  void close() throws IOException;
}
