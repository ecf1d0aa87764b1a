package dev.coffer.notary.log;

import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.TileHashes;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * One witness as a log sees it. What it says is believed only as far as its signature, or the log's
 * own, goes. Not thread-safe: one request at a time.
 */
final class WitnessLink {
  private static final int LINES_MAX = 16;
  private static final int TRIES_MAX = 3;
  private static final int ANSWER_MAX = 64 << 10;

  private final VerifierKey key;
  private final VerifierKey log;
  private final String prefix;
  private final Fetch fetch;
  private final LongAdder failures = new LongAdder();
  private volatile long cosignedAt;
  private long size;

  /**
   * @param key the witness's
   * @param log the log's own
   * @param address the witness's submission prefix
   */
  WitnessLink(VerifierKey key, VerifierKey log, URI address, Fetch fetch) {
    this.key = key;
    this.log = log;
    String text = address.toString();
    this.prefix = text.endsWith("/") ? text : text + "/";
    this.fetch = fetch;
  }

  VerifierKey key() {
    return key;
  }

  /** When it cosigned last, by its own clock, in seconds since 1970; 0 since the start. */
  long cosignedAt() {
    return cosignedAt;
  }

  /** How often it was asked since the start, and gave no cosignature. */
  long failures() {
    return failures.sum();
  }

  /**
   * Asks for a cosignature.
   *
   * @param checkpoint with the log's signature
   * @throws IOException if there is none to be had now
   * @throws LogHalted if the witness has shown that this log signed a larger tree than it knows of
   */
  NoteSignature ask(Note checkpoint, LogSource tiles) throws IOException, InterruptedException {
    try {
      return askOnce(checkpoint, tiles);
    } catch (IOException e) {
      failures.increment();
      throw e;
    }
  }

  private NoteSignature askOnce(Note checkpoint, LogSource tiles)
      throws IOException, InterruptedException {
    try {
      Checkpoint head = Checkpoint.parse(checkpoint.unverifiedText());
      for (int tries = 0; tries < TRIES_MAX; tries++) {
        List<Bytes> proof =
            size == 0
                ? List.of()
                : new TreeProver(new TileHashes(tiles, head.size())).consistency(size, head.size());
        Fetch.Reply reply =
            fetch.post(
                URI.create(prefix + "add-checkpoint"),
                new AddCheckpoint(size, proof, checkpoint).encode(),
                ANSWER_MAX);
        if (reply.status() == 200) {
          NoteSignature line = cosignature(checkpoint, reply.body());
          size = head.size();
          return line;
        }
        if (reply.status() != 409) {
          throw new IOException("The witness " + key.name() + " answered " + reply.status() + ".");
        }
        size = conflicting(reply, head);
      }
      throw new IOException("The witness " + key.name() + " does not settle on a size.");
    } catch (Refused e) {
      throw new IOException("The witness " + key.name() + " answered nonsense: " + e.what(), e);
    }
  }

  /** The witness's own line, verified; lines of keys that nobody told us of are passed by. */
  private NoteSignature cosignature(Note checkpoint, Bytes body) throws Refused, IOException {
    for (NoteSignature line : NoteSignature.parseLines(body, LINES_MAX)) {
      if (key.claims(line) && key.type() == SignatureType.COSIGNATURE) {
        long time = key.verify(checkpoint.unverifiedText(), line).time();
        if (time > 0) {
          cosignedAt = time;
          return line;
        }
      }
    }
    throw new IOException("The witness " + key.name() + " sent no cosignature of its own.");
  }

  /** The size to prove from. */
  private long conflicting(Fetch.Reply reply, Checkpoint head)
      throws Refused, IOException, InterruptedException {
    String text = Utf8.decode(reply.body(), "tree size");
    if (!reply.type().equals("text/x.tlog.size") || !text.endsWith("\n")) {
      throw new IOException("The witness " + key.name() + " answered 409 without a size.");
    }
    long seen = Decimal.parse(text.substring(0, text.length() - 1), "tree size");
    if (seen > head.size()) {
      // Anyone can say a number. Only a checkpoint with our own signature stops us.
      checkRolledBack(head);
      throw new IOException(
          "The witness " + key.name() + " claims a larger tree and does not show it.");
    }
    return seen;
  }

  private void checkRolledBack(Checkpoint head) throws IOException, InterruptedException {
    String hash = Hashes.sha256(Utf8.encode(head.origin())).hex();
    Fetch.Reply reply = fetch.get(URI.create(prefix + hash + "/checkpoint"), Note.SIZE_MAX);
    if (reply.status() != 200) {
      return;
    }
    try {
      Checkpoint shown = Checkpoint.parse(Note.parse(reply.body()).verify(List.of(log)).text());
      if (shown.origin().equals(head.origin()) && shown.size() > head.size()) {
        throw new LogHalted(
            "The witness "
                + key.name()
                + " holds a checkpoint of "
                + shown.size()
                + " leaves that this log signed, and this log knows of "
                + head.size()
                + ": its disk was put back to an older state. Restore the newest copy.");
      }
    } catch (Refused e) {
      // Not our signature: it proves nothing.
    }
  }
}
