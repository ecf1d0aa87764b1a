package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.object.AgeFile;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.SnapshotText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Objects that are lost, cut, flipped or swapped: the file is named, the rest is restored, nothing
 * false is written.
 */
@Tag("long")
class DamageTest {
  @TempDir Path home;
  Sandbox sandbox;
  FaultyStore store;
  Snapshot snapshot;

  @BeforeEach
  void make() throws Exception {
    sandbox = new Sandbox(home);
    sandbox.write("a/large", Sandbox.noise(1, BackupLimits.PAGE + 5));
    sandbox.write("a/other", Sandbox.noise(2, BackupLimits.SMALL_FILE_MAX + 1));
    sandbox.write("small/x", Sandbox.prose(3, 500));
    sandbox.write("small/y", Sandbox.prose(4, 500));
    sandbox.write("z/last", Sandbox.noise(5, BackupLimits.SMALL_FILE_MAX + 2));
    store = new FaultyStore();
    snapshot = sandbox.open(store).backup(sandbox.data, ProgressListener.NONE).snapshot();
  }

  private RestoreReport restore(String to) throws BackupException {
    return sandbox.open(store).restore(Optional.empty(), home.resolve(to), ProgressListener.NONE);
  }

  private List<String> dataObjects() {
    return store.objects.keySet().stream().filter(name -> name.startsWith("data/")).toList();
  }

  /** Whatever happens to any one object, files are either right or absent and named. */
  private void assertHonest(String object, UnaryOperator<byte[]> damage) throws Exception {
    byte[] whole = store.objects.get(object);
    byte[] damaged = damage.apply(whole.clone());
    if (damaged == null) {
      store.objects.remove(object);
    } else {
      store.objects.put(object, damaged);
    }
    String to = "back-" + home.toFile().list().length;
    RestoreReport report = restore(to);
    assertTrue(report.partial(), object);
    TreeMap<String, String> wanted = tree(sandbox.data);
    TreeMap<String, String> found = tree(home.resolve(to));
    for (var file : found.entrySet()) {
      assertEquals(wanted.get(file.getKey()), file.getValue(), "only true content is written");
    }
    boolean listing =
        report.problems().stream().anyMatch(p -> p.kind() == Problem.Kind.LISTING_DAMAGED);
    Set<String> missing = new HashSet<>(wanted.keySet());
    missing.removeAll(found.keySet());
    if (!listing) {
      Set<String> named = new HashSet<>();
      report.problems().forEach(problem -> named.add(problem.subject()));
      assertEquals(missing, named, "each missing file is named, and no other");
      assertFalse(missing.isEmpty());
    }
    assertTrue(sandbox.open(store).check(CheckDepth.CONTENT, ProgressListener.NONE).damaged());
    store.objects.put(object, whole);
  }

  private static TreeMap<String, String> tree(Path root) throws Exception {
    TreeMap<String, String> files = new TreeMap<>();
    try (var paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        files.put(root.relativize(path).toString(), Arrays.hashCode(Files.readAllBytes(path)) + "");
      }
    }
    return files;
  }

  @Test
  void objectsThatAreMissing() throws Exception {
    for (String object : dataObjects()) {
      assertHonest(object, whole -> null);
    }
  }

  @Test
  void objectsThatAreCut() throws Exception {
    for (String object : dataObjects()) {
      for (int keep : new int[] {0, 150}) {
        assertHonest(object, whole -> Arrays.copyOf(whole, Math.min(keep, whole.length - 1)));
      }
      assertHonest(object, whole -> Arrays.copyOf(whole, whole.length - 1));
      assertHonest(object, whole -> Arrays.copyOf(whole, whole.length + 1));
    }
  }

  @Test
  void objectsWithAFlippedBit() throws Exception {
    for (String object : dataObjects()) {
      int size = store.objects.get(object).length;
      for (int at : new int[] {0, 100, 199, size - 1}) {
        assertHonest(
            object,
            whole -> {
              whole[at] ^= 4;
              return whole;
            });
      }
    }
  }

  @Test
  void objectsThatAreSwapped() throws Exception {
    List<String> names = dataObjects();
    for (int i = 0; i < names.size(); i++) {
      byte[] other = store.objects.get(names.get((i + 1) % names.size()));
      assertHonest(names.get(i), whole -> other);
    }
  }

  @Test
  void objectsThatUnpackToFarMoreThanAllowed() throws Exception {
    // A bomb: 64 MiB of zeros in 64 KiB. Only a holder of the recipient can make one.
    java.io.ByteArrayOutputStream bomb = new java.io.ByteArrayOutputStream();
    try (var zip = new java.util.zip.GZIPOutputStream(bomb)) {
      for (int i = 0; i < 64; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    byte[] lying = bomb.toByteArray();
    Arrays.fill(lying, lying.length - 4, lying.length, (byte) 0);
    for (byte[] content : List.of(bomb.toByteArray(), lying)) {
      assertHonest(dataObjects().get(0), whole -> AgeFile.seal(sandbox.key(), content));
    }
  }

  @Test
  void aDamagedNewestSnapshotGivesWayToTheOneBefore() throws Exception {
    SnapshotId newest =
        sandbox.open(store).backup(sandbox.data, ProgressListener.NONE).snapshot().id();
    store.objects.get(newest.path())[300] ^= 1;
    RestoreReport report = restore("back");
    assertEquals(snapshot.id(), report.snapshot().id());
    assertTrue(report.partial());
    assertEquals(Problem.Kind.SNAPSHOT_DAMAGED, report.problems().get(0).kind());
    assertEquals(1, sandbox.open(store).snapshots().problems().size());
    RetentionPolicy policy = RetentionPolicy.standard(java.time.ZoneOffset.UTC);
    assertThrows(
        BackupException.class, () -> sandbox.open(store).prune(policy), "what it needs is unknown");
    sandbox.open(store).forget(newest);
    sandbox.open(store).prune(policy);
  }

  @Test
  void anOldSnapshotUnderANewTimeIsNotBelieved() throws Exception {
    byte[] old = store.objects.get(snapshot.id().path());
    store.objects.put("snapshots/20990101T000000Z-" + snapshot.id().mac(), old);
    assertEquals(1, sandbox.open(store).snapshots().problems().size());
    assertEquals(snapshot.id(), restore("back").snapshot().id());
  }

  @Test
  void aFileThatLooksLikeASnapshotIsNone() throws Exception {
    // Somebody sends the user a file with the text of a snapshot, finds its object by its size, and
    // copies it.
    SnapshotText forged =
        new SnapshotText(
            java.time.Instant.parse("2098-01-01T00:00:00Z"),
            "/evil",
            List.of(),
            List.of(),
            0,
            0,
            0,
            0,
            0,
            0,
            "-",
            DataObjects.stored(store, sandbox, snapshot).pages());
    byte[] text = forged.text().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    sandbox.write("zz-evil", Sandbox.noise(6, BackupLimits.PAGE));
    SealedObjects objects = new SealedObjects(store, sandbox.key());
    String dataMac = objects.mac(ObjectKind.DATA, text, text.length).hex();
    objects.write("snapshots/20980101T000000Z-" + dataMac, text, text.length);
    assertEquals(snapshot.id(), restore("back").snapshot().id());
  }

  @Test
  void mendingLetsTheNextBackupStoreTheContentAgain() throws Exception {
    for (String object : dataObjects()) {
      store.objects.get(object)[store.objects.get(object).length - 1] ^= 1;
    }
    CheckReport check =
        sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
    assertTrue(check.damaged());
    BackupReport again = sandbox.open(store).backup(sandbox.data, ProgressListener.NONE);
    assertEquals(List.of(), again.problems());
    assertEquals(
        List.of(), sandbox.open(store).check(CheckDepth.CONTENT, ProgressListener.NONE).problems());
    // The old snapshot is whole again too: content has one name.
    RestoreReport old =
        sandbox
            .open(store)
            .restore(Optional.of(snapshot.id()), home.resolve("old"), ProgressListener.NONE);
    assertEquals(List.of(), old.problems());
  }

  @Test
  void repairMakesObjectsAgainFromTheirFiles() throws Exception {
    for (String object : dataObjects()) {
      store.objects.get(object)[store.objects.get(object).length - 1] ^= 1;
    }
    // A pack comes together from its files, a page from its part of one; the list only from a
    // backup.
    CheckReport report =
        sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
    assertEquals(0, report.mended().size(), "without the list nobody knows what was where");
    sandbox.open(store).backup(sandbox.data, ProgressListener.NONE);
    String list = DataObjects.stored(store, sandbox, snapshot).pages().get(0).object().path();
    List<String> content = dataObjects().stream().filter(name -> !name.equals(list)).toList();
    for (String object : content) {
      store.objects.get(object)[150] ^= 1;
    }
    Files.write(sandbox.data.resolve("z/last"), new byte[100]);
    report = sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
    assertEquals(content.size() - 1, report.mended().size());
    RestoreReport restored = restore("back");
    assertEquals(List.of("z/last"), restored.problems().stream().map(Problem::subject).toList());
  }

  /** Another key's first backup into the same store at the same moment; gives back this key. */
  private void anotherKeyWritesToo() throws Exception {
    TreeMap<String, byte[]> ours = new TreeMap<>(store.objects);
    store.objects.clear();
    sandbox.k[0] ^= 1;
    sandbox.open(store).backup(sandbox.data, ProgressListener.NONE);
    sandbox.k[0] ^= 1;
    store.objects.putAll(ours);
  }

  @Test
  void anotherKeysObjectsAreNeitherDamagedNorRepairedAway() throws Exception {
    int ours = dataObjects().size();
    anotherKeyWritesToo();
    assertEquals(2 * ours, dataObjects().size());
    CheckReport check = sandbox.open(store).check(CheckDepth.CONTENT, ProgressListener.NONE);
    for (Problem problem : check.problems()) {
      assertEquals(Problem.Kind.SNAPSHOT_DAMAGED, problem.kind(), problem.toString());
      assertTrue(problem.sentence().contains("or another key wrote it"), problem.sentence());
      assertFalse(problem.sentence().contains("repair"), problem.sentence());
    }
    BackupOptions all = BackupOptions.standard().withParts(1);
    BackupReport again = sandbox.open(store).backup(sandbox.data, all, ProgressListener.NONE);
    assertEquals(List.of(), again.problems());
    Set<String> before = Set.copyOf(store.objects.keySet());
    BackupException refused =
        assertThrows(
            BackupException.class,
            () -> sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE));
    assertEquals(BackupException.Reason.WRONG_KEY, refused.reason());
    // A folder that is still being merged: the other's key has not come over yet.
    sandbox.k[0] ^= 1;
    List<String> keys = store.objects.keySet().stream().filter(n -> n.startsWith("key/")).toList();
    assertEquals(2, keys.size());
    for (String hidden : keys) {
      byte[] content = store.objects.remove(hidden);
      try {
        sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
      } catch (BackupException e) {
        assertEquals(BackupException.Reason.WRONG_KEY, e.reason());
      }
      store.objects.put(hidden, content);
    }
    assertEquals(before, store.objects.keySet(), "nothing was deleted");
  }

  @Test
  void repairLeavesAloneWhatNoSnapshotNeedsAndWhatDoesNotOpen() throws Exception {
    store.objects.remove(snapshot.id().path());
    String object = dataObjects().get(0);
    store.objects.get(object)[0] ^= 1;
    String fragment = dataObjects().get(1);
    store.objects.put(fragment, new byte[3]);
    CheckReport report =
        sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE);
    // Told, and left: it may be another key's, whose snapshots have not come over yet.
    assertEquals(
        Set.of(object, fragment),
        report.problems().stream().map(Problem::subject).collect(Collectors.toSet()));
    assertTrue(store.objects.containsKey(object));
    assertTrue(store.objects.containsKey(fragment));
    // What an interrupted backup left is read before a snapshot relies on it, however few are in
    // turn.
    BackupOptions none = BackupOptions.standard().withParts(0);
    BackupReport again = sandbox.open(store).backup(sandbox.data, none, ProgressListener.NONE);
    assertEquals(List.of(), again.problems());
    assertEquals(List.of(), restore("back").problems());
  }

  @Test
  void whatIsThisKeysAndDamagedGivesWayThoughNoSnapshotNeedsItYet() throws Exception {
    store.objects.remove(snapshot.id().path());
    String object = dataObjects().get(0);
    store.objects.get(object)[store.objects.get(object).length - 1] ^= 1;
    assertTrue(
        sandbox.open(store).check(CheckDepth.CONTENT_AND_MEND, ProgressListener.NONE).damaged());
    assertFalse(store.objects.containsKey(object), "an interrupted backup would rely on it");
  }

  @Test
  void aCheckNamesTheFiles() throws Exception {
    store.objects.remove(largePage());
    CheckReport check = sandbox.open(store).check(CheckDepth.PRESENCE, ProgressListener.NONE);
    assertTrue(check.problems().stream().anyMatch(problem -> problem.subject().equals("a/large")));
    assertTrue(check.problems().stream().noneMatch(problem -> problem.subject().equals("a/other")));
  }

  private String largePage() throws Exception {
    SealedObjects objects = new SealedObjects(store, sandbox.key());
    byte[] content = Files.readAllBytes(sandbox.data.resolve("a/large"));
    return DataName.of(objects.mac(ObjectKind.DATA, content, BackupLimits.PAGE), 0).path();
  }
}
