package dev.coffer.notary.log;

import dev.coffer.notary.disk.Disk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.HashReader;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.TileReader;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A verified copy of another log in a folder of its own, which can be served, checked and proved
 * from as the original. Not thread-safe.
 *
 * <p><b>Guaranteed:</b> the copy's checkpoint was signed by the log and cosigned as the policy
 * says, every entry below it was compared with its root, and each copy grew out of the one before:
 * a log that shows another history to this mirror is caught.
 */
public final class Mirror {
  private static final String EVIDENCE = "evidence";
  private static final String SHOWN = "shown";
  private static final String FORK = "fork";

  /** Levels of one tile. */
  private static final int HEIGHT = 8;

  /** What a look at the log showed, {@code head} being its checkpoint. */
  public sealed interface Sight {
    /** The copy is as new as the log. */
    record Copied(Checkpoint head) implements Sight {}

    /** The beginning of what is copied: a cache on the way may be old, which harms nobody. */
    record Older(Checkpoint head) implements Sight {}

    /**
     * Another history than before, under the log's signature.
     *
     * @param evidence the folder of both signed checkpoints, with a slash at its end
     */
    record Fork(Checkpoint head, String evidence) implements Sight {}
  }

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
   * When the quorum stands behind the copy's checkpoint, in seconds since 1970; empty if there is
   * no copy, or today's policy has no quorum for it.
   */
  public OptionalLong quorumTime() throws IOException {
    Optional<Bytes> file = files.find();
    try {
      return file.isEmpty() ? OptionalLong.empty() : policy.checkWitnesses(Note.parse(file.get()));
    } catch (Refused e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Brings the copy up to the log's newest checkpoint, as {@link #look} does.
   *
   * @return the checkpoint that is copied now
   * @throws Refused also {@link RefusalCode#BAD_PROOF} for a fork, and {@link
   *     RefusalCode#OUT_OF_SEQUENCE} for an older checkpoint
   */
  public Checkpoint update(LogSource log) throws IOException, Refused {
    return switch (look(log)) {
      case Sight.Copied copied -> copied.head();
      case Sight.Older older ->
          throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "the log shows an older checkpoint");
      case Sight.Fork fork ->
          throw new Refused(RefusalCode.BAD_PROOF, "the log shows another history than before");
    };
  }

  /**
   * Compares the log's newest checkpoint with the copy, and brings the copy up to it. What an
   * interrupted copy left is used.
   *
   * <p>The comparison needs the log's signature alone: honest witnesses never cosign a fork, so one
   * that waited for their quorum would see none (INV-9).
   *
   * @throws Refused if the log is not what it should be, and that proves no fork: its files are not
   *     those of its checkpoint, or too few witnesses cosigned it; also if this copy is damaged
   * @throws IOException if a file could not be read or written: look again
   */
  public Sight look(LogSource log) throws IOException, Refused {
    Bytes newest = log.checkpoint();
    Note note = Note.parse(newest);
    Checkpoint head = policy.checkLog(note);
    Optional<Checkpoint> before = checkpoint();
    if (before.isEmpty()) {
      // The tree without leaves begins every tree, and has one root.
      Tlog.checkConsistency(0, head.size(), Tlog.EMPTY_ROOT, head.root(), List.of());
    } else if (isFork(log, newest, head, before.get())) {
      String evidence = keepEvidence(newest, head);
      disk.create(evidence + FORK, Utf8.encode("proved\n"));
      return new Sight.Fork(head, evidence);
    } else if (head.size() < before.get().size()) {
      return new Sight.Older(head);
    }
    OptionalLong time = policy.checkWitnesses(note);
    long have = before.map(Checkpoint::size).orElse(0L);
    OptionalLong timeBefore = quorumTime();
    if (before.isPresent() && have == head.size() && time.isPresent() && timeBefore.isPresent()) {
      // An old cache may have what the copy has under an older word of the witnesses.
      if (time.getAsLong() <= timeBefore.getAsLong()) {
        return new Sight.Copied(head);
      }
    }
    if (have < head.size() || before.isEmpty()) {
      copy(log, have, head);
    }
    // Last, so that the copy's checkpoint never promises what is not there.
    disk.replace(LogFiles.CHECKPOINT, newest);
    forgetUnproved(head);
    return new Sight.Copied(head);
  }

  private boolean isFork(LogSource log, Bytes newest, Checkpoint head, Checkpoint before)
      throws IOException, Refused {
    if (head.size() == before.size()) {
      return !head.root().equals(before.root());
    }
    if (head.size() < before.size()) {
      try {
        return !rootUnder(files, head.size(), before).equals(head.root());
      } catch (Refused e) {
        throw new Refused(RefusalCode.MALFORMED, "this copy's own files are damaged");
      }
    }
    try {
      return !rootUnder(log, before.size(), head).equals(before.root());
    } catch (IOException | Refused e) {
      // A log that forked may also withhold or garble what would prove it: keep what it signed.
      keepEvidence(newest, head);
      throw e;
    }
  }

  /**
   * The root of the first {@code size} leaves of the tree that {@code head} commits to. Tiles that
   * anyone on the way may have garbled blame nobody: they are proved to be the checkpoint's own.
   */
  private static Bytes rootUnder(TileReader tiles, long size, Checkpoint head)
      throws IOException, Refused {
    TreeProver prover = new TreeProver(new TileHashes(tiles, head.size()));
    Bytes root = prover.root(size);
    List<Bytes> proof = prover.consistency(size, head.size());
    Tlog.checkConsistency(size, head.size(), root, head.root(), proof);
    return root;
  }

  private static String evidence(Checkpoint head) {
    return EVIDENCE + "/" + head.size() + "-" + head.root().hex() + "/";
  }

  /** Keeps both signed checkpoints. Only the log's own key can make another folder here. */
  private String keepEvidence(Bytes newest, Checkpoint head) throws IOException {
    String folder = evidence(head);
    Optional<Bytes> mine = files.find();
    if (mine.isPresent() && disk.read(folder + SHOWN, Note.SIZE_MAX).isEmpty()) {
      disk.replace(folder + "before", mine.get());
      disk.replace(folder + SHOWN, newest);
    }
    return folder;
  }

  /** What could not be compared and then turned out to follow is no evidence of anything. */
  private void forgetUnproved(Checkpoint head) throws IOException {
    String folder = evidence(head);
    boolean kept = disk.read(folder + SHOWN, Note.SIZE_MAX).isPresent();
    if (kept && disk.read(folder + FORK, Note.SIZE_MAX).isEmpty()) {
      disk.deleteFolder(folder.substring(0, folder.length() - 1));
    }
  }

  /**
   * The folders below this one, each with a slash at its end, that hold the two signed checkpoints
   * {@code before} and {@code shown} of a proved fork.
   */
  public List<String> forks() throws IOException {
    List<String> forks = new ArrayList<>();
    for (String name : disk.list(EVIDENCE)) {
      String folder = EVIDENCE + "/" + name;
      if (name.endsWith("/") && disk.read(folder + FORK, Note.SIZE_MAX).isPresent()) {
        forks.add(folder);
      }
    }
    return forks;
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
              ? RightEdge.subtreeRoot(hashes.subList((int) from, (int) from + (1 << level)))
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
