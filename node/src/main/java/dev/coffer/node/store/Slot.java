package dev.coffer.node.store;

import dev.coffer.node.store.tree.TreePage;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;

/** One slot of one partition's file. */
public record Slot(int partition, Kind kind, long number) {
  /** A partition's files. Each is an array of slots of one size, numbered from 0. */
  public enum Kind {
    /** One slot: where the partition stands. */
    STATE("state", 2048),
    /** Pages of the record tree; slot 0 stays unused. */
    PAGES("pages", TreePage.SLOT_OCTETS),
    /** Ciphertexts; slot 0 stays unused. Four to a disk block, so that none straddles two. */
    RECORDS("records", Limits.RECORD),
    /** H(entry k) in slot k − 1, for ever. */
    ENTRY_HASHES("hashes", Limits.DIGEST),
    /** Recent entries, a ring by k. */
    ENTRIES("entries", StoreCodec.ENTRY_OCTETS_MAX),
    /** This HSM's statements on them, a ring by k. */
    STATEMENTS("statements", StoreCodec.STATEMENT_OCTETS_MAX);

    private final String suffix;
    private final int slotOctets;

    Kind(String suffix, int slotOctets) {
      this.suffix = suffix;
      this.slotOctets = slotOctets;
    }

    /** Its name in the store's directory. */
    public String fileName(int partition) {
      return "p" + partition + "." + suffix;
    }

    /** Octets of each slot. */
    public int slotOctets() {
      return slotOctets;
    }
  }

  /** New content of a slot, from its first octet on; what lay behind it in the slot may stay. */
  record Patch(Slot slot, Bytes content) {
    Patch {
      Invariant.check(content.size() <= slot.kind().slotOctets(), "content fits its slot");
    }
  }

  String fileName() {
    return kind.fileName(partition);
  }

  long offset() {
    return number * kind.slotOctets();
  }
}
