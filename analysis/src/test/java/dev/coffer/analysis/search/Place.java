package dev.coffer.analysis.search;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A place in the tree of all chains that hosts have led some HSM along: the entries up to it, the
 * records after it, and what was stated there. Entry 0 is a tick, entry i the i-th guess.
 */
final class Place {
  private final int id;
  private final Optional<Place> parent;
  private final int entry;
  private final FoundedWorld.Orderable what;
  private final ChainValues values;
  private final RecordBook book;
  private final List<Bytes> leaves;
  private final Map<Integer, Place> children = new HashMap<>();
  private final Map<Integer, Statement> statements = new HashMap<>();
  private final int depth;
  private final Progress progress;
  private final BitSet made = new BitSet();

  Place(
      int id,
      Optional<Place> parent,
      int entry,
      FoundedWorld.Orderable what,
      ChainValues values,
      RecordBook book,
      List<Bytes> leaves,
      Progress progress) {
    this.id = id;
    this.parent = parent;
    this.entry = entry;
    this.what = what;
    this.values = values;
    this.book = book;
    this.leaves = List.copyOf(leaves);
    this.depth = parent.map(p -> p.depth + 1).orElse(0);
    this.progress = progress;
    parent.ifPresent(p -> made.or(p.made));
    made.set(entry);
  }

  int id() {
    return id;
  }

  Optional<Place> parent() {
    return parent;
  }

  int entry() {
    return entry;
  }

  Bytes octets() {
    return what.octets();
  }

  ChainValues values() {
    return values;
  }

  long k() {
    return values.k();
  }

  RecordBook book() {
    return book;
  }

  List<Bytes> leaves() {
    return leaves;
  }

  int depth() {
    return depth;
  }

  /** The entries on the way here, by number. */
  BitSet made() {
    return made;
  }

  /** What the registration has come to; kept only where the user recovers. */
  Progress progress() {
    return progress;
  }

  Map<Integer, Place> children() {
    return children;
  }

  Map<Integer, Statement> statements() {
    return statements;
  }

  /** Is {@code other} this place or further on along the same chain? */
  boolean leadsTo(Place other) {
    Place at = other;
    while (at.depth > depth) {
      at = at.parent.orElseThrow();
    }
    return at == this;
  }

  /** H(entry) of the last {@code count} entries up to here; fewer if there are not so many. */
  List<Bytes> newestHashes(long count) {
    List<Bytes> hashes = new ArrayList<>();
    Place at = this;
    while (hashes.size() < count && at.parent.isPresent()) {
      hashes.addFirst(ChainValues.entryHash(at.octets()));
      at = at.parent.get();
    }
    return hashes;
  }

  @Override
  public String toString() {
    return parent.map(p -> p + "." + what.label()).orElse("start");
  }
}
