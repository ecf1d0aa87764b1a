package dev.coffer.analysis.memory;

import dev.coffer.protocol.codec.Bytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks for many octet strings at once. */
final class MemorySearch {
  /** What to look for, and what has leaked if it is found. */
  record Needle(String name, Bytes octets) {}

  private static final int WINDOW = 1 << 20;
  private static final int LONGEST = 256;

  private final Map<Integer, List<Needle>> byStart = new HashMap<>();
  private final BitSet starts = new BitSet(1 << 16);
  private final Map<String, Integer> found = new TreeMap<>();
  private final byte[] window = new byte[WINDOW + LONGEST];

  private MemorySearch(Needles needles) {
    for (Needle needle : needles.all()) {
      Bytes octets = needle.octets();
      if (octets.size() > LONGEST) {
        throw new IllegalArgumentException(needle.name() + " is too long");
      }
      starts.set(octets.at(0) << 8 | octets.at(1));
      byStart.computeIfAbsent(start(octets), start -> new ArrayList<>()).add(needle);
    }
  }

  private static int start(Bytes octets) {
    return octets.at(0) << 24 | octets.at(1) << 16 | octets.at(2) << 8 | octets.at(3);
  }

  /** How often each is in the file, by name; those that are not are left out. */
  static Map<String, Integer> inFile(Path file, Needles needles) throws IOException {
    MemorySearch search = new MemorySearch(needles);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      search.read(in::readNBytes);
    }
    return search.found;
  }

  private interface Source {
    int read(byte[] target, int offset, int size) throws IOException;
  }

  private void read(Source source) throws IOException {
    int kept = 0;
    for (int read = source.read(window, 0, WINDOW);
        read > 0;
        read = source.read(window, kept, WINDOW)) {
      int end = kept + read;
      int before = Math.max(0, end - LONGEST);
      scan(0, before, end);
      kept = end - before;
      System.arraycopy(window, before, window, 0, kept);
    }
    scan(0, kept, kept);
  }

  /** Needles that start in [from, to) and lie before {@code end}. */
  private void scan(int from, int to, int end) {
    for (int at = from; at < to && at + 3 < end; at++) {
      if (!starts.get((window[at] & 0xff) << 8 | window[at + 1] & 0xff)) {
        continue;
      }
      int start =
          window[at] << 24
              | (window[at + 1] & 0xff) << 16
              | (window[at + 2] & 0xff) << 8
              | window[at + 3] & 0xff;
      for (Needle needle : byStart.getOrDefault(start, List.of())) {
        if (matches(at, end, needle.octets())) {
          found.merge(needle.name(), 1, Integer::sum);
        }
      }
    }
  }

  private boolean matches(int at, int end, Bytes octets) {
    if (at + octets.size() > end) {
      return false;
    }
    for (int i = 0; i < octets.size(); i++) {
      if (window[at + i] != (byte) octets.at(i)) {
        return false;
      }
    }
    return true;
  }
}
