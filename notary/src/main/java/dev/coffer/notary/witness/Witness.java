package dev.coffer.notary.witness;

import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.disk.Journal;
import dev.coffer.notary.http.Metrics;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The witness without its network. Thread-safe.
 *
 * <p><b>Guaranteed:</b> of every origin, the checkpoints it ever cosigned lie on one line: each
 * tree begins with all the smaller ones. That holds over crashes, refused and torn writes, and
 * requests that race, because the new size is compared, stored and forced before the signature is
 * made.
 *
 * <p><b>Not guaranteed:</b> anything after the whole disk was put back to an older state.
 */
public final class Witness implements AutoCloseable {
  private static final String JOURNAL = "journal";

  /** The journal is written anew, with one record an origin, when it is longer than this. */
  private static final long JOURNAL_MAX = 16 << 20;

  /** One log, and its latest checkpoint; the lock is held from comparing to signing. */
  private static final class Log {
    private final WitnessedLog known;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Seen> seen = Optional.empty();

    Log(WitnessedLog known) {
      this.known = known;
    }

    long size() {
      return seen.map(s -> s.head().size()).orElse(0L);
    }

    Bytes root() {
      return seen.map(s -> s.head().root()).orElse(Tlog.EMPTY_ROOT);
    }
  }

  private final Disk disk;
  private final NoteSigner signer;
  private final InstantSource clock;
  private final Map<String, Log> logs;

  /** Requests share it; who exchanges the journal has it alone. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  /** Empty after a write that failed, until the disk was read again. */
  private volatile Optional<Journal> journal = Optional.empty();

  private Witness(Disk disk, NoteSigner signer, InstantSource clock, Map<String, Log> logs) {
    this.disk = disk;
    this.signer = signer;
    this.clock = clock;
    this.logs = logs;
  }

  /**
   * Opens what is stored.
   *
   * @param disk which this object closes
   * @param signer of type COSIGNATURE, which this object closes
   * @throws IOException if the journal cannot be read; nothing was signed then
   */
  public static Witness open(
      Disk disk, NoteSigner signer, InstantSource clock, List<WitnessedLog> known)
      throws IOException {
    Map<String, Log> logs = new HashMap<>();
    for (WitnessedLog log : known) {
      if (log.keys().isEmpty() || logs.put(log.origin(), new Log(log)) != null) {
        throw new IOException(
            "The log " + log.origin() + " is configured twice, or without a key: correct that.");
      }
    }
    Witness witness = new Witness(disk, signer, clock, Map.copyOf(logs));
    witness.journal = Optional.of(witness.load());
    return witness;
  }

  /** Reads the journal into the logs, and writes it anew where it has grown. */
  private Journal load() throws IOException {
    Journal opened = Journal.open(disk, JOURNAL);
    Map<String, Seen> newest = new HashMap<>();
    for (Bytes record : opened.found()) {
      Seen seen = Seen.decode(record);
      newest.put(seen.head().origin(), seen);
    }
    opened.forgetFound();
    if (opened.size() > JOURNAL_MAX) {
      // Of logs that are no longer configured the record stays, too: they may come back.
      List<Bytes> records = new ArrayList<>();
      newest.values().forEach(seen -> records.add(seen.encode()));
      // A crash before the exchange leaves the old journal, after it the new one; both say the
      // same.
      Journal.rewrite(disk, JOURNAL, records);
      opened = Journal.open(disk, JOURNAL);
      opened.forgetFound();
    }
    logs.forEach((origin, log) -> log.seen = Optional.ofNullable(newest.get(origin)));
    return opened;
  }

  /** The witness's public key. */
  public VerifierKey verifier() {
    return signer.verifier();
  }

  /**
   * Answers one {@code add-checkpoint}.
   *
   * @throws IOException if the checkpoint could not be stored: nothing was signed, and whether it
   *     counts as seen shows the next answer
   */
  public WitnessAnswer add(Bytes body) throws IOException {
    AddCheckpoint request;
    Checkpoint head;
    try {
      request = AddCheckpoint.parse(body);
      head = TreeHead.parse(request.checkpoint().unverifiedText());
    } catch (Refused e) {
      return new WitnessAnswer.Malformed(e.what());
    }
    Log log = logs.get(head.origin());
    if (log == null) {
      return new WitnessAnswer.UnknownLog();
    }
    Note signed;
    try {
      signed = verified(request.checkpoint(), log.known.keys());
    } catch (Refused e) {
      return new WitnessAnswer.NotSigned();
    }
    if (request.oldSize() > head.size()) {
      return new WitnessAnswer.Malformed("the old size is above the new one");
    }
    makeReady();
    gate.readLock().lock();
    // Nobody comes this far without the log's key, so strangers cannot hold the lock.
    log.lock.lock();
    try {
      return compareAndCosign(log, request, head, signed);
    } finally {
      log.lock.unlock();
      gate.readLock().unlock();
    }
  }

  /** The note with nothing but the signatures that hold. */
  private static Note verified(Note note, List<VerifierKey> keys) throws Refused {
    note.verify(keys);
    List<NoteSignature> known =
        note.signatures().stream()
            .filter(signature -> keys.stream().anyMatch(key -> key.claims(signature)))
            .toList();
    return Note.of(note.unverifiedText(), known);
  }

  private WitnessAnswer compareAndCosign(
      Log log, AddCheckpoint request, Checkpoint head, Note signed) throws IOException {
    Journal open =
        journal.orElseThrow(() -> new IOException("The journal failed in this very moment."));
    if (request.oldSize() != log.size()) {
      return new WitnessAnswer.Conflict(log.size());
    }
    try {
      if (head.size() == 0 && !head.root().equals(Tlog.EMPTY_ROOT)) {
        return new WitnessAnswer.NotConsistent();
      }
      Tlog.checkConsistency(log.size(), head.size(), log.root(), head.root(), request.proof());
    } catch (Refused e) {
      return new WitnessAnswer.NotConsistent();
    }
    Seen next = new Seen(clock.instant().getEpochSecond(), head, signed);
    if (log.seen.isEmpty() || head.size() > log.size()) {
      try {
        // A crash here has signed nothing. The record may be there or not: both are a true past.
        open.append(next.encode());
      } catch (IOException e) {
        // What the disk holds now is not known: it is read again before anyone is answered.
        journal = Optional.empty();
        throw e;
      }
      // A crash here leaves a checkpoint that counts as seen without a cosignature: the log asks
      // again, hears 409 with this size, and gets its cosignature for it then.
    }
    log.seen = Optional.of(next);
    return new WitnessAnswer.Cosigned(cosign(next).line());
  }

  private NoteSignature cosign(Seen seen) throws IOException {
    return signer.cosign(seen.note().unverifiedText(), seen.time());
  }

  /** Reads the journal again after a failed write, and shortens it when it is long. */
  private void makeReady() throws IOException {
    if (isReady()) {
      return;
    }
    gate.writeLock().lock();
    try {
      if (!isReady()) {
        journal = Optional.empty();
        journal = Optional.of(load());
      }
    } finally {
      gate.writeLock().unlock();
    }
  }

  private boolean isReady() {
    return journal.map(open -> open.size() <= JOURNAL_MAX).orElse(false);
  }

  /**
   * The latest checkpoint that was cosigned, with the cosignature that was given out.
   *
   * @param originHash lower-case hexadecimal SHA-256 of the origin
   */
  public Optional<Note> latest(String originHash) throws IOException {
    for (Log log : logs.values()) {
      if (Hashes.sha256(Utf8.encode(log.known.origin())).hex().equals(originHash)) {
        makeReady();
        return latest(log);
      }
    }
    return Optional.empty();
  }

  /** Adds how far each log is, and when it was cosigned last. */
  void measure(Metrics out) {
    Map<String, Seen> newest = new TreeMap<>();
    for (Log log : logs.values()) {
      seen(log).ifPresent(seen -> newest.put(log.known.origin(), seen));
    }
    newest.forEach((origin, seen) ->
        out.gauge(
            "coffer_witness_tree_size",
            "Leaves of the tree cosigned last",
            "origin",
            origin,
            seen.head().size()));
    newest.forEach((origin, seen) ->
        out.gauge(
            "coffer_witness_cosigned_seconds", "When that was", "origin", origin, seen.time()));
  }

  private Optional<Seen> seen(Log log) {
    gate.readLock().lock();
    log.lock.lock();
    try {
      return log.seen;
    } finally {
      log.lock.unlock();
      gate.readLock().unlock();
    }
  }

  private Optional<Note> latest(Log log) throws IOException {
    Optional<Seen> seen = seen(log);
    // Signatures are deterministic: this is the line that was given out.
    return seen.isEmpty()
        ? Optional.empty()
        : Optional.of(seen.get().note().with(cosign(seen.get())));
  }

  @Override
  public void close() throws IOException {
    signer.close();
    disk.close();
  }
}
