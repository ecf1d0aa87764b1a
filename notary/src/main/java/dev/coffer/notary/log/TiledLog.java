package dev.coffer.notary.log;

import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.disk.FileConflict;
import dev.coffer.notary.disk.Journal;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps a log in a folder: {@code public/} holds what c2sp.org/tlog-tiles says, {@code state/} the
 * stage and the journal of signed heads. Start at {@link #write}, which is the way of a leaf to the
 * disk in one piece. Thread-safe: one round at a time.
 *
 * <p><b>Guaranteed:</b> whatever crash or failed write comes when, every two checkpoints ever
 * signed are consistent: never two trees of one size, never a smaller tree after a larger one. A
 * leaf that was reported as placed stays at its index. Tiles never change.
 *
 * <p><b>Not guaranteed:</b> anything after the whole disk was put back to an older state; the
 * witnesses then refuse, and {@code cosign} halts the log on their evidence.
 */
public final class TiledLog implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TiledLog.class.getName());
  private static final String HEADS = "state/heads";

  /** The journal of heads is written anew, with the newest alone, when it is longer than this. */
  private static final long HEADS_MAX = 4 << 20;

  private final Disk disk;
  private final LogFiles files;
  private final NoteSigner signer;
  private final LeafRule start;
  private final boolean publishAtOnce;

  /** What the disk holds, as far as is known; empty after a failed write until it is read again. */
  private Optional<State> state = Optional.empty();

  private volatile Optional<String> halted = Optional.empty();

  /** A signed head and all that comes with it; replaced as a whole. */
  private record State(Journal heads, Checkpoint head, Note note, RightEdge edge, LeafRule rule) {}

  private TiledLog(Disk disk, NoteSigner signer, LeafRule start, boolean publishAtOnce) {
    this.disk = disk;
    this.files = new LogFiles(disk);
    this.signer = signer;
    this.start = start;
    this.publishAtOnce = publishAtOnce;
  }

  /**
   * Founds a log without leaves. To be done once in a log's life: the same key founding a second
   * one would be two histories.
   *
   * @param signer of type ED25519, whose name is the log's origin
   * @throws IOException if there is a log already, or the disk fails; then it may be done again
   */
  public static void create(Disk disk, NoteSigner signer) throws IOException {
    if (disk.read(LogFiles.CHECKPOINT, Note.SIZE_MAX).isPresent()
        || !Journal.open(disk, HEADS).found().isEmpty()) {
      throw new IOException("There is a log in this folder already: open that.");
    }
    Checkpoint empty = new Checkpoint(signer.verifier().name().value(), 0, Tlog.EMPTY_ROOT);
    Note note = Note.of(empty.text(), List.of(signer.sign(empty.text())));
    // A crash here leaves no log; founding is done again.
    Journal.rewrite(disk, HEADS, List.of(note.encode()));
    // A crash here leaves a log without a checkpoint file, which opening writes.
  }

  /**
   * Opens a log, and finishes what a crash interrupted.
   *
   * @param disk which this object closes
   * @param signer of type ED25519, whose name is the log's origin; this object closes it
   * @param rule the rule of the log without leaves
   * @param publishAtOnce whether checkpoints are published as soon as they are signed; otherwise
   *     {@link #publish} does it, once witnesses have cosigned
   * @throws LogHalted if the folder holds something that must not be gone on with
   */
  public static TiledLog open(Disk disk, NoteSigner signer, LeafRule rule, boolean publishAtOnce)
      throws IOException {
    TiledLog log = new TiledLog(disk, signer, rule, publishAtOnce);
    log.ready();
    return log;
  }

  private State ready() throws IOException {
    if (halted.isPresent()) {
      throw new LogHalted(halted.get());
    }
    if (state.isEmpty() || state.get().heads().size() > HEADS_MAX) {
      state = Optional.empty();
      try {
        state = Optional.of(recover(load()));
      } catch (FileConflict | LogHalted e) {
        halt(String.valueOf(e.getMessage()));
        throw e;
      } catch (Refused e) {
        halt("A tile is no tile: " + e.what() + ". Run fsck.");
        throw new LogHalted("A tile is no tile: run fsck.", e);
      }
    }
    return state.get();
  }

  private State load() throws IOException, Refused {
    Journal heads = Journal.open(disk, HEADS);
    if (heads.found().isEmpty()) {
      throw new LogHalted(
          "There is no log in this folder: found one, or restore its state folder.");
    }
    Bytes newest = heads.found().get(heads.found().size() - 1);
    heads.forgetFound();
    if (heads.size() > HEADS_MAX) {
      Journal.rewrite(disk, HEADS, List.of(newest));
      heads = Journal.open(disk, HEADS);
      heads.forgetFound();
    }
    Note note = Note.parse(newest);
    Checkpoint head = verified(note);
    checkPublished(head);
    RightEdge edge = RightEdge.read(files, head.size());
    if (!edge.root().equals(head.root()) || !edge.entriesMatch()) {
      throw new LogHalted("The tiles are not those of the checkpoint that was signed: run fsck.");
    }
    LeafRule rule = start;
    if (rule.remembers()) {
      for (long index = 0; index < head.size(); index += TilePath.FULL) {
        long at = index;
        for (Bytes leaf : files.entries(index / TilePath.FULL, head.size())) {
          rule = rule.standing(at++, leaf);
        }
      }
    }
    return new State(heads, head, note, edge, rule);
  }

  private Checkpoint verified(Note note) throws Refused, LogHalted {
    VerifierKey key = signer.verifier();
    Checkpoint head = Checkpoint.parse(note.verify(List.of(key)).text());
    if (!head.origin().equals(key.name().value())) {
      throw new LogHalted("This folder holds another log than the key's: correct the settings.");
    }
    return head;
  }

  /** A published checkpoint that the journal does not know of: the journal is an older copy. */
  private void checkPublished(Checkpoint head) throws IOException, Refused {
    Optional<Bytes> file = files.find();
    if (file.isEmpty()) {
      return;
    }
    Checkpoint published = verified(Note.parse(file.get()));
    boolean older = published.size() < head.size();
    if (!older && !published.equals(head)) {
      throw new LogHalted(
          "The published checkpoint is newer than the journal of signed heads, or of another tree:"
              + " restore the state folder from the newest copy.");
    }
  }

  /** Finishes a stage that no head holds yet, and publishes the newest head. */
  private State recover(State loaded) throws IOException, Refused {
    State current = loaded;
    Optional<Stage> stage = Stage.read(disk);
    if (stage.isPresent() && stage.get().from() > current.head().size()) {
      throw new LogHalted(
          "The stage is newer than the journal of signed heads: restore the state folder from the"
              + " newest copy.");
    }
    if (stage.isPresent() && stage.get().from() == current.head().size()) {
      LeafRule rule = current.rule();
      long index = stage.get().from();
      for (Bytes leaf : stage.get().leaves()) {
        rule = rule.after(index++, leaf);
      }
      current = write(current, stage.get(), rule);
    }
    Optional<Bytes> published = files.find();
    boolean shown =
        published.isPresent()
            && Note.parse(published.get()).unverifiedText().equals(current.head().text());
    if (!shown && (publishAtOnce || published.isEmpty())) {
      disk.replace(LogFiles.CHECKPOINT, current.note().encode());
    }
    return current;
  }

  /**
   * Places leaves, in their order, as far as the rule lets them in. The caller has had each of them
   * screened.
   *
   * @param leaves at most {@link Stage#LEAVES_MAX}, together at most {@link Stage#SIZE_MAX} octets
   * @throws IOException if a write failed: each leaf may be in the log, now or soon, or not
   */
  public synchronized Round append(List<Bytes> leaves) throws IOException {
    Invariant.check(leaves.size() <= Stage.LEAVES_MAX, "a batch of leaves");
    State before = ready();
    LeafRule rule = before.rule();
    List<Placement> placements = new ArrayList<>();
    List<Bytes> accepted = new ArrayList<>();
    for (Bytes leaf : leaves) {
      OptionalLong known = rule.indexOf(leaf);
      if (known.isPresent()) {
        placements.add(new Placement.Placed(known.getAsLong()));
        continue;
      }
      long index = before.head().size() + accepted.size();
      try {
        rule = rule.after(index, leaf);
        accepted.add(leaf);
        placements.add(new Placement.Placed(index));
      } catch (Refused e) {
        placements.add(new Placement.NotAdmitted(e));
      }
    }
    if (accepted.isEmpty()) {
      return new Round(placements, before.note());
    }
    State after = write(before, new Stage(before.head().size(), accepted), rule);
    state = Optional.of(after);
    return new Round(placements, after.note());
  }

  /**
   * The write path: from leaves that the rule has let in to a checkpoint that others see. Each step
   * is durable before the next begins. Whoever opens the log after a crash finds the stage and
   * comes here again, and everything is made anew to the same octets.
   */
  private State write(State before, Stage stage, LeafRule rule) throws IOException {
    // From here on only the disk knows where we are: after a failure it is read before all else.
    state = Optional.empty();

    // 1. Which leaves come next, in which order.
    stage.write(disk);
    // A crash before this line has promised nothing and left nothing. From here on these leaves,
    // and no others, stand at these places.

    // 2. The tiles and entry bundles that hold them.
    RightEdge edge = before.edge().copy();
    stage.leaves().forEach(edge::append);
    Map<String, Bytes> tiles = new LinkedHashMap<>();
    edge.fullTiles().forEach((tile, content) -> tiles.put(LogFiles.path(tile), content));
    edge.partialTiles(before.head().size())
        .forEach((tile, content) -> tiles.put(LogFiles.path(tile), content));
    disk.createAll(tiles);
    // A crash here leaves some or all of them, which no checkpoint needs yet; none ever changes.

    // 3. The head over them, signed.
    Checkpoint head = new Checkpoint(before.head().origin(), edge.size(), edge.root());
    Invariant.check(head.size() > before.head().size(), "heads only grow");
    Note note = Note.of(head.text(), List.of(signer.sign(head.text())));
    // A crash here loses a signature that nobody saw.

    // 4. The head in the journal: the point of no return.
    before.heads().append(note.encode());
    // A crash in this append leaves the head there or not: both are a true past. After it this is
    // the log's head, whatever happens, and only now may anyone see it.

    // 5. The checkpoint file. With witnesses, Cosigning asks them for it and calls publish().
    if (publishAtOnce) {
      disk.replace(LogFiles.CHECKPOINT, note.encode());
    }
    // A crash here loses only our answer: the leaves are in the log, and whoever sends one again
    // hears where it stands. Opening the log publishes its head, or asks the witnesses again.

    // 6. What nobody needs any more. Done or not, it makes no difference.
    List<TilePath> full = List.copyOf(edge.fullTiles().keySet());
    edge.forgetFullTiles();
    removePartials(full);
    return new State(before.heads(), head, note, edge, rule);
  }

  /** Partial tiles of what is full now: nobody needs them (c2sp.org/tlog-tiles, Partial Tiles). */
  private void removePartials(List<TilePath> full) {
    for (TilePath tile : full) {
      try {
        disk.deleteFolder(LogFiles.path(tile) + ".p");
      } catch (IOException e) {
        LOG.log(Level.FINE, "Partial tiles stay: they do no harm", e);
      }
    }
  }

  /**
   * Publishes the newest head with cosignatures.
   *
   * @param cosigned a checkpoint that this log signed; one that is older than what is published
   *     already is passed by
   */
  public synchronized void publish(Note cosigned) throws IOException {
    try {
      Checkpoint shown = verified(cosigned);
      Optional<Bytes> published = files.find();
      if (published.isEmpty() || verified(Note.parse(published.get())).size() <= shown.size()) {
        disk.replace(LogFiles.CHECKPOINT, cosigned.encode());
      }
    } catch (Refused e) {
      throw new LogHalted("The checkpoint file is not this log's: run fsck.", e);
    }
  }

  /** The newest signed checkpoint, by the log's signature alone. */
  public synchronized Note head() throws IOException {
    return ready().note();
  }

  /** What the rule says of a leaf alone; see {@link LeafRule#screen}. Waits for nobody. */
  public void screen(Bytes leaf) throws Refused {
    start.screen(leaf);
  }

  /** The public files. */
  public LogFiles files() {
    return files;
  }

  /** The log's public key. */
  public VerifierKey verifier() {
    return signer.verifier();
  }

  /** Signs nothing any more until the log is opened again; the first reason stays. */
  public void halt(String why) {
    if (halted.isEmpty()) {
      halted = Optional.of(why);
      LOG.severe("The log is halted: " + why);
    }
  }

  /** Why the log is halted, if it is. */
  public Optional<String> halted() {
    return halted;
  }

  /** The leaves of the tree under a checkpoint that we made ourselves. */
  static long sizeOf(Note checkpoint) {
    try {
      return Checkpoint.parse(checkpoint.unverifiedText()).size();
    } catch (Refused e) {
      throw new IllegalStateException("our own checkpoint", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    halted = Optional.of("The log is closed.");
    signer.close();
    disk.close();
  }
}
