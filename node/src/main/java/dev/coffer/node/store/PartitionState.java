package dev.coffer.node.store;

import dev.coffer.node.store.tree.Allocator;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import java.util.Optional;

/**
 * The one slot that says where a partition stands; written in every transaction.
 *
 * @param position of the newest entry
 * @param rootSlot the page of the tree's top, 0 while there is none
 * @param nextPage the first page slot never used
 * @param nextRecord the first record slot never used
 * @param certificate the newest one kept
 * @param syncing what a synchronisation that has not ended is after
 */
public record PartitionState(
    RecordStore.Position position,
    int rootSlot,
    int nextPage,
    int nextRecord,
    Optional<Certificate> certificate,
    Optional<ChainValues> syncing) {
  /** Before the first entry. */
  public static PartitionState founding(ChainValues values) {
    return new PartitionState(
        new RecordStore.Position(values, OrderPosition.NONE),
        0,
        1,
        1,
        Optional.empty(),
        Optional.empty());
  }

  /** The top of its tree. */
  public RecordTree.Root root() {
    return new RecordTree.Root(position.values().root(), rootSlot);
  }

  PartitionState at(RecordStore.Position newer) {
    return new PartitionState(newer, rootSlot, nextPage, nextRecord, certificate, syncing);
  }

  PartitionState with(Certificate newer) {
    return new PartitionState(
        position, rootSlot, nextPage, nextRecord, Optional.of(newer), syncing);
  }

  PartitionState with(int newRootSlot, Allocator allocator) {
    return new PartitionState(
        position, newRootSlot, allocator.nextPage(), allocator.nextRecord(), certificate, syncing);
  }

  PartitionState syncing(Optional<ChainValues> target) {
    return new PartitionState(position, rootSlot, nextPage, nextRecord, certificate, target);
  }

  /** Octets, then their length and sum in front: what a slot gives back may be rotten. */
  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    position.values().write(out);
    StoreCodec.write(position.order(), out);
    out.u32(rootSlot).u32(nextPage).u32(nextRecord);
    out.bool(certificate.isPresent());
    certificate.ifPresent(newest -> newest.write(out));
    out.bool(syncing.isPresent());
    syncing.ifPresent(target -> target.write(out));
    return StoreCodec.summed(out.toBytes());
  }

  /**
   * Decodes {@link #encode}; empty for a slot never written.
   *
   * @throws StoreFault.Corrupt if it is damaged
   */
  public static Optional<PartitionState> decode(Bytes slot) {
    Optional<Bytes> content = StoreCodec.unsummed(slot, "state");
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try {
      CanonicalReader in = new CanonicalReader(content.get());
      RecordStore.Position position =
          new RecordStore.Position(ChainValues.read(in), StoreCodec.order(in));
      int rootSlot = in.u32();
      int nextPage = in.u32();
      int nextRecord = in.u32();
      Optional<Certificate> certificate =
          in.bool() ? Optional.of(Certificate.read(in)) : Optional.empty();
      Optional<ChainValues> syncing =
          in.bool() ? Optional.of(ChainValues.read(in)) : Optional.empty();
      in.end();
      return Optional.of(
          new PartitionState(position, rootSlot, nextPage, nextRecord, certificate, syncing));
    } catch (Rejected e) {
      throw new StoreFault.Corrupt("state", e);
    }
  }
}
