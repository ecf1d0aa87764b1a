package dev.coffer.transparency.tlog;

import static dev.coffer.transparency.RefusalAssertion.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frontier, tiles, prover and verifier against each other and against RFC 6962's definition. */
@Tag("long")
class TreeTest {
  private static final int SIZE = 600;

  private final List<Bytes> leaves = new ArrayList<>();
  private final List<Bytes> roots = new ArrayList<>();
  private final Map<String, Bytes> files = new HashMap<>();

  @BeforeEach
  void grow() {
    Frontier frontier = Frontier.EMPTY;
    Map<List<Long>, Bytes> nodes = new HashMap<>();
    roots.add(frontier.root());
    for (int i = 0; i < SIZE; i++) {
      Bytes leaf = Tlog.leafHash(Utf8.encode("entry " + i));
      leaves.add(leaf);
      frontier =
          frontier.append(
              leaf, (level, index, hash) -> nodes.put(List.of((long) level, index), hash));
      roots.add(frontier.root());
      write(i, i + 1, nodes);
    }
  }

  private void write(long oldSize, long newSize, Map<List<Long>, Bytes> nodes) {
    for (TilePath tile : TilePath.grown(oldSize, newSize)) {
      List<Bytes> hashes = new ArrayList<>();
      for (int i = 0; i < tile.width(); i++) {
        hashes.add(nodes.get(List.of(8L * tile.level(), tile.index() * TilePath.FULL + i)));
      }
      files.put(tile.path(), Tile.encodeHashes(hashes));
    }
  }

  private TreeProver prover(long size) {
    return new TreeProver(
        new TileHashes(
            path -> {
              Bytes file = files.get(path.path());
              if (file == null) {
                throw new IOException("no such tile");
              }
              return file;
            },
            size));
  }

  /** MTH as RFC 6962 §2.1 writes it down. */
  private static Bytes mth(List<Bytes> leaves) {
    if (leaves.isEmpty()) {
      return Tlog.EMPTY_ROOT;
    }
    if (leaves.size() == 1) {
      return leaves.get(0);
    }
    int k = Integer.highestOneBit(leaves.size() - 1);
    return Tlog.nodeHash(mth(leaves.subList(0, k)), mth(leaves.subList(k, leaves.size())));
  }

  @Test
  void rootsAreRfc6962s() throws IOException, Refused {
    for (int size = 0; size <= SIZE; size++) {
      assertEquals(mth(leaves.subList(0, size)), roots.get(size));
      assertEquals(roots.get(size), prover(size).root(size));
    }
  }

  @Test
  void everyProofHoldsAndNoOther() throws IOException, Refused {
    for (int size : new int[] {1, 2, 3, 7, 8, 64, 255, 256, 257, 511, 512, 513, SIZE}) {
      TreeProver prover = prover(size);
      for (int index = 0; index < size; index += Math.max(1, size / 40)) {
        List<Bytes> proof = prover.inclusion(index, size);
        Tlog.checkInclusion(index, size, leaves.get(index), proof, roots.get(size));
        int wrong = index ^ 1;
        assertRefused(
            RefusalCode.BAD_PROOF,
            () -> Tlog.checkInclusion(wrong, size, leaves.get(wrong ^ 1), proof, roots.get(size)));
        List<Bytes> longer = new ArrayList<>(proof);
        longer.add(roots.get(size));
        int right = index;
        assertRefused(
            RefusalCode.BAD_PROOF,
            () -> Tlog.checkInclusion(right, size, leaves.get(right), longer, roots.get(size)));
      }
      for (int old = 0; old <= size; old += Math.max(1, size / 40)) {
        List<Bytes> proof = prover.consistency(old, size);
        Tlog.checkConsistency(old, size, roots.get(old), roots.get(size), proof);
        if (old > 0 && old < size) {
          int before = old;
          assertRefused(
              RefusalCode.BAD_PROOF,
              () ->
                  Tlog.checkConsistency(
                      before, size, roots.get(before - 1), roots.get(size), proof));
        }
      }
    }
  }

  @Test
  void frontierIsReadBack() throws IOException, Refused {
    for (int size = 0; size < SIZE; size += 13) {
      int at = size;
      TileHashes hashes = new TileHashes(path -> files.get(path.path()), at);
      Frontier read = Frontier.read(hashes, at);
      assertEquals(roots.get(at), read.root());
      assertEquals(roots.get(at), Frontier.of(at, read.peaks()).root());
      assertEquals(roots.get(at + 1), read.append(leaves.get(at)).root());
    }
  }

  @Test
  void damagedTilesAreRefused() {
    String path = "tile/0/000";
    files.put(path, files.get(path).slice(1, 8192));
    assertRefused(RefusalCode.MALFORMED, () -> prover(SIZE).inclusion(0, SIZE));
  }

  @Test
  void entriesAreLengthPrefixed() throws Refused {
    List<Bytes> entries = List.of(Bytes.EMPTY, Utf8.encode("a"), Bytes.zeros(Tile.ENTRY_MAX));
    Bytes bundle = Tile.encodeEntries(entries);
    assertEquals(entries, Tile.decodeEntries(bundle, 3));
    assertRefused(RefusalCode.MALFORMED, () -> Tile.decodeEntries(bundle, 2));
    assertRefused(RefusalCode.MALFORMED, () -> Tile.decodeEntries(bundle, 4));
  }
}
