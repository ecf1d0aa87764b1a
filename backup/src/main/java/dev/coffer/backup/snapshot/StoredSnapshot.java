package dev.coffer.backup.snapshot;

import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.object.Piece;
import java.util.List;

/** A snapshot with its file list. */
public record StoredSnapshot(SnapshotId id, SnapshotText text) {
  /** What it tells the caller of the module. */
  public Snapshot summary() {
    return new Snapshot(
        id,
        text.source(),
        text.parts(),
        text.tags(),
        text.files(),
        text.directories(),
        text.links(),
        text.bytes(),
        text.problems(),
        text.omitted());
  }

  /** Whether it is of that directory, and of the same parts of it. */
  public boolean isOf(String source, List<String> parts) {
    return text.source().equals(source) && text.parts().equals(parts);
  }

  /** The pages of the file list. */
  public List<Piece> pages() {
    return text.pages();
  }
}
