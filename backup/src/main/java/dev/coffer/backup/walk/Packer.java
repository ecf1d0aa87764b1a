package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.Uploads;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Packs small files together. A pack is cut where a file's hash says so: an interrupted backup that
 * runs again makes the same packs after the first such file, whatever changed before it. Not
 * thread-safe.
 */
public final class Packer {
  private static final int CUT_MASK = 0x3f;

  private final Uploads uploads;
  private final byte[] buffer = new byte[BackupLimits.PACK_MAX];
  private final Map<Bytes, Slot> open = new HashMap<>();
  private final PieceIndex stored = new PieceIndex();
  private final List<Slot> slots = new ArrayList<>();
  private int size;

  /** A place in a pack; the pack's name is known once it is cut. */
  public static final class Slot {
    private final Bytes sha256;
    private final int offset;
    private final int size;
    private @Nullable Piece piece;

    private Slot(Bytes sha256, int offset, int size) {
      this.sha256 = sha256;
      this.offset = offset;
      this.size = size;
    }

    boolean isStored() {
      return piece != null;
    }

    Piece piece() {
      Piece known = piece;
      if (known == null) {
        throw new IllegalStateException("a slot is read after its pack was cut");
      }
      return known;
    }
  }

  public Packer(Uploads uploads) {
    this.uploads = uploads;
  }

  /** Content known from the snapshot before. */
  public void remember(Bytes sha256, Piece piece) {
    stored.put(sha256, piece);
  }

  /** Where content of that hash and size lies already, in a pack that can be relied on. */
  public Optional<Piece> find(Bytes sha256, int contentSize) {
    return stored
        .find(sha256)
        .filter(piece -> piece.size() == contentSize && uploads.isUsable(piece.object()));
  }

  /**
   * Whether {@code contentSize} octets more need a new pack: then {@link #cut} comes before {@link
   * #add}.
   */
  public boolean isFull(int contentSize) {
    return size + contentSize > buffer.length;
  }

  /** Adds the content of a small file, unless the open pack has it. */
  public Slot add(Bytes sha256, byte[] content, int contentSize) {
    Slot known = open.get(sha256);
    if (known != null) {
      return known;
    }
    System.arraycopy(content, 0, buffer, size, contentSize);
    Slot slot = new Slot(sha256, size, contentSize);
    open.put(sha256, slot);
    slots.add(slot);
    size += contentSize;
    return slot;
  }

  /** Whether the pack is to be cut after the content of that hash. */
  public boolean cutsAfter(Bytes sha256) {
    return size >= BackupLimits.PACK_CUT_MIN && (sha256.at(0) & CUT_MASK) == 0;
  }

  /** Stores the open pack; all slots handed out so far have pieces then. */
  public void cut() throws BackupException {
    if (size == 0) {
      return;
    }
    DataName name = uploads.put(Arrays.copyOf(buffer, size), size);
    for (Slot slot : slots) {
      Piece piece = new Piece(name, slot.offset, slot.size);
      slot.piece = piece;
      stored.put(slot.sha256, piece);
    }
    open.clear();
    slots.clear();
    size = 0;
  }
}
