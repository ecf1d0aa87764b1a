package dev.coffer.notary.log;

import dev.coffer.notary.disk.Disk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.HashReader;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A verified copy of another log in a folder of its own, which can be served, checked and proved
 * from as the original. Not thread-safe.
 *
 * <p><b>Guaranteed:</b> the copy's checkpoint was signed by the log and cosigned as the policy
 * says, every entry below it was compared with its root, and each copy grew out of the one before:
 * a log that shows another history to this mirror is caught.
 */
public final class Mirror {
  private static final String EVIDENCE = "evidence/";

  /** Levels of one tile. */
  private static final int HEIGHT = 8;

  private final Disk disk;
  private final LogFiles files;
  private final Policy policy;

  /**
   * @param disk of the copy, which nobody else writes
   * @param policy names the log, and the witnesses whose quorum a checkpoint needs
   */
  public Mirror(Disk disk, Policy policy) {
    this.disk = disk;
    this.files = new LogFiles(disk);
    this.policy = policy;
  }

  /** The copied files. */
  public LogFiles files() {
    return files;
  }

  /**
   * The copy's checkpoint; empty before the first copy. The log's signature is verified again, but
   * not the witnesses', who may be others today.
   */
  public Optional<Checkpoint> checkpoint() throws IOException, Refused {
    Optional<Bytes> file = files.find();
    return file.isEmpty() ? Optional.empty() : Optional.of(policy.checkLog(Note.parse(file.get())));
  }

  /**
   * Brings the copy up to the log's newest checkpoint. What an interrupted copy left is used.
   *
   * @return the checkpoint that is copied now
   * @throws Refused if the log is not what it should be; {@link RefusalCode#BAD_PROOF} with both
   *     checkpoints kept under {@code evidence/} if it shows another history than before
   * @throws IOException if a file could not be read or written: copy again
   */
  public Checkpoint update(LogSource log) throws IOException, Refused {
    Bytes newest = log.checkpoint();
    Note note = Note.parse(newest);
    Checkpoint head = policy.check(note).checkpoint();
    Optional<Checkpoint> before = checkpoint();
    long have = before.map(Checkpoint::size).orElse(0L);
    if (have > head.size()) {
      // A cache on the way may be old; that alone is no evidence.
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "the log shows an older checkpoint");
    }
    TreeProver prover = new TreeProver(new TileHashes(log, head.size()));
    try {
      List<Bytes> proof = prover.consistency(have, head.size());
      Bytes root = before.map(Checkpoint::root).orElse(Tlog.EMPTY_ROOT);
      Tlog.checkConsistency(have, head.size(), root, head.root(), proof);
    } catch (Refused e) {
      keepEvidence(newest, head);
      throw e;
    }
    if (have < head.size() || before.isEmpty()) {
      copy(log, have, head);
    }
    // Last, so that the copy's checkpoint never promises what is not there.
    disk.replace(LogFiles.CHECKPOINT, newest);
    return head;
  }

  private void keepEvidence(Bytes newest, Checkpoint head) throws IOException {
    String name = EVIDENCE + head.size() + "-" + head.root().hex();
    disk.create(name + "/shown", newest);
    Optional<Bytes> mine = files.find();
    if (mine.isPresent()) {
      disk.create(name + "/before", mine.get());
    }
  }

  private void copy(LogSource log, long have, Checkpoint head) throws IOException, Refused {
    HashReader tiles = new TileHashes(log, head.size());
    RightEdge edge = have == 0 ? RightEdge.empty() : RightEdge.read(files, have);
    for (long index = have / TilePath.FULL; index * TilePath.FULL < head.size(); index++) {
      TilePath path = TilePath.in(TilePath.ENTRIES, index, head.size());
      List<Bytes> entries = Tile.decodeEntries(log.read(path), path.width());
      int skip = (int) (edge.size() - index * TilePath.FULL);
      entries.subList(skip, entries.size()).forEach(edge::append);
      if (path.width() == TilePath.FULL) {
        checkBundle(tiles, path, entries, head);
        write(edge.fullTiles());
        edge.forgetFullTiles();
      }
    }
    if (!edge.root().equals(head.root())) {
      throw new Refused(RefusalCode.BAD_PROOF, "the entries are not those of the checkpoint");
    }
    write(edge.partialTiles(have));
  }

  /**
   * Before a full bundle is written, all of it is proved: the path of its last leaf, whose lowest
   * eight steps are made from the bundle's own entries, leads to the root only if each is right.
   */
  private static void checkBundle(
      HashReader tiles, TilePath path, List<Bytes> entries, Checkpoint head)
      throws IOException, Refused {
    List<Bytes> hashes = entries.stream().map(Tlog::leafHash).toList();
    HashReader own =
        (level, index) -> {
          long from = (index << level) - path.startIndex();
          boolean inside = level < HEIGHT && from >= 0 && from < TilePath.FULL;
          return inside
              ? Subtree.root(hashes.subList((int) from, (int) from + (1 << level)))
              : tiles.hash(level, index);
        };
    long last = path.startIndex() + TilePath.FULL - 1;
    List<Bytes> proof = new TreeProver(own).inclusion(last, head.size());
    Tlog.checkInclusion(last, head.size(), hashes.get(TilePath.FULL - 1), proof, head.root());
  }

  private void write(Map<TilePath, Bytes> tiles) throws IOException {
    Map<String, Bytes> named = new LinkedHashMap<>();
    tiles.forEach((tile, content) -> named.put(LogFiles.path(tile), content));
    disk.createAll(named);
  }
}
