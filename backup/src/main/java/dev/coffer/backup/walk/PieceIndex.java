package dev.coffer.backup.walk;

import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where content lies, by its SHA-256: some 50 octets of memory for each, since there may be
 * millions. Not thread-safe.
 */
final class PieceIndex {
  /** Beyond this, content is no longer remembered, and stored again when it comes again. */
  static final int ENTRIES_MAX = 1 << 21;

  private static final int WORDS = 4;
  private static final int PLACE = 3;
  private static final int CHUNK_BITS = 12;
  private static final int CHUNK_MASK = (1 << CHUNK_BITS) - 1;

  private final List<long[]> hashes = new ArrayList<>();
  private final List<int[]> places = new ArrayList<>();
  private final List<DataName> objects = new ArrayList<>();
  private final Map<DataName, Integer> numbers = new HashMap<>();

  /** By hash, with linear probing: the number of an entry and one more, or 0. At most half full. */
  private int[] table = new int[1 << CHUNK_BITS];

  private int size;

  /** Remembers where the content is; a later place counts. */
  void put(Bytes sha256, Piece piece) {
    int slot = slot(sha256);
    if (table[slot] == 0) {
      if (size == ENTRIES_MAX) {
        return;
      }
      if (size >> CHUNK_BITS == hashes.size()) {
        hashes.add(new long[WORDS << CHUNK_BITS]);
        places.add(new int[PLACE << CHUNK_BITS]);
      }
      for (int i = 0; i < WORDS; i++) {
        hashes.get(size >> CHUNK_BITS)[(size & CHUNK_MASK) * WORDS + i] = word(sha256, i);
      }
      table[slot] = ++size;
    }
    int entry = table[slot] - 1;
    int[] chunk = places.get(entry >> CHUNK_BITS);
    int at = (entry & CHUNK_MASK) * PLACE;
    chunk[at] =
        numbers.computeIfAbsent(
            piece.object(),
            name -> {
              objects.add(name);
              return objects.size() - 1;
            });
    chunk[at + 1] = piece.offset();
    chunk[at + 2] = piece.size();
    if (2 * size > table.length) {
      grow();
    }
  }

  /** Where it was put last. */
  Optional<Piece> find(Bytes sha256) {
    int entry = table[slot(sha256)] - 1;
    if (entry < 0) {
      return Optional.empty();
    }
    int[] chunk = places.get(entry >> CHUNK_BITS);
    int at = (entry & CHUNK_MASK) * PLACE;
    return Optional.of(new Piece(objects.get(chunk[at]), chunk[at + 1], chunk[at + 2]));
  }

  /** Where the entry of that hash is in the table, or would be. */
  private int slot(Bytes sha256) {
    int slot = (int) word(sha256, 0) & table.length - 1;
    while (table[slot] != 0 && !isOf(table[slot] - 1, sha256)) {
      slot = slot + 1 & table.length - 1;
    }
    return slot;
  }

  private boolean isOf(int entry, Bytes sha256) {
    for (int i = 0; i < WORDS; i++) {
      if (storedWord(entry, i) != word(sha256, i)) {
        return false;
      }
    }
    return true;
  }

  private long storedWord(int entry, int i) {
    return hashes.get(entry >> CHUNK_BITS)[(entry & CHUNK_MASK) * WORDS + i];
  }

  private void grow() {
    table = new int[2 * table.length];
    for (int entry = 0; entry < size; entry++) {
      int slot = (int) storedWord(entry, 0) & table.length - 1;
      while (table[slot] != 0) {
        slot = slot + 1 & table.length - 1;
      }
      table[slot] = entry + 1;
    }
  }

  private static long word(Bytes sha256, int i) {
    long word = 0;
    for (int octet = 8 * i; octet < 8 * i + 8; octet++) {
      word = word << 8 | sha256.at(octet);
    }
    return word;
  }
}
