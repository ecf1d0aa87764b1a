package dev.coffer.hsm.simulated;

import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.process.SlotMemory;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * SIMULATED non-volatile memory: files whose slots a plain SHA-256 vouches for, so that anybody can
 * write them.
 */
public final class FileNvram implements Nvram {
  /** The slots of a SIMULATED memory. */
  static final SlotMemory.Kind KIND =
      new SlotMemory.Kind() {
        private final Bytes magic =
            Bytes.wrap("SIMULATED NVRAM1".getBytes(StandardCharsets.US_ASCII));

        @Override
        public Bytes magic() {
          return magic;
        }

        @Override
        public Bytes check(int partition, Bytes covered) {
          return Hashes.sha256(covered);
        }
      };

  private final SlotMemory slots;

  /** The memory in {@code folder}, which is made if it is not there. */
  public FileNvram(Path folder) {
    this.slots = new SlotMemory(folder, KIND);
  }

  @Override
  public Optional<Bytes> read(int partition) {
    return slots.read(partition);
  }

  @Override
  public void write(int partition, Bytes image) {
    slots.write(partition, image);
  }
}
