package dev.coffer.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.deposit.DepositInbox;
import dev.coffer.backup.deposit.DepositReport;
import dev.coffer.backup.deposit.Depositor;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others deposit is in the next backup, once, whatever breaks and whoever keeps the inbox. */
class DepositTest {
  private static final Map<String, String> HASHES =
      Map.of(hash("one"), "one", hash("two"), "two", hash("three"), "three");
  private static final Map<Integer, Bytes> WRITERS =
      Map.of(1, Ed25519.publicKey(seed(1)), 2, Ed25519.publicKey(seed(2)));

  @TempDir private Path home;
  private Sandbox sandbox;
  private Path folder;
  private World world;

  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    sandbox.write("photo", Sandbox.prose(1, 1000));
    folder = sandbox.data.resolve("messages");
    world = new World(folder);
  }

  private static SecretBytes seed(int number) {
    byte[] octets = new byte[32];
    octets[0] = (byte) number;
    return SecretBytes.wrap(octets);
  }

  private static String hash(String text) {
    return Bytes.wrap(Sha256.digest().digest(text.getBytes(UTF_8))).hex();
  }

  private static Bytes writer(int number) {
    Bytes known = WRITERS.get(number);
    return known == null ? Ed25519.publicKey(seed(number)) : known;
  }

  /** Writes that are left until everything breaks, on whichever disk they are. */
  private static final class Budget {
    long left = Long.MAX_VALUE;
    boolean doneAllTheSame;

    void spend(Write write) throws BackupException {
      boolean breaks = left-- <= 0;
      if (!breaks || doneAllTheSame && left == -1) {
        write.run();
      }
      if (breaks) {
        throw new BackupException(Reason.STORE_UNREACHABLE, "Broken on purpose: run again.");
      }
    }
  }

  @FunctionalInterface
  private interface Write {
    void run() throws BackupException;
  }

  private record Breaking(ObjectStore store, Budget budget) implements ObjectStore {
    @Override
    public void put(String name, byte[] content) throws BackupException {
      budget.spend(() -> store.put(name, content));
    }

    @Override
    public Optional<byte[]> get(String name, int sizeMax) throws BackupException {
      return store.get(name, sizeMax);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> sink) throws BackupException {
      store.list(prefix, sink);
    }

    @Override
    public boolean isEmpty() throws BackupException {
      return store.isEmpty();
    }

    @Override
    public void delete(String name) throws BackupException {
      budget.spend(() -> store.delete(name));
    }

    @Override
    public void flush() throws BackupException {
      budget.spend(store::flush);
    }
  }

  /** A server, an inbox, a phone and its repository; all disks but the phone's are in memory. */
  private final class World {
    final FaultyStore inbox = new FaultyStore();
    final FaultyStore own = new FaultyStore();
    final FaultyStore repository = new FaultyStore();
    final Budget budget = new Budget();
    final Path messages;
    int staying;

    World(Path messages) {
      this.messages = messages;
    }

    String box() {
      try (SecretBytes k = SecretBytes.copyOf(sandbox.k);
          DepositKey key = DepositKey.derive(k)) {
        return key.recipient();
      }
    }

    Depositor depositor(int number) {
      ObjectStore disk = number == 1 ? own : new FaultyStore();
      return new Depositor(
          new Breaking(inbox, budget),
          new Breaking(disk, budget),
          box(),
          seed(number),
          Clock.fixed(sandbox.now(), ZoneOffset.UTC));
    }

    void deposit(String text) throws BackupException {
      depositor(1).put(text.getBytes(UTF_8));
    }

    /** The phone's nightly work. */
    DepositReport backup() throws Exception {
      try (SecretBytes k = SecretBytes.copyOf(sandbox.k);
          DepositKey key = DepositKey.derive(k)) {
        DepositInbox box =
            new DepositInbox(
                new Breaking(inbox, budget),
                new Breaking(FolderStore.at(messages), budget),
                key,
                List.of(writer(1), writer(2)));
        DepositReport report = box.takeIn();
        Repository opened = sandbox.open(new Breaking(repository, budget));
        SnapshotId id = opened.backup(sandbox.data, ProgressListener.NONE).snapshot().id();
        staying = box.clear(opened, id);
        return report;
      }
    }

    /** What the newest snapshot has, told by the hashes in its list. */
    List<String> held() throws Exception {
      Repository opened = sandbox.open(repository);
      List<String> texts = new ArrayList<>();
      assertEquals(
          List.of(),
          opened.list(
              opened.names().get(0),
              entry -> {
                if (entry.path().matches("messages/[0-9a-f]{64}/[0-9]{16}")) {
                  texts.add(HASHES.getOrDefault(entry.content(), entry.content()));
                }
              }));
      return texts;
    }

    /** What a new phone has after a restore, sorted; each of them as often as it is there. */
    List<String> restored(String to) throws Exception {
      Path back = home.resolve(to);
      assertEquals(
          List.of(),
          sandbox
              .open(repository)
              .restore(Optional.empty(), back, ProgressListener.NONE)
              .problems());
      return texts(back.resolve("messages"));
    }
  }

  private static List<String> texts(Path messages) throws Exception {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(messages)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().equals(DepositInbox.STATE)
            && !file.startsWith(messages.resolve("tmp"))) {
          texts.add(Files.readString(file));
        }
      }
    }
    return texts.stream().sorted().toList();
  }

  private static List<String> subjects(List<Problem> problems) {
    return problems.stream().map(Problem::subject).toList();
  }

  private static String name(int writer, long number) {
    return String.format("deposit/%s/%016d", writer(writer).hex(), number);
  }

  @Test
  void whatWasDepositedWhileThePhoneWasOffIsInTheNextBackup() throws Exception {
    world.deposit("one");
    world.deposit("two");
    world.depositor(2).put("from another".getBytes(UTF_8));
    assertEquals(3, world.inbox.objects.size());
    for (byte[] object : world.inbox.objects.values()) {
      assertFalse(new String(object, UTF_8).contains("one"), "the keeper reads nothing");
    }
    DepositReport report = world.backup();
    assertEquals(3, report.taken());
    assertEquals(18, report.bytes());
    assertEquals(List.of(), report.problems());
    assertEquals(List.of(), report.notices());
    assertEquals(0, world.inbox.objects.size(), "it is in the backup");
    assertEquals(List.of("from another", "one", "two"), world.restored("back"));
    world.deposit("three");
    assertEquals(1, world.backup().taken());
    assertEquals(List.of("from another", "one", "three", "two"), world.restored("again"));
  }

  /** As the decision record tells it. */
  @Test
  void stockProgramsOpenAnEntry() throws Exception {
    assumeTrue(ToolRun.isInstalled("age"), "age is not installed");
    world.deposit("one");
    Path entry = Files.write(home.resolve("entry"), world.inbox.objects.firstEntry().getValue());
    Path identity = home.resolve("identity");
    try (SecretBytes k = SecretBytes.copyOf(sandbox.k);
        DepositKey key = DepositKey.derive(k);
        SecretBytes text = key.identity()) {
      Files.write(identity, text.copy());
    }
    String command =
        "tail -c +130 '%s' | age -d -i '%s' | gunzip | tail -c +41".formatted(entry, identity);
    assertEquals("one", new String(ToolRun.of(home, "sh", "-c", command).output(), UTF_8));
  }

  /** What the phone's app has read and removed does not come back. */
  @Test
  void whatWasReadAndRemovedStaysAway() throws Exception {
    world.deposit("one");
    byte[] object = world.inbox.objects.values().iterator().next();
    String name = world.inbox.objects.firstKey();
    world.backup();
    try (Stream<Path> files = Files.list(folder.resolve(writer(1).hex()))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    world.inbox.objects.put(name, object);
    assertEquals(0, world.backup().taken(), "the keeper shows it again");
    assertEquals(List.of(), texts(folder));
    assertEquals(0, world.inbox.objects.size());
  }

  /** The keeper hides one, and shows it later. */
  @Test
  void aHiddenEntryIsMissedAndTakenWhenItComes() throws Exception {
    world.deposit("one");
    world.deposit("two");
    world.deposit("three");
    String second = List.copyOf(world.inbox.objects.keySet()).get(1);
    byte[] hidden = world.inbox.objects.remove(second);
    DepositReport report = world.backup();
    assertEquals(2, report.taken());
    assertEquals(List.of(Problem.Kind.DEPOSIT_MISSING), kinds(report.problems()));
    assertEquals(
        List.of(Problem.Kind.DEPOSIT_MISSING), kinds(world.backup().notices()), "each time");
    world.inbox.objects.put(second, hidden);
    report = world.backup();
    assertEquals(1, report.taken());
    assertEquals(List.of(), report.notices());
    assertEquals(List.of("one", "three", "two"), world.restored("back"));
  }

  private static List<Problem.Kind> kinds(List<Problem> problems) {
    return problems.stream().map(Problem::kind).toList();
  }

  /** Everything that is wrong is named and stays, and nothing that is right suffers from it. */
  @Test
  void hostileThingsInTheInboxAreNamedAndLeft() throws Exception {
    world.deposit("good");
    String good = world.inbox.objects.firstKey();
    long number = Long.parseLong(good.substring(good.length() - 16));
    byte[] object = world.inbox.objects.get(good);
    byte[] bad = object.clone();
    bad[bad.length - 1] ^= 1;
    Path place = home.resolve("inbox");
    FolderStore inbox = FolderStore.at(place);
    inbox.put(good, object);
    inbox.put(name(1, number + 1), object);
    inbox.put(name(1, number + 2), bad);
    inbox.put(name(2, number), object);
    inbox.put(name(3, number), object);
    inbox.put("deposit/what/ever", object);
    inbox.put("deposit/" + writer(1).hex() + "/0000000000000000", object);
    inbox.put(name(2, 1), new byte[2 << 20]);
    Files.createDirectories(place.resolve(name(2, 2)).resolve("inside"));
    Files.write(place.resolve(name(2, 3)), new byte[0]);
    try (SecretBytes k = SecretBytes.copyOf(sandbox.k);
        DepositKey key = DepositKey.derive(k)) {
      DepositInbox box =
          new DepositInbox(inbox, FolderStore.at(folder), key, List.of(writer(1), writer(2)));
      DepositReport report = box.takeIn();
      assertEquals(1, report.taken());
      assertEquals(List.of("good"), texts(folder));
      assertEquals(
          List.of(
              name(1, number + 1), name(1, number + 2), name(2, 1), name(2, 3), name(2, number)),
          subjects(report.problems()));
      assertEquals(1, report.notices().size(), report.notices()::toString);
      assertTrue(report.notices().get(0).sentence().endsWith(": 3"));
      Repository repository = sandbox.open(world.repository);
      SnapshotId id = repository.backup(sandbox.data, ProgressListener.NONE).snapshot().id();
      assertEquals(0, box.clear(repository, id));
    }
    TreeSet<String> left = new TreeSet<>();
    inbox.list("deposit/", found -> left.add(found.name()));
    assertFalse(left.contains(good));
    assertTrue(left.contains(name(1, number + 1)) && left.contains(name(3, number)));
  }

  @Test
  void aWriterRefusesWhatNobodyWouldTakeAndKeepsWhatCannotBeSent() throws Exception {
    BackupException large =
        assertThrows(
            BackupException.class,
            () -> world.depositor(1).put(new byte[BackupLimits.DEPOSIT_MAX + 1]));
    assertEquals(Reason.TOO_LARGE, large.reason());
    world.depositor(1).put(Sandbox.noise(1, BackupLimits.DEPOSIT_MAX));
    assertEquals(1, world.backup().taken(), "the largest one");
    world.inbox.failFrom(0, false, Reason.STORE_UNREACHABLE);
    assertThrows(BackupException.class, () -> world.deposit("later"));
    assertEquals(1, world.depositor(1).waiting());
    world.inbox.heal();
    assertEquals(1, world.depositor(1).send());
    assertEquals(1, world.backup().taken());
    FaultyStore elsewhere = new FaultyStore();
    String other;
    try (SecretBytes k = seed(99);
        DepositKey key = DepositKey.derive(k)) {
      other = key.recipient();
    }
    Depositor second = new Depositor(elsewhere, world.own, other, seed(1), Clock.systemUTC());
    assertEquals(
        Reason.WRONG_KEY,
        assertThrows(BackupException.class, () -> second.put(new byte[1])).reason());
  }

  /** One letter of an address that is wrong would else bind the writer's folder to nobody's box. */
  @Test
  void aMistypedAddressIsRefusedBeforeAnythingIsKept() {
    String right = world.box();
    char last = right.charAt(right.length() - 1);
    String wrong = right.substring(0, right.length() - 1) + (last == 'q' ? 'p' : 'q');
    assertThrows(
        IllegalArgumentException.class,
        () -> new Depositor(world.inbox, world.own, wrong, seed(1), Clock.systemUTC()));
    assertTrue(world.own.objects.isEmpty());
  }

  /** A server that comes back from an old image of its disk uses no number twice. */
  @Test
  void aWriterWhoseDiskWentBackLosesNothing() throws Exception {
    world.deposit("one");
    FaultyStore image = new FaultyStore();
    image.objects.putAll(world.own.objects);
    sandbox.pass(java.time.Duration.ofMinutes(1));
    world.deposit("two");
    world.backup();
    world.own.objects.clear();
    world.own.objects.putAll(image.objects);
    sandbox.pass(java.time.Duration.ofMinutes(1));
    world.deposit("three");
    DepositReport report = world.backup();
    assertEquals(1, report.taken());
    assertEquals(List.of(), report.problems());
    assertEquals(List.of("one", "three", "two"), world.restored("back"));
  }

  @Test
  void withoutItsFolderInTheSnapshotNothingLeavesTheInbox() throws Exception {
    World outside = new World(home.resolve("elsewhere"));
    outside.deposit("one");
    assertEquals(1, outside.backup().taken());
    assertEquals(1, outside.inbox.objects.size());
    assertEquals(1, outside.staying, "and that is told");
  }

  @Test
  void aDamagedStateStopsItAndChangesNothing() throws Exception {
    world.deposit("one");
    world.backup();
    world.deposit("two");
    Files.writeString(folder.resolve(DepositInbox.STATE), "coffer-deposits 1\nnonsense\n");
    BackupException damaged = assertThrows(BackupException.class, world::backup);
    assertEquals(Reason.LOCAL_FAULT, damaged.reason());
    assertEquals(1, world.inbox.objects.size());
    assertEquals(List.of("one"), texts(folder));
  }

  /** One of the steps of two nights. */
  @FunctionalInterface
  private interface Step {
    void run(World world) throws Exception;
  }

  private static final List<Step> NIGHTS =
      List.of(
          world -> world.deposit("one"),
          World::backup,
          world -> world.deposit("two"),
          world -> world.deposit("three"),
          World::backup);

  /**
   * Everything stops at a write of any disk, which is done or not, and is run again: each message
   * is there. One that the writer was told had failed, and gave again, may be there twice.
   */
  @Test
  @Tag("long")
  void nothingIsLostWhicheverWriteFails() throws Exception {
    world.budget.left = 1L << 40;
    for (Step step : NIGHTS) {
      step.run(world);
    }
    long writes = (1L << 40) - world.budget.left;
    assertTrue(writes > 40, "writes to break: " + writes);
    for (long n = 0; n < writes; n++) {
      for (boolean done : new boolean[] {false, true}) {
        fresh();
        int failed = 0;
        boolean depositFailed = false;
        world.budget.left = n;
        world.budget.doneAllTheSame = done;
        for (Step step : NIGHTS) {
          try {
            step.run(world);
          } catch (BackupException e) {
            failed++;
            depositFailed |= NIGHTS.indexOf(step) != 1 && NIGHTS.indexOf(step) != 4;
            world.budget.left = Long.MAX_VALUE;
            step.run(world);
          }
        }
        assertEquals(1, failed, "write " + n);
        world.backup();
        List<String> there = world.held();
        String seen = "write " + n + " done " + done + ": " + there;
        assertEquals(new TreeSet<>(List.of("one", "two", "three")), new TreeSet<>(there), seen);
        assertTrue(there.size() == 3 || depositFailed && there.size() == 4, seen);
        assertEquals(0, world.inbox.objects.size(), seen);
        assertEquals(0, world.depositor(1).waiting(), seen);
      }
    }
  }

  private int rounds;

  private void fresh() throws Exception {
    Path own = Files.createDirectories(home.resolve("round" + rounds++));
    sandbox = new Sandbox(own.toRealPath());
    sandbox.write("photo", Sandbox.prose(1, 1000));
    home = sandbox.home;
    folder = sandbox.data.resolve("messages");
    world = new World(folder);
  }
}
