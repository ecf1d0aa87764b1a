package dev.coffer.node.store;

import dev.coffer.protocol.codec.Limits;

/** A partition's files. Each is an array of slots of one size, numbered from 0. */
enum SlotFile {
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

  SlotFile(String suffix, int slotOctets) {
    this.suffix = suffix;
    this.slotOctets = slotOctets;
  }

  /** Its name in the store's directory. */
  String fileName(int partition) {
    return "p" + partition + "." + suffix;
  }

  int slotOctets() {
    return slotOctets;
  }
}
