package dev.coffer.node.store;

import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Mending;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares the files with the journal, which still holds what was written last: a slot changes in a
 * commit alone, so the newest frame that names it says what must stand there. Finds what no sum
 * covers: a file that is gone, or older than the others.
 */
final class JournalCheck {
  private record Written(int octets, Bytes hash) {}

  private final Disk disk;
  private final Map<Slot, Written> newest = new HashMap<>();
  private long last;

  /** {@code disk}: after recovery. */
  JournalCheck(Disk disk) {
    this.disk = disk;
  }

  private void frame(JournalFrame frame) {
    if (frame.number() != last + 1) {
      // A frame between them is gone, and with it what it changed: older ones say nothing certain.
      newest.clear();
    }
    last = frame.number();
    for (Patch patch : frame.patches()) {
      Bytes content = patch.content();
      newest.put(patch.slot(), new Written(content.size(), Hashes.sha256(content)));
    }
  }

  void check(Findings findings) throws IOException {
    Journal.visit(disk, this::frame);
    Map<String, Integer> differing = new TreeMap<>();
    for (Map.Entry<Slot, Written> slot : newest.entrySet()) {
      if (!stands(slot.getKey(), slot.getValue())) {
        String name = slot.getKey().file().fileName(slot.getKey().partition());
        differing.merge(name, 1, Integer::sum);
      }
    }
    differing.forEach((name, count) ->
        findings.damage(
            name,
            count + " of its slots hold other octets than the journal says were written",
            Remedy.FETCH_AGAIN,
            Mending.STORE_ASIDE));
  }

  private boolean stands(Slot slot, Written written) {
    byte[] octets = new byte[written.octets()];
    try {
      int there = disk.file(slot.file().fileName(slot.partition())).read(slot.offset(), octets);
      return there == octets.length && Hashes.sha256(Bytes.wrap(octets)).equals(written.hash());
    } catch (IOException e) {
      return false;
    }
  }
}
