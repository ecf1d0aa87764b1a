package dev.coffer.notary.log;

import dev.coffer.notary.disk.Disk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Recomputes a log from its folder: the checkpoint's signature, its root from the right edge, each
 * tile from the one above it, each entry from its tile. Since trust goes from the checkpoint
 * downwards, a fault names the very file that is wrong. Streams: memory does not grow with the log.
 */
public final class LogFsck {
  private static final int FAULTS_MAX = 100;

  /**
   * What was found.
   *
   * @param size leaves under the checkpoint; 0 where that is wrong
   * @param files files that were read
   * @param faults what is wrong, the first one first, each beginning with the file's path; at most
   *     100
   */
  public record Report(long size, long files, List<String> faults) {
    public Report {
      faults = List.copyOf(faults);
    }

    /** Whether all is as it should be. */
    public boolean clean() {
      return faults.isEmpty();
    }
  }

  private final Disk disk;
  private final LogFiles files;
  private final List<String> faults = new ArrayList<>();

  /** Files that were named: nothing else is measured by them. */
  private final Set<TilePath> wrong = new HashSet<>();

  private long read;

  private LogFsck(Disk disk) {
    this.disk = disk;
    this.files = new LogFiles(disk);
  }

  /**
   * Checks everything. Nothing is changed; the log may be served meanwhile, but should not grow.
   *
   * @param disk the log's home
   * @param key the log's
   * @throws IOException if a file cannot be read, which is not the same as being wrong
   */
  public static Report run(Disk disk, VerifierKey key) throws IOException {
    LogFsck fsck = new LogFsck(disk);
    long size = 0;
    Optional<Checkpoint> checkpoint = fsck.checkpoint(key);
    if (checkpoint.isPresent()) {
      size = checkpoint.get().size();
      if (fsck.edge(checkpoint.get())) {
        fsck.hashes(size);
        fsck.entries(size);
        fsck.leftovers("public/tile", size);
      }
    }
    return new Report(size, fsck.read, fsck.faults);
  }

  private void fault(String path, String what) {
    if (faults.size() < FAULTS_MAX) {
      faults.add(path + ": " + what);
    }
  }

  private void fault(TilePath path, String what) {
    wrong.add(path);
    fault(LogFiles.path(path), what);
  }

  private Optional<Checkpoint> checkpoint(VerifierKey key) throws IOException {
    Optional<Bytes> file = files.find();
    read++;
    if (file.isEmpty()) {
      fault(LogFiles.CHECKPOINT, "is missing");
      return Optional.empty();
    }
    try {
      Checkpoint checkpoint = Checkpoint.parse(Note.open(file.get(), List.of(key)).text());
      if (!checkpoint.origin().equals(key.name().value())) {
        throw new Refused(RefusalCode.WRONG_ORIGIN, "checkpoint of another log");
      }
      return Optional.of(checkpoint);
    } catch (Refused e) {
      fault(LogFiles.CHECKPOINT, e.what());
      return Optional.empty();
    }
  }

  /** The hashes of a tile, or nothing and a fault. */
  private Optional<List<Bytes>> tile(TilePath path) throws IOException {
    read++;
    try {
      Optional<Bytes> file = files.find(path);
      if (file.isPresent()) {
        return Optional.of(Tile.decodeHashes(file.get(), path.width()));
      }
      fault(path, "is missing");
    } catch (Refused e) {
      fault(path, "is no tile");
    }
    return Optional.empty();
  }

  private static long tiles(int level, long size) {
    return (TilePath.hashesAt(level, size) + TilePath.FULL - 1) / TilePath.FULL;
  }

  /** The tiles at the right edge give the root; whoever is wrong when they do not is found. */
  private boolean edge(Checkpoint checkpoint) throws IOException {
    long size = checkpoint.size();
    boolean complete = true;
    for (int level = 0; TilePath.hashesAt(level, size) > 0; level++) {
      if (TilePath.hashesAt(level, size) % TilePath.FULL != 0) {
        complete &= tile(TilePath.in(level, tiles(level, size) - 1, size)).isPresent();
      }
    }
    if (!complete) {
      return false;
    }
    try {
      if (new TreeProver(new TileHashes(files, size)).root(size).equals(checkpoint.root())) {
        return true;
      }
      blame(checkpoint);
    } catch (Refused e) {
      fault("public/tile", e.what());
    }
    return false;
  }

  /** Which tile at the edge, made anew from what lies below it, gives the root after all? */
  private void blame(Checkpoint checkpoint) throws IOException, Refused {
    long size = checkpoint.size();
    for (int level = 0; TilePath.hashesAt(level, size) > 0; level++) {
      if (TilePath.hashesAt(level, size) % TilePath.FULL == 0) {
        continue;
      }
      TilePath path = TilePath.in(level, tiles(level, size) - 1, size);
      Bytes anew = Tile.encodeHashes(below(path));
      TileHashes repaired =
          new TileHashes(other -> other.equals(path) ? anew : files.read(other), size);
      if (new TreeProver(repaired).root(size).equals(checkpoint.root())) {
        fault(path, "does not hold the hashes of what lies below it");
        return;
      }
    }
    fault(LogFiles.CHECKPOINT, "its root is not the one of the tiles at the right edge");
  }

  /** The hashes that a tile should hold, from the tiles or the entries below it. */
  private List<Bytes> below(TilePath path) throws IOException, Refused {
    List<Bytes> hashes = new ArrayList<>();
    if (path.level() == 0) {
      TilePath entries = new TilePath(TilePath.ENTRIES, path.index(), path.width());
      for (Bytes entry : Tile.decodeEntries(files.read(entries), path.width())) {
        hashes.add(Tlog.leafHash(entry));
      }
      return hashes;
    }
    for (int i = 0; i < path.width(); i++) {
      long child = path.index() * TilePath.FULL + i;
      hashes.add(root(new TilePath(path.level() - 1, child, TilePath.FULL)));
    }
    return hashes;
  }

  private Bytes root(TilePath full) throws IOException, Refused {
    return RightEdge.subtreeRoot(Tile.decodeHashes(files.read(full), TilePath.FULL));
  }

  /** From the top down: the hash of each full tile stands in the one above. */
  private void hashes(long size) throws IOException {
    int top = 0;
    while (TilePath.hashesAt(top + 1, size) > 0) {
      top++;
    }
    for (int level = top; level > 0 && faults.isEmpty(); level--) {
      for (long index = 0; index < tiles(level, size); index++) {
        TilePath path = TilePath.in(level, index, size);
        Optional<List<Bytes>> hashes = tile(path);
        for (int i = 0; hashes.isPresent() && i < path.width(); i++) {
          TilePath child = new TilePath(level - 1, index * TilePath.FULL + i, TilePath.FULL);
          Optional<List<Bytes>> under = tile(child);
          if (under.isPresent()
              && !RightEdge.subtreeRoot(under.get()).equals(hashes.get().get(i))) {
            fault(child, "is not the tile that the one above it was made from");
          }
        }
      }
    }
  }

  private void entries(long size) throws IOException {
    for (long index = 0; index < tiles(0, size); index++) {
      TilePath above = TilePath.in(0, index, size);
      Optional<List<Bytes>> hashes = wrong.contains(above) ? Optional.empty() : tile(above);
      TilePath path = TilePath.in(TilePath.ENTRIES, index, size);
      read++;
      try {
        Optional<Bytes> file = files.find(path);
        if (file.isEmpty()) {
          fault(path, "is missing");
        } else if (hashes.isPresent()) {
          compare(path, Tile.decodeEntries(file.get(), path.width()), hashes.get());
        }
      } catch (Refused e) {
        fault(path, "is no bundle of entries");
      }
    }
  }

  private void compare(TilePath path, List<Bytes> entries, List<Bytes> hashes) {
    for (int i = 0; i < entries.size(); i++) {
      if (!Tlog.leafHash(entries.get(i)).equals(hashes.get(i))) {
        fault(
            path,
            "entry " + (path.index() * TilePath.FULL + i) + " is not the one that was logged");
        return;
      }
    }
  }

  /**
   * Partial tiles of smaller trees are what was served then: each is the beginning of what is there
   * now. Files beyond the checkpoint are what an interrupted round left, and are passed by.
   */
  private void leftovers(String folder, long size) throws IOException {
    for (String name : disk.list(folder)) {
      String path = folder + "/" + name;
      if (name.endsWith("/")) {
        leftovers(path.substring(0, path.length() - 1), size);
        continue;
      }
      try {
        TilePath tile = TilePath.parse(path.substring(LogFiles.PUBLIC.length()));
        long hashes = TilePath.hashesAt(tile.level(), size) - tile.index() * TilePath.FULL;
        if (tile.width() < TilePath.FULL && hashes > tile.width()) {
          partial(tile, (int) Math.min(hashes, TilePath.FULL));
        }
      } catch (Refused e) {
        fault(path, "is not a file of a log");
      }
    }
  }

  private void partial(TilePath path, int width) throws IOException, Refused {
    TilePath now = new TilePath(path.level(), path.index(), width);
    if (wrong.contains(now)) {
      // It cannot be measured by a file that is wrong itself, which was named already.
      return;
    }
    read++;
    Optional<Bytes> whole = files.find(now);
    if (whole.isPresent() && !files.read(path).equals(LogFiles.cut(path, width, whole.get()))) {
      fault(path, "is not the beginning of the tile that grew out of it");
    }
  }
}
