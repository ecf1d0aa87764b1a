package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;

/** New content of a slot, from its first octet on; what lay behind it in the slot may stay. */
record Patch(Slot slot, Bytes content) {
  Patch {
    Invariant.check(content.size() <= slot.file().slotOctets(), "content fits its slot");
  }
}
