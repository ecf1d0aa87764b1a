package dev.coffer.notary.log;

import dev.coffer.notary.key.WatchedKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TreeProver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A whole tree in memory, slow and plain: what others are compared with. */
public final class Trees {
  private final List<Bytes> hashes = new ArrayList<>();

  /** Leaves {@code from} to {@code to} of a history that is called {@code story}. */
  public Trees grow(String story, int to) {
    while (hashes.size() < to) {
      hashes.add(Tlog.leafHash(leaf(story, hashes.size())));
    }
    return this;
  }

  /** A copy of the first {@code size} leaves. */
  public Trees first(int size) {
    Trees copy = new Trees();
    copy.hashes.addAll(hashes.subList(0, size));
    return copy;
  }

  public Trees add(Bytes leaf) {
    hashes.add(Tlog.leafHash(leaf));
    return this;
  }

  public static Bytes leaf(String story, int index) {
    return Utf8.encode(story + " " + index);
  }

  public int size() {
    return hashes.size();
  }

  public Bytes root(long size) {
    return size == 0 ? Tlog.EMPTY_ROOT : fold(0, (int) size);
  }

  private Bytes fold(int from, int to) {
    if (to - from == 1) {
      return hashes.get(from);
    }
    int middle = from + Integer.highestOneBit(to - from - 1);
    return Tlog.nodeHash(fold(from, middle), fold(middle, to));
  }

  public List<Bytes> consistency(long from, long to) {
    try {
      return new TreeProver(
              (level, index) -> fold((int) (index << level), (int) ((index + 1) << level)))
          .consistency(from, to);
    } catch (IOException | Refused e) {
      throw new AssertionError(e);
    }
  }

  /** The signed checkpoint of the first {@code size} leaves. */
  public Note checkpoint(String origin, WatchedKey key, long size) throws IOException {
    String text = new Checkpoint(origin, size, root(size)).text();
    return Note.of(text, List.of(key.signer(origin, SignatureType.ED25519).sign(text)));
  }

  /** The request of an honest log. */
  public Bytes request(String origin, WatchedKey key, long from, long to) throws IOException {
    return new AddCheckpoint(from, consistency(from, to), checkpoint(origin, key, to)).encode();
  }
}
