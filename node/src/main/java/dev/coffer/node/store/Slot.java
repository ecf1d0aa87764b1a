package dev.coffer.node.store;

/** One slot of one partition's file. */
record Slot(int partition, SlotFile file, long number) {
  long offset() {
    return number * file.slotOctets();
  }
}
