package dev.coffer.analysis.world;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;

/** What happened: the newest events, a hash over all of them, and how often what. */
final class Diary {
  private static final int KEPT = 120;

  private final Deque<String> newest = new ArrayDeque<>();
  private final TreeMap<String, Long> faults = new TreeMap<>();
  private final TreeMap<String, Long> doings = new TreeMap<>();
  private final Loop loop;
  private Bytes hash = Bytes.zeros(32);

  Diary(Loop loop) {
    this.loop = loop;
  }

  void note(String event) {
    String line = loop.now() + " " + event;
    hash = Hashes.sha256(hash.concat(Bytes.wrap(line.getBytes(StandardCharsets.UTF_8))));
    newest.add(line);
    if (newest.size() > KEPT) {
      newest.remove();
    }
  }

  /** A fault was injected. */
  void fault(String kind) {
    fault(kind, "");
  }

  /** A fault was injected, somewhere in particular. */
  void fault(String kind, String where) {
    faults.merge(kind, 1L, Long::sum);
    note("fault " + kind + " " + where);
  }

  /** Something was done. */
  void done(String kind) {
    doings.merge(kind, 1L, Long::sum);
  }

  Bytes hash() {
    return hash;
  }

  TreeMap<String, Long> faults() {
    return faults;
  }

  TreeMap<String, Long> doings() {
    return doings;
  }

  /** The newest events, a line each. */
  String tail() {
    return String.join("\n  ", newest);
  }
}
