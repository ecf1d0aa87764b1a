package dev.coffer.backup.upkeep;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.CheckReport;
import dev.coffer.backup.CheckReport.Part;
import dev.coffer.backup.Problem;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ParallelWork;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.object.StoredSize;
import dev.coffer.backup.snapshot.Snapshots;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.ListingReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** One check of everything the snapshots need. */
public final class Check {
  private static final int UNDER_WAY_MAX = 8;
  private static final int FILES_NAMED_MAX = 10_000;

  /** The least size of an object that no readable snapshot needs, and that may be another key's. */
  private static final int UNNEEDED = -1;

  private final SealedObjects objects;
  private final Executor executor;
  private final CheckDepth depth;
  private final Part part;
  private final boolean alone;
  private final ProgressListener listener;
  private final Map<DataName, String> faults = new ConcurrentHashMap<>();

  /** What no snapshot needs and does not open: damaged, or another key's that is not here yet. */
  private final Set<DataName> unopened = ConcurrentHashMap.newKeySet();

  private final AtomicLong read = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param alone whether no other key has written here, as far as the store says
   */
  public Check(
      SealedObjects objects,
      Executor executor,
      CheckDepth depth,
      Part part,
      boolean alone,
      ProgressListener listener) {
    this.objects = objects;
    this.executor = executor;
    this.depth = depth;
    this.part = part;
    this.alone = alone;
    this.listener = listener;
  }

  public CheckReport run(Snapshots.All snapshots) throws BackupException {
    References references = new References(objects, executor);
    for (StoredSnapshot snapshot : snapshots.readable()) {
      references.add(snapshot);
    }
    Set<DataName> present = present(references);
    for (DataName name : references.ends().keySet()) {
      if (!present.contains(name)) {
        faults.putIfAbsent(name, "is missing");
      }
    }
    if (depth != CheckDepth.PRESENCE) {
      Map<DataName, Integer> all = new HashMap<>(references.ends());
      // What no list names matters too: an interrupted backup that runs again relies on it.
      present.forEach(name -> all.putIfAbsent(name, UNNEEDED));
      verify(all, part);
    }
    for (DamagedObject page : references.damage()) {
      DataName.ofPath(page.object()).ifPresent(name -> faults.putIfAbsent(name, page.fault()));
    }
    List<Problem> mended = new ArrayList<>();
    if (depth == CheckDepth.CONTENT_AND_MEND && !faults.isEmpty()) {
      mend(snapshots.readable(), references, mended);
    }
    List<Problem> problems = new ArrayList<>(snapshots.problems());
    for (Map.Entry<DataName, String> fault : faults.entrySet()) {
      String sentence =
          fault.getValue()
              + "; repair the repository, then back up again while the files still exist";
      problems.add(new Problem(Problem.Kind.OBJECT_DAMAGED, fault.getKey().path(), sentence));
    }
    if (!faults.isEmpty()) {
      nameFiles(snapshots.readable(), problems);
    }
    if (alone) {
      for (DataName name : new TreeSet<>(unopened)) {
        String sentence =
            "does not open, and no snapshot needs it: the next backup stores it anew if it does, a"
                + " prune takes it away";
        problems.add(new Problem(Problem.Kind.OBJECT_DAMAGED, name.path(), sentence));
      }
    }
    return new CheckReport(
        snapshots.readable().size(),
        references.ends().size(),
        read.get(),
        bytes.get(),
        List.copyOf(problems),
        List.copyOf(mended));
  }

  private Set<DataName> present(References references) throws BackupException {
    Set<DataName> present = new HashSet<>();
    objects
        .store()
        .list(
            DataName.PREFIX,
            object ->
                DataName.ofPath(object.name())
                    .ifPresent(name -> {
                      present.add(name);
                      if (!StoredSize.isPossible(object.size())) {
                        if (references.ends().containsKey(name)) {
                          faults.put(name, "has a size that no object has");
                        } else {
                          unopened.add(name);
                        }
                      }
                    }));
    return present;
  }

  /** Makes again what can be made again, and takes the rest out of the way of the next backup. */
  private void mend(List<StoredSnapshot> snapshots, References references, List<Problem> mended)
      throws BackupException {
    for (DataName name : new Rebuild(objects, executor).run(faults.keySet(), snapshots)) {
      faults.remove(name);
      String sentence = "was damaged; made again from the files that were backed up";
      mended.add(new Problem(Problem.Kind.OBJECT_MENDED, name.path(), sentence));
    }
    for (DataName name : faults.keySet()) {
      try {
        objects.readData(name);
      } catch (DamagedObject e) {
        // Not only once: it is damaged, not the way from the store.
        if (e.opened() || references.ends().containsKey(name)) {
          objects.store().delete(name.path());
        }
      }
    }
    objects.store().flush();
  }

  private void verify(Map<DataName, Integer> all, Part chosen) throws BackupException {
    Map<DataName, Integer> ends = new HashMap<>();
    List<DataName> sorted = all.keySet().stream().sorted().toList();
    for (int i = chosen.number() - 1; i < sorted.size(); i += chosen.of()) {
      ends.put(sorted.get(i), all.getOrDefault(sorted.get(i), UNNEEDED));
    }
    ParallelWork work = new ParallelWork(executor, UNDER_WAY_MAX);
    try {
      long done = 0;
      for (Map.Entry<DataName, Integer> end : ends.entrySet()) {
        work.submit(() -> verify(end.getKey(), end.getValue()));
        listener.onProgress(
            new ProgressListener.Progress(
                ++done, bytes.get(), ends.size(), 0, bytes.get(), end.getKey().path()));
      }
      work.await();
    } finally {
      work.settle();
    }
  }

  private void verify(DataName name, int end) throws BackupException {
    if (faults.containsKey(name)) {
      return;
    }
    try {
      read.incrementAndGet();
      byte[] content = objects.readData(name);
      bytes.addAndGet(content.length);
      if (content.length < end) {
        faults.put(name, "is shorter than a file list says");
      }
    } catch (DamagedObject e) {
      if (e.opened() || end != UNNEEDED) {
        faults.put(name, e.fault());
      } else {
        unopened.add(name);
      }
    }
  }

  /** Tells what each fault means: which files of which snapshots. */
  private void nameFiles(List<StoredSnapshot> snapshots, List<Problem> problems)
      throws BackupException {
    int named = 0;
    for (StoredSnapshot snapshot : snapshots) {
      List<Problem> gaps = new ArrayList<>();
      Set<EntryPath> lost = new HashSet<>();
      PieceFetcher fetcher = new PieceFetcher(objects, executor);
      ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, gaps::add);
      for (Optional<Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        boolean hit =
            entry.get() instanceof Entry.RegularFile file
                    && file.pieces().stream().anyMatch(piece -> faults.containsKey(piece.object()))
                || entry.get() instanceof Entry.HardLink name && lost.contains(name.target());
        if (hit) {
          lost.add(entry.get().path());
        }
        if (hit && ++named <= FILES_NAMED_MAX) {
          String sentence =
              "cannot be restored from snapshot "
                  + snapshot.id()
                  + "; repair the repository first, and take it from another snapshot if that does not help";
          problems.add(new Problem(Problem.Kind.DAMAGED, entry.get().path().text(), sentence));
        }
      }
      for (Problem gap : gaps) {
        problems.add(
            new Problem(
                gap.kind(), gap.subject(), gap.sentence() + " (snapshot " + snapshot.id() + ")"));
      }
    }
  }
}
