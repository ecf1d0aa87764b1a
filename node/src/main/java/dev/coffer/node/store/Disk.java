package dev.coffer.node.store;

import java.io.IOException;

/**
 * The few things a store does to a disk: small enough for a fake that tears, loses and refuses
 * writes.
 */
interface Disk extends AutoCloseable {
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

    /** Writes all of {@code octets[from, to)} at {@code offset}, enlarging the file if need be. */
    void write(long offset, byte[] octets, int from, int to) throws IOException;

    /** Returns when everything written before the call survives a power cut. */
    void force() throws IOException;
  }

  /** The file of this name, made if it is not there; the same object each time. */
  File file(String name) throws IOException;

  /** Lets all files go. */
  @Override
  void close() throws IOException;
}
