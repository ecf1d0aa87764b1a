package dev.coffer.backup.upkeep;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.ListingLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * What snapshots need of the store. Pages of file lists that several snapshots share are read once.
 */
public final class References {
  private final PieceFetcher fetcher;
  private final Map<DataName, Integer> ends = new HashMap<>();
  private final Set<DataName> pagesRead = new HashSet<>();
  private final List<DamagedObject> damage = new ArrayList<>();

  public References(SealedObjects objects, Executor executor) {
    this.fetcher = new PieceFetcher(objects, executor);
  }

  public void add(StoredSnapshot snapshot) throws BackupException {
    List<Piece> pages = snapshot.pages();
    for (int i = 0; i < pages.size(); i++) {
      for (int j = i; j < Math.min(pages.size(), i + PieceFetcher.OBJECTS_MAX / 2); j++) {
        if (!pagesRead.contains(pages.get(j).object())) {
          fetcher.prefetch(pages.get(j).object());
        }
      }
      need(pages.get(i));
      if (pagesRead.add(pages.get(i).object())) {
        page(pages.get(i));
      }
    }
  }

  private void page(Piece page) throws BackupException {
    try {
      // Only lines of pieces matter here; a page may begin in the middle of a file's.
      new String(fetcher.fetch(page), StandardCharsets.UTF_8)
          .lines()
          .map(ListingLine::parsePiece)
          .flatMap(Optional::stream)
          .forEach(this::need);
    } catch (DamagedObject e) {
      damage.add(e);
    }
  }

  private void need(Piece piece) {
    ends.merge(piece.object(), piece.offset() + piece.size(), Math::max);
  }

  /** The objects that are needed, each with the least size its plaintext must have. */
  public Map<DataName, Integer> ends() {
    return ends;
  }

  /** Pages that could not be read: what they name is not known. */
  public List<DamagedObject> damage() {
    return damage;
  }
}
