package dev.coffer.hsm.platform;

import dev.coffer.protocol.codec.Bytes;
import java.util.Optional;

/**
 * Non-volatile memory: one image of at most 4 KiB a partition.
 *
 * <p><b>Guarantees:</b> a write is atomic, and durable once it has returned; a read gives what was
 * written last, never anything older (monotonic). After a {@link Fault} in a write it is unknown
 * whether the write happened: the core then stops. <b>Not guaranteed by the file
 * implementation:</b> monotonicity against whoever can copy the file back. Calls for one partition
 * are serialised by the caller.
 */
public interface Nvram {
  /** Octets an image may have. */
  int IMAGE_MAX = 4 << 10;

  /** The image of {@code partition}; empty if none was ever written. */
  Optional<Bytes> read(int partition);

  /** Replaces the image of {@code partition}. */
  void write(int partition, Bytes image);

  /** The memory failed, or lost what it held. The core stops: going on could forget a guess. */
  final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what failed, never what was stored. */
    public Fault(String what, Throwable cause) {
      super("non-volatile memory: " + what, cause);
    }

    /** Says what failed, never what was stored. */
    public Fault(String what) {
      super("non-volatile memory: " + what);
    }
  }
}
