package dev.coffer.cli.view;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.backup.repository.Repository;
import dev.coffer.backup.repository.SnapshotView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The snapshots of a repository; the trees of those looked at last stay in memory. */
final class Views {
  private final Repository repository;
  private final Map<SnapshotId, SnapshotView> trees = new LinkedHashMap<>(16, 0.75f, true);
  private List<Snapshot> known = List.of();
  private List<SnapshotId> names = List.of();

  Views(Repository repository) {
    this.repository = repository;
  }

  /** All that can be read, newest first, as the repository has them now. */
  synchronized List<Snapshot> all() throws BackupException {
    List<SnapshotId> now = repository.names();
    if (!now.equals(names)) {
      known = repository.snapshots().snapshots();
      names = now;
    }
    return known;
  }

  /** One of them, by its name. */
  synchronized Optional<SnapshotView> tree(String name) throws BackupException {
    Optional<SnapshotId> id = SnapshotId.parse(name);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    SnapshotView tree = trees.get(id.get());
    if (tree == null) {
      if (all().stream().noneMatch(snapshot -> snapshot.id().equals(id.get()))) {
        return Optional.empty();
      }
      tree = SnapshotView.of(repository, id.get());
      trees.put(id.get(), tree);
      var eldest = trees.values().iterator();
      while (trees.values().stream().mapToLong(SnapshotView::entries).sum()
          > SnapshotView.ENTRIES_MAX) {
        eldest.next();
        eldest.remove();
      }
    }
    return Optional.of(tree);
  }
}
