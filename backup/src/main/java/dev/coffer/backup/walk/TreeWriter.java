package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.Uploads;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.backup.tree.ListingWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts entries into the file list and small files into packs, in order. Not thread-safe. */
final class TreeWriter {
  private final Uploads uploads;
  private final Packer packer;
  private final ListingWriter listing;
  private final Optional<StoredSnapshot> similar;
  private final ListingReader.PieceSource source;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean contentIndexed;

  /**
   * An entry in line for the listing; with a slot, its content is in a pack that may not be cut
   * yet.
   */
  private record Waiting(Entry entry, Packer.@Nullable Slot slot) {}

  /**
   * @param similar the snapshot whose content is most likely to come again
   */
  TreeWriter(Uploads uploads, Optional<StoredSnapshot> similar, ListingReader.PieceSource source) {
    this.uploads = uploads;
    this.packer = new Packer(uploads);
    this.listing = new ListingWriter(uploads);
    this.similar = similar;
    this.source = source;
  }

  /** An entry that has no content, or has it in pieces already. */
  void write(Entry entry) throws BackupException {
    enqueue(entry, null);
  }

  /** A file that was just read. */
  void write(Entry.RegularFile file, FileContent content) throws BackupException {
    byte[] small = content.small();
    if (small == null || small.length == 0) {
      enqueue(file.with(content.pages()), null);
      return;
    }
    indexContent();
    Optional<Piece> known = packer.find(content.sha256(), small.length);
    if (known.isPresent()) {
      uploads.use(known.get().object());
      enqueue(file.with(List.of(known.get())), null);
      return;
    }
    if (packer.isFull(small.length)) {
      packer.cut();
    }
    enqueue(file, packer.add(content.sha256(), small, small.length));
    if (packer.cutsAfter(content.sha256())) {
      packer.cut();
    }
  }

  /**
   * Files that were only moved keep their content where it is; looked up from the first new small
   * file on.
   */
  private void indexContent() throws BackupException {
    if (contentIndexed) {
      return;
    }
    contentIndexed = true;
    if (similar.isEmpty()) {
      return;
    }
    ListingReader reader = new ListingReader(similar.get().pages(), source, problem -> {});
    for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      if (entry.get() instanceof Entry.RegularFile file
          && file.pieces().size() == 1
          && file.size() <= BackupLimits.SMALL_FILE_MAX) {
        packer.remember(file.sha256(), file.pieces().get(0));
      }
    }
  }

  /** Lines go out in order: behind one that waits for its pack, all wait. */
  private void enqueue(Entry entry, Packer.@Nullable Slot slot) throws BackupException {
    if (waiting.size() >= BackupLimits.WAITING_MAX) {
      packer.cut();
    }
    waiting.add(new Waiting(entry, slot));
    drain();
  }

  private void drain() throws BackupException {
    while (true) {
      Waiting next = waiting.peek();
      if (next == null || next.slot() != null && !next.slot().isStored()) {
        return;
      }
      waiting.remove();
      if (next.entry() instanceof Entry.RegularFile file && next.slot() != null) {
        listing.write(file.with(List.of(next.slot().piece())));
      } else {
        listing.write(next.entry());
      }
    }
  }

  /** The pages of the list, once nothing more is to come. */
  List<Piece> finish() throws BackupException {
    packer.cut();
    drain();
    return listing.finish();
  }
}
