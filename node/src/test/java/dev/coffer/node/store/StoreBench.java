package dev.coffer.node.store;

import dev.coffer.node.store.tree.Allocator;
import dev.coffer.node.store.tree.RecordTree;
import dev.coffer.node.store.tree.TreePage;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Hashes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Loads a store with random records, then proves and applies batches of 256, nine of ten records
 * old. Arguments: directory, records, batches, cache MiB, journal MiB. Prints one line a phase; CPU
 * is that of the whole process without the part that plays the HSM.
 */
public final class StoreBench {
  private static final int LOAD_BATCH = 4096;
  private static final int ROUNDS = 4;

  private final SplittableRandom random = new SplittableRandom(42);

  private StoreBench() {}

  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    long records = Long.parseLong(args[1]);
    int batches = Integer.parseInt(args[2]);
    StoreSettings settings =
        new StoreSettings(
            Long.parseLong(args[3]) << 20, 16, 7, Long.parseLong(args[4]) << 20, 8 << 20);
    new StoreBench().run(directory, records, batches, settings);
  }

  private static TreeKey key(long i) {
    return new TreeKey(Hashes.sha256(new CanonicalWriter().u64(i)));
  }

  private void run(Path directory, long records, int batches, StoreSettings settings)
      throws IOException {
    if (!Files.exists(directory)) {
      load(directory, records, settings);
    }
    long opening = System.nanoTime();
    try (NodeStore node = NodeStore.open(directory, ChainDriver.FLEET, 1, settings)) {
      RecordStore store = node.partition(0);
      System.out.printf("open %d ms%n", (System.nanoTime() - opening) / 1_000_000);
      for (int round = 0; round < ROUNDS && batches >= ROUNDS; round++) {
        batches(store, records, batches / ROUNDS);
      }
    }
    report("closed", directory);
  }

  private void load(Path directory, long records, StoreSettings settings) throws IOException {
    long start = System.nanoTime();
    long cpu = cpu();
    StoreMarker.claim(directory, NodeStore.FORMAT, ChainDriver.FLEET, 1);
    try (JournaledSlots slots =
        JournaledSlots.open(
            DirectoryDisk.open(directory), settings.journalOctets(), Runnable::run)) {
      GroupCommit commit = new GroupCommit(slots, Runnable::run);
      PageCache cache = new PageCache(settings.cacheOctets());
      PartitionFiles files = new PartitionFiles(0, settings.entriesKept(), commit::read, cache);
      RecordTree tree = new RecordTree(files::page);
      RecordTree.Root root = RecordTree.Root.NONE;
      Allocator allocator = new Allocator(1, 1);
      ChainDriver hsm = new ChainDriver(random, ChainValues.founding(ChainDriver.FLEET, 0));
      for (long done = 0; done < records; done += LOAD_BATCH) {
        List<TreePage.Put> puts = new ArrayList<>();
        for (long i = done; i < Math.min(records, done + LOAD_BATCH); i++) {
          puts.add(new TreePage.Put(key(i), hsm.randomRecord()));
        }
        RecordTree.Update update = tree.update(root, puts, allocator);
        root = update.root();
        List<Slot.Patch> patches = new ArrayList<>();
        puts.forEach(put -> patches.add(files.record(put.slot(), put.ciphertext())));
        update.pages().forEach(page -> patches.add(files.page(page.slot(), page.page())));
        commit.append(patches, () -> {});
      }
      ChainValues founding = ChainValues.founding(ChainDriver.FLEET, 0);
      ChainValues loaded =
          new ChainValues(
              ChainDriver.FLEET,
              0,
              1,
              founding.nextHead(root.hash()),
              root.hash(),
              Bytes.zeros(Limits.DIGEST));
      PartitionState state =
          PartitionState.founding(founding)
              .with(root.slot(), allocator)
              .at(new RecordStore.Position(loaded, OrderPosition.NONE));
      commit.append(List.of(files.state(state)), () -> {});
      System.out.printf(
          "load %d records: %d s wall, %d s CPU; %d pages%n",
          records,
          (System.nanoTime() - start) / 1_000_000_000,
          (cpu() - cpu) / 1_000_000_000,
          allocator.nextPage());
    }
    report("loaded", directory);
  }

  private void batches(RecordStore store, long records, int batches) throws IOException {
    ChainDriver hsm = new ChainDriver(random, store.position().values());
    long[] prove = new long[batches];
    long[] apply = new long[batches];
    long hsmCpu = 0;
    long cpu = cpu();
    long io = written();
    long start = System.nanoTime();
    for (int b = 0; b < batches; b++) {
      long before = thread();
      List<TreeKey> touched = new ArrayList<>();
      for (int i = 0; i < Limits.OPERATIONS_MAX; i++) {
        boolean old = random.nextInt(10) > 0;
        touched.add(key(old ? random.nextLong(records) : records + random.nextLong(1L << 40)));
      }
      touched = ChainDriver.ascending(touched);
      hsmCpu += thread() - before;
      long t0 = System.nanoTime();
      Proof proof = store.prove(touched);
      long t1 = System.nanoTime();
      before = thread();
      EntryResult result = hsm.capture(proof, touched, false, 200_000);
      hsmCpu += thread() - before;
      long t2 = System.nanoTime();
      store.apply(result);
      prove[b] = t1 - t0;
      apply[b] = System.nanoTime() - t2;
    }
    store.sync();
    double wall = (System.nanoTime() - start) / 1e6 / batches;
    double used = (cpu() - cpu - hsmCpu) / 1e6 / batches;
    Arrays.sort(prove);
    Arrays.sort(apply);
    System.out.printf(
        "batches %d: wall %.2f ms, CPU without HSM %.2f ms, HSM %.2f ms, prove p50 %.2f p99 %.2f, "
            + "apply p50 %.2f p99 %.2f max %.1f ms, written %.0f KiB; %s%n",
        batches,
        wall,
        used,
        hsmCpu / 1e6 / batches,
        at(prove, 0.5),
        at(prove, 0.99),
        at(apply, 0.5),
        at(apply, 0.99),
        at(apply, 1),
        (written() - io) / 1024.0 / batches,
        memory());
  }

  private static double at(long[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e6;
  }

  private static long thread() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long written() throws IOException {
    return field(Path.of("/proc/self/io"), "write_bytes:");
  }

  private static String memory() throws IOException {
    Path status = Path.of("/proc/self/status");
    return "RSS "
        + field(status, "VmRSS:") / 1024
        + " MiB (anonymous "
        + field(status, "RssAnon:") / 1024
        + ")";
  }

  private static long field(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).replace("kB", "").trim())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  private static void report(String when, Path directory) throws IOException {
    long octets = 0;
    try (var files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        octets += ((Number) Files.getAttribute(file, "unix:size")).longValue();
      }
    }
    System.out.printf("%s: %d MiB on disk; %s%n", when, octets >> 20, memory());
  }
}
