package dev.coffer.ceremony.record;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.Optional;

/** A folder of small public files: a site's own, a stick, a published record. A port. */
public interface Folder {
  /** Octets of the largest file. */
  int OCTETS_MAX = 256 << 10;

  /**
   * A file's content; empty if there is none.
   *
   * @throws IOException if it cannot be read, or is larger than {@value #OCTETS_MAX} octets
   */
  Optional<Bytes> read(String name) throws IOException;

  /**
   * Makes or replaces a file: after a crash it holds the old content or the new one.
   *
   * @throws IOException if that failed, such as on a full disk
   */
  void write(String name, Bytes content) throws IOException;

  /** How messages name it. */
  @Override
  String toString();
}
