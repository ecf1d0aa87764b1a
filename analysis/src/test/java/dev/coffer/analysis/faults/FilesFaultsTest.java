package dev.coffer.analysis.faults;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.SettingMistake;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.check.Findings;
import dev.coffer.node.check.Progress;
import dev.coffer.node.core.ArchiveCheck;
import dev.coffer.node.core.CertificateArchive;
import dev.coffer.node.core.CoreSamples;
import dev.coffer.node.order.OrderCheck;
import dev.coffer.node.order.OrderSettings;
import dev.coffer.node.order.VoterIdentity;
import dev.coffer.node.store.FaultyDisk.Fault;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.node.store.check.StoreCheck;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every durable operation on the files of a node that are not records fails once in every way:
 * voter's marker, configuration, a device's files, and the store with its real directory. At the
 * end of each life the power is cut, so that nothing acknowledged may rest on a name that was never
 * flushed.
 */
@Tag("long")
final class FilesFaultsTest {
  @TempDir Path folder;
  private NodeTls tls;

  @BeforeEach
  void certificates() throws IOException {
    Path own = folder.resolve("tls");
    FleetCertificates.write(
        folder.resolve("ca.pem"),
        List.of(new FleetCertificates.NodeHome(3, own, List.of())),
        Clock.systemUTC(),
        new SecureRandom());
    tls = TlsFiles.in(own).load(3, Optional.empty(), Instant.now());
  }

  /** One life: what it does, and what must hold after any fault in it. */
  private interface Life {
    void live(FaultyTree tree) throws IOException;

    void holds(FaultyTree tree) throws IOException;
  }

  /** Returns how many operations there are. */
  private static long everyOperation(Fault fault, java.util.function.Supplier<Life> lives)
      throws IOException {
    FaultyTree whole = new FaultyTree(0, fault);
    Life first = lives.get();
    first.live(whole);
    long operations = whole.operations();
    first.holds(whole);
    for (long at = 1; at <= operations; at++) {
      once(fault, at, lives.get(), new SplittableRandom(at));
      if (fault.crashes()) {
        once(fault, at, lives.get(), FaultyTree.NOTHING_LEFT);
        once(fault, at, lives.get(), FaultyTree.NAMES_LEFT);
      }
    }
    return operations;
  }

  private static void once(Fault fault, long at, Life life, RandomGenerator dice) {
    FaultyTree tree = new FaultyTree(at, fault);
    try {
      life.live(tree);
    } catch (IOException | UncheckedIOException | StoreFault expected) {
      // The process ends here.
    }
    try {
      FaultyTree after = tree.next(dice);
      life.holds(after);
      life.live(after);
      life.holds(after.afterPowerCut(FaultyTree.NOTHING_LEFT));
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(fault + " at operation " + at, e);
    }
  }

  private static void report(String what, Fault fault, long points, long min) {
    System.out.println(
        "Faults by enumeration: " + what + ", " + fault + ", " + points + " points, all survived");
    assertTrue(points >= min, what + ": only " + points + " durable operations");
  }

  private static FaultyFiles on(FaultyTree tree) {
    return new FaultyFiles(tree);
  }

  /** A node that starts three times, votes each time, and loses its Raft directory in between. */
  private final class Voter implements Life {
    private boolean lost;

    /** The incarnation it has voted under; 0 before it has voted. */
    private long votedUnder;

    private boolean begun;

    private OrderSettings settings(FaultyTree tree) {
      Path home = on(tree).getPath("/node");
      return new OrderSettings(
          new FleetId(Bytes.zeros(32)),
          3,
          List.of(new OrderSettings.Member(3, "127.0.0.1", 1)),
          home.resolve("raft"),
          home.resolve("voter.properties"),
          tls,
          1,
          200,
          20_000);
    }

    private VoterIdentity start(FaultyTree tree) throws IOException {
      OrderSettings settings = settings(tree);
      Files.createDirectories(settings.directory());
      VoterIdentity identity = VoterIdentity.decide(settings, !begun, Clock.systemUTC());
      Path vote = settings.directory().resolve("vote");
      switch (identity.standing()) {
        case FOUNDER -> assertEquals(0, votedUnder, "a voter that has voted is no founder again");
        case RETURNING ->
            assertTrue(
                votedUnder != identity.name().incarnation() || Files.exists(vote),
                "it votes under a name it has forgotten");
        case NEW -> {
          assertTrue(lost, "nothing was lost, and yet it must be put in by a leader");
          identity.adopt(settings);
        }
      }
      lost = lost && identity.standing() != VoterIdentity.Standing.NEW;
      AtomicFile.replace(vote, new byte[] {1}, AtomicFile.Access.OWNER);
      votedUnder = identity.name().incarnation();
      return identity;
    }

    @Override
    public void live(FaultyTree tree) throws IOException {
      start(tree);
      start(tree);
      begun = true;
      Path directory = settings(tree).directory();
      lost = true;
      Files.move(directory, directory.resolveSibling("stolen"));
      assertEquals(VoterIdentity.Standing.NEW, start(tree).standing());
      assertEquals(VoterIdentity.Standing.RETURNING, start(tree).standing());
      begun = true;
    }

    @Override
    public void holds(FaultyTree tree) throws IOException {
      OrderSettings settings = settings(tree);
      Findings findings = new Findings();
      new OrderCheck(settings.directory(), settings.marker(), settings.fleetId(), findings)
          .voter(!begun);
      assertTrue(findings.sound(), findings.listed().toString());
      start(tree);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aVotersMarker(Fault fault) throws IOException {
    report("voter's marker", fault, everyOperation(fault, Voter::new), 30);
  }

  /** A node's configuration, written anew with another port. */
  private static final class Configuration implements Life {
    private boolean older;

    private static void write(FaultyTree tree, int port) throws IOException {
      Path home = on(tree).getPath("/fleet");
      Files.createDirectories(home.resolve("node-1"));
      NodeConfig.local(
              home,
              1,
              List.of(new NodeConfig.Member(1, "127.0.0.1", 2, 3)),
              port,
              home.resolve("hsm"))
          .write(home.resolve("node-1").resolve("config.properties"));
    }

    @Override
    public void live(FaultyTree tree) throws IOException {
      write(tree, 4001);
      older = true;
      write(tree, 4002);
    }

    @Override
    public void holds(FaultyTree tree) throws IOException {
      Path file = on(tree).getPath("/fleet/node-1/config.properties");
      if (!Files.exists(file)) {
        assertTrue(!older, "the configuration is gone");
        return;
      }
      try {
        assertTrue(List.of(4001, 4002).contains(NodeConfig.read(file).httpPort()));
      } catch (SettingMistake e) {
        throw new AssertionError("half a configuration", e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodesConfiguration(Fault fault) throws IOException {
    report("configuration", fault, everyOperation(fault, Configuration::new), 8);
  }

  private interface Replacing {
    void write(Path path, byte[] content) throws IOException;
  }

  /** A file that holds one content or the other, never anything else. */
  private static final class Replaced implements Life {
    private final String path;
    private final Replacing replacing;
    private int acknowledged;

    Replaced(String path, Replacing replacing) {
      this.path = path;
      this.replacing = replacing;
    }

    private static byte[] content(int version) {
      byte[] content = new byte[1500];
      java.util.Arrays.fill(content, (byte) version);
      return content;
    }

    @Override
    public void live(FaultyTree tree) throws IOException {
      for (int version = acknowledged + 1; version <= 3; version++) {
        replacing.write(on(tree).getPath(path), content(version));
        acknowledged = version;
      }
    }

    @Override
    public void holds(FaultyTree tree) throws IOException {
      Path file = on(tree).getPath(path);
      byte[] found = Files.exists(file) ? Files.readAllBytes(file) : content(0);
      int version = found.length == 0 ? -1 : found[0];
      assertTrue(version >= acknowledged, "acknowledged " + acknowledged + ", found " + version);
      assertArrayEquals(content(version), found);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDevicesFile(Fault fault) throws IOException {
    long points = everyOperation(fault, () -> new Replaced("/file", FilesFaultsTest::replaced));
    report("a device's file", fault, points, 12);
  }

  /** Its folders are made with it: their names have to last, too. */
  @ParameterizedTest
  @EnumSource
  void aDevicesFileInAFolderOfItsOwn(Fault fault) throws IOException {
    long points =
        everyOperation(fault, () -> new Replaced("/device/memory/file", FilesFaultsTest::replaced));
    report("a device's file and folder", fault, points, 12);
  }

  private static void replaced(Path path, byte[] content) throws IOException {
    AtomicFile.replace(path, content, AtomicFile.Access.OWNER);
  }

  /** As {@link AtomicFile}, but the name changes before the content lasts. */
  private static void renamedTooEarly(Path path, byte[] content) throws IOException {
    Path fresh = path.resolveSibling("file.new");
    Files.deleteIfExists(fresh);
    try (FileChannel out =
        FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(content));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      out.force(true);
    }
    try (FileChannel parent = FileChannel.open(path.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  @Test
  void theEnumerationBitesARenameBeforeTheFlush() {
    int caught = 0;
    for (Fault fault : List.of(Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.TORN)) {
      try {
        long ignored =
            everyOperation(fault, () -> new Replaced("/file", FilesFaultsTest::renamedTooEarly));
      } catch (AssertionError | IOException e) {
        caught++;
      }
    }
    assertEquals(3, caught);
  }

  /** Certificates kept for long absences: what was kept is there, whatever else is sound. */
  private static final class Archive implements Life {
    private static final List<Long> KS = List.of(17_000L, 34_000L, 51_000L, 68_000L);
    private final CoreSamples samples = new CoreSamples();
    private final Set<Long> acknowledged = new HashSet<>();

    private CertificateArchive open(FaultyTree tree) throws IOException {
      return CertificateArchive.open(
          on(tree).getPath("/certificates/partition-0"), samples.fleet, 0);
    }

    private static List<Long> kept(CertificateArchive archive) {
      return archive.after(0, 100).stream().map(c -> c.values().k()).toList();
    }

    @Override
    public void live(FaultyTree tree) throws IOException {
      for (int until : List.of(2, KS.size())) {
        try (CertificateArchive archive = open(tree)) {
          for (long k : KS.subList(0, until)) {
            archive.offer(samples.certificate(samples.values(k, 0)));
          }
          acknowledged.addAll(kept(archive));
        }
      }
    }

    @Override
    public void holds(FaultyTree tree) throws IOException {
      Path file = on(tree).getPath("/certificates/partition-0");
      Findings findings = new Findings();
      var ignored = ArchiveCheck.claims(file, samples.fleet, 0, findings);
      assertTrue(findings.sound(), findings.listed().toString());
      try (CertificateArchive archive = open(tree)) {
        List<Long> kept = kept(archive);
        assertTrue(kept.containsAll(acknowledged), acknowledged + " were kept, found " + kept);
        assertTrue(KS.containsAll(kept));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anArchiveOfCertificates(Fault fault) throws IOException {
    report("certificates kept", fault, everyOperation(fault, Archive::new), 12);
  }

  /** Keys and certificates of a node, issued and issued again: one whole set, or it is said. */
  private static final class Certificates implements Life {
    private boolean issued;

    private static Path folder(FaultyTree tree) {
      return on(tree).getPath("/fleet/tls");
    }

    @Override
    public void live(FaultyTree tree) throws IOException {
      Files.createDirectories(folder(tree));
      for (int set = 0; set < 2; set++) {
        issued = false;
        FleetCertificates.write(
            on(tree).getPath("/fleet/ca.pem"),
            List.of(new FleetCertificates.NodeHome(1, folder(tree), List.of())),
            Clock.systemUTC(),
            new SecureRandom());
        issued = true;
      }
    }

    @Override
    public void holds(FaultyTree tree) throws IOException {
      Path own = folder(tree);
      try {
        NodeTls loaded = TlsFiles.in(own).load(1, Optional.empty(), Instant.now());
        assertTrue(loaded.context() != null);
      } catch (IOException said) {
        assertTrue(!issued, "issued, and gone: " + said);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNodesCertificates(Fault fault) throws IOException {
    report("TLS files", fault, everyOperation(fault, Certificates::new), 20);
  }

  /** A store in a real directory's likeness: first entries, stop in order, start, more entries. */
  private static final class Store implements Life {
    private final RecordedLife recorded;
    private long acknowledged;

    Store(RecordedLife recorded) {
      this.recorded = recorded;
    }

    private NodeStore open(FaultyTree tree) {
      return NodeStore.open(
          on(tree).getPath("/store"), recorded.fleet().id(), 1, StoreSettings.small());
    }

    @Override
    public void live(FaultyTree tree) {
      for (long until : List.of(2L, 5L)) {
        try (NodeStore node = open(tree)) {
          RecordStore store = node.partition(0);
          for (long k = store.position().values().k() + 1; k <= until; k++) {
            store.apply(recorded.result(k));
            store.sync();
            acknowledged = Math.max(acknowledged, k);
          }
        }
      }
    }

    @Override
    public void holds(FaultyTree tree) throws IOException {
      Findings findings = new Findings();
      Path directory = on(tree).getPath("/store");
      try (StoreCheck check =
          StoreCheck.open(directory, recorded.fleet(), 1, StoreSettings.small(), findings)) {
        var ignored = check.check(0, List.of(), Progress.NONE);
      }
      boolean begun = acknowledged > 0 || Files.exists(directory.resolve("COFFER-STORE"));
      assertTrue(findings.sound() || !begun, findings.listed().toString());
      try (NodeStore node = open(tree)) {
        long k = node.partition(0).position().values().k();
        assertTrue(k >= acknowledged, "acknowledged " + acknowledged + ", found " + k);
        assertEquals(recorded.values(k), node.partition(0).position().values());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStoresDirectory(Fault fault) throws Exception {
    RecordedLife recorded = RecordedLife.record();
    long points = everyOperation(fault, () -> new Store(recorded));
    report("a store's directory", fault, points, 60);
  }
}
