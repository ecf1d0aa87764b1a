package dev.coffer.backup.object;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupException.Reason;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Puts content into the store unless it is there. Knows what is there from one listing at the
 * start, so an interrupted backup's objects are found again; what no snapshot before relied on is
 * read once before this one does. All but {@link #bytesStored} belongs to one thread.
 */
public final class Uploads {
  private static final int UNDER_WAY_MAX = 8;

  /** The objects that the snapshot before relies on: those that checks look at. */
  @FunctionalInterface
  public interface Needed {
    /** Asked once at most, when it matters. */
    Set<DataName> names() throws BackupException;
  }

  private final SealedObjects objects;
  private final Needed needed;
  private @Nullable Set<DataName> trusted;
  private final Set<DataName> usable = new HashSet<>();
  private final Set<DataName> used = new HashSet<>();
  private final Set<DataName> condemned;
  private final Map<DataName, DamagedObject> damaged = new ConcurrentHashMap<>();
  private final Set<DataName> mended = ConcurrentHashMap.newKeySet();
  private final Executor executor;
  private final ParallelWork work;
  private final AtomicLong bytesStored = new AtomicLong();
  private long objectsStored;

  /**
   * Lists the store.
   *
   * @param condemned names a prune is going to delete: content must not rely on them
   */
  public Uploads(SealedObjects objects, Executor executor, Set<DataName> condemned, Needed needed)
      throws BackupException {
    this.objects = objects;
    this.needed = needed;
    this.condemned = condemned;
    this.executor = executor;
    this.work = new ParallelWork(executor, UNDER_WAY_MAX);
    objects
        .store()
        .list(
            DataName.PREFIX,
            object ->
                DataName.ofPath(object.name())
                    .filter(name -> !condemned.contains(name))
                    .ifPresent(name -> {
                      if (StoredSize.isPossible(object.size())) {
                        usable.add(name);
                      } else {
                        damaged.put(
                            name,
                            DamagedObject.unopened(name.path(), "has a size that no object has"));
                      }
                    }));
  }

  /**
   * Reads and verifies the next objects in the order of their names; content may not rely on those
   * that are damaged.
   *
   * @param after the word that the last call, of the backup before, returned
   * @param parts one of so many parts of all objects is read; none for 0
   * @param bytesMax plaintext octets after which it ends
   */
  public String verifyNext(String after, int parts, long bytesMax) throws BackupException {
    if (parts == 0 || usable.isEmpty()) {
      return after;
    }
    List<DataName> sorted = usable.stream().sorted().toList();
    int first = 0;
    while (first < sorted.size() && sorted.get(first).text().compareTo(after) <= 0) {
      first++;
    }
    int count = (sorted.size() + parts - 1) / parts;
    AtomicLong bytes = new AtomicLong();
    String last = after;
    ParallelWork reading = new ParallelWork(executor, UNDER_WAY_MAX);
    try {
      for (int i = 0; i < count && bytes.get() < bytesMax; i++) {
        DataName name = sorted.get((first + i) % sorted.size());
        last = name.text();
        reading.submit(() -> verify(name, bytes));
      }
      reading.await();
    } finally {
      reading.settle();
    }
    usable.removeAll(damaged.keySet());
    return last;
  }

  private void verify(DataName name, AtomicLong bytes) throws BackupException {
    try {
      bytes.addAndGet(objects.readData(name).length);
    } catch (DamagedObject e) {
      damaged.put(name, e);
    }
  }

  /** Damaged objects whose content came by again, and was stored anew. */
  public Set<DataName> mended() {
    return mended;
  }

  /** Objects of this key that are damaged still, or such as do not open under it. */
  public Map<DataName, DamagedObject> damaged() {
    Map<DataName, DamagedObject> left = new TreeMap<>(damaged);
    left.keySet().removeAll(mended);
    return left;
  }

  /** Notes that the snapshot to come relies on {@code name}. */
  public void use(DataName name) {
    used.add(name);
  }

  /** Whether everything the snapshot relies on is still there and not condemned by anybody. */
  public boolean isStillGood() throws BackupException {
    Set<DataName> present = new HashSet<>();
    objects.listData(present::add);
    Set<DataName> nowCondemned = Condemned.union(Condemned.readAll(objects, new ArrayList<>()));
    return used.stream().allMatch(name -> present.contains(name) && !nowCondemned.contains(name));
  }

  /** Whether content may rely on {@code name}: it is stored, or being stored. */
  public boolean isUsable(DataName name) {
    return usable.contains(name);
  }

  /** The object that holds {@code content[0, size)}, which the caller must not touch again. */
  public DataName put(byte[] content, int size) throws BackupException {
    Bytes mac = objects.mac(ObjectKind.DATA, content, size);
    DataName name = DataName.of(mac, 0);
    while (condemned.contains(name)) {
      if (name.variant() == DataName.VARIANT_MAX) {
        throw new BackupException(
            Reason.RUN_AGAIN,
            "Too many prunes are under way: finish them with another prune, then run the backup again.");
      }
      name = name.withVariant(name.variant() + 1);
    }
    use(name);
    if (usable.add(name)) {
      if (damaged.containsKey(name)) {
        mended.add(name);
      }
      trusted().add(name);
      String path = name.path();
      objectsStored++;
      work.submit(() -> bytesStored.addAndGet(objects.write(path, content, size)));
    } else if (trusted().add(name)) {
      DataName there = name;
      work.submit(() -> verifyOrStore(there, content, size));
    }
    return name;
  }

  private Set<DataName> trusted() throws BackupException {
    Set<DataName> names = trusted;
    if (names == null) {
      names = new HashSet<>(needed.names());
      trusted = names;
    }
    return names;
  }

  /** An interrupted backup left it, and no check has looked at it since. */
  private void verifyOrStore(DataName name, byte[] content, int size) throws BackupException {
    try {
      objects.readData(name);
    } catch (DamagedObject e) {
      damaged.put(name, e);
      bytesStored.addAndGet(objects.write(name.path(), content, size));
      mended.add(name);
    }
  }

  /** Returns once everything put is durable. */
  public void flush() throws BackupException {
    work.await();
    objects.store().flush();
  }

  /** Waits for what is under way after a failure. */
  public void settle() {
    work.settle();
  }

  /** Octets sent to the store so far. */
  public long bytesStored() {
    return bytesStored.get();
  }

  /** Objects sent or being sent to the store. */
  public long objectsStored() {
    return objectsStored;
  }
}
