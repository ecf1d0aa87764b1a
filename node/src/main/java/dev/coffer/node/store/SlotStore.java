package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import java.util.List;

/**
 * Slots that change together: all patches of a commit or none, even if the power fails in between.
 *
 * <p>{@link #read} may run at any time from any thread; {@link #commit} from one thread at a time.
 * Both throw {@link StoreFault}.
 */
interface SlotStore extends AutoCloseable {
  /**
   * The newest committed content of a slot: as many octets as the slot has, fewer where the file
   * ends before, zeros where nothing was ever written. While a commit is on its way the slots it
   * patches may read as old, new or mixed; who reads them holds their new content in memory.
   */
  Bytes read(Slot slot);

  /** Durable when it returns. */
  void commit(List<Patch> patches);

  @Override
  void close();
}
