package dev.coffer.verification.load;

import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.LeafRule;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogFsck;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.notary.log.TiledLog;
import dev.coffer.notary.witness.Witness;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.notary.witness.WitnessedLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.AddCheckpoint;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Frontier;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * How many leaves a log takes in, how many checkpoints a witness cosigns, how long a log takes to
 * check: server and clients in this one process, on loopback and a disk that is forced. Arguments:
 * leaves over HTTP, checkpoints, leaves of the log that is checked.
 */
public final class LogProgram {
  private static final int CLIENTS = 64;
  private static final int BATCH = 8_192;
  private static final KeyName ORIGIN = new KeyName("log.example/load");
  private static final PrintStream OUT = System.out;

  private LogProgram() {}

  private interface Work {
    void run(int i) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("logload");
    try {
      leavesOverHttp(directory, Integer.parseInt(args[0]));
      checkpoints(directory, Integer.parseInt(args[1]));
      check(directory, Integer.parseInt(args[2]));
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private static void measure(String what, int count, Work work) throws Exception {
    long start = System.nanoTime();
    long cpu = processNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int first = client;
        clients.add(
            threads.submit(() -> {
              for (int i = first; i < count; i += CLIENTS) {
                work.run(i);
              }
              return first;
            }));
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    double rate = count * 1e9 / (System.nanoTime() - start);
    double micros = (processNanos() - cpu) / 1e3 / count;
    OUT.printf("%-26s %8.0f /s, %6.0f us of CPU each, clients included%n", what, rate, micros);
  }

  private static long processNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static KeyFile keyFile(Path path) throws IOException {
    try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
      KeyFile.write(path, seed);
    }
    return new KeyFile(path);
  }

  private static NoteSigner signer(KeyName name, SignatureType type) {
    try (SecretBytes seed = SecretBytes.random(Randomness.system(), 32)) {
      return new NoteSigner(name, type, new MemoryKey(seed));
    }
  }

  private static void leavesOverHttp(Path directory, int count) throws Exception {
    LogConfig config =
        LogConfig.of(
            directory.resolve("log"),
            ORIGIN,
            keyFile(directory.resolve("log.key")),
            LeafRule.ANY,
            Optional.empty(),
            Listen.LOOPBACK);
    LogServer.create(config);
    try (LogServer server = LogServer.start(config);
        Fetch fetch = new Fetch(Duration.ofSeconds(60))) {
      RemoteLog log = new RemoteLog(fetch, URI.create("http://127.0.0.1:" + server.port()));
      Work add = i -> log.add(leaf(i)).index();
      measure("warm", count, add);
      measure("POST /add-leaf", count, add);
    }
  }

  private static Bytes leaf(long i) {
    return Utf8.encode("a leaf of some forty octets, number " + i);
  }

  /** As many logs as clients, each of which grows by one leaf a checkpoint. */
  private static void checkpoints(Path directory, int count) throws Exception {
    List<NoteSigner> logs = new ArrayList<>();
    List<WitnessedLog> known = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      NoteSigner log = signer(new KeyName("log.example/" + i), SignatureType.ED25519);
      logs.add(log);
      known.add(WitnessedLog.of(log.verifier()));
    }
    Witness witness =
        Witness.open(
            DirectoryDisk.open(directory.resolve("witness")),
            signer(new KeyName("witness.example"), SignatureType.COSIGNATURE),
            () -> Instant.ofEpochSecond(1_800_000_000),
            known);
    List<Growing> trees = new ArrayList<>();
    logs.forEach(log -> trees.add(new Growing(log)));
    try (WitnessServer server = WitnessServer.serve(witness, Listen.LOOPBACK);
        Fetch fetch = new Fetch(Duration.ofSeconds(60))) {
      URI address = URI.create("http://127.0.0.1:" + server.port() + "/add-checkpoint");
      Work add =
          i -> {
            Fetch.Reply reply = fetch.post(address, trees.get(i % CLIENTS).next(), 1 << 16);
            if (reply.status() != 200) {
              throw new IllegalStateException("answered " + reply.status());
            }
          };
      measure("warm", count, add);
      measure("POST /add-checkpoint", count, add);
    }
  }

  /** A tree whose consistency proofs are short to make: it doubles from one leaf. */
  private static final class Growing {
    private final NoteSigner log;
    private Frontier frontier = Frontier.EMPTY;

    Growing(NoteSigner log) {
      this.log = log;
    }

    /** From 2^k to 2^k + 1 leaves and so on: the proof is the new leaf and the peaks before. */
    Bytes next() throws IOException {
      Bytes added = Tlog.leafHash(leaf(frontier.size()));
      Frontier grown = frontier.append(added);
      AddCheckpoint request =
          new AddCheckpoint(frontier.size(), proof(frontier, added), checkpoint(grown));
      frontier = grown;
      return request.encode();
    }

    /** RFC 6962 §2.1.2 for one more leaf. */
    private static List<Bytes> proof(Frontier before, Bytes added) {
      if (before.size() == 0) {
        return List.of();
      }
      List<Bytes> peaks = before.peaks();
      List<Bytes> proof = new ArrayList<>();
      if (Long.bitCount(before.size()) > 1) {
        proof.add(peaks.get(peaks.size() - 1));
      }
      proof.add(added);
      for (int i = peaks.size() - 2; i >= 0; i--) {
        proof.add(peaks.get(i));
      }
      return proof;
    }

    private Note checkpoint(Frontier tree) throws IOException {
      String origin = log.verifier().name().value();
      String text = new Checkpoint(origin, tree.size(), tree.root()).text();
      return Note.of(text, List.of(log.sign(text)));
    }
  }

  private static void check(Path directory, int count) throws Exception {
    NoteSigner key = signer(ORIGIN, SignatureType.ED25519);
    VerifierKey verifier = key.verifier();
    Path home = directory.resolve("large");
    try (Disk disk = DirectoryDisk.open(home)) {
      TiledLog.create(disk, key);
      TiledLog log = TiledLog.open(disk, key, LeafRule.ANY, true);
      long start = System.nanoTime();
      for (int from = 0; from < count; from += BATCH) {
        List<Bytes> leaves = new ArrayList<>();
        for (int i = from; i < Math.min(count, from + BATCH); i++) {
          leaves.add(leaf(i));
        }
        if (log.append(leaves).placements().size() != leaves.size()) {
          throw new IllegalStateException("not all were placed");
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      OUT.printf("sequencing %d leaves: %8.1f s, %.0f leaves/s%n", count, seconds, count / seconds);
    }
    long start = System.nanoTime();
    LogFsck.Report report = LogFsck.run(DirectoryDisk.reading(home), verifier);
    double seconds = (System.nanoTime() - start) / 1e9;
    OUT.printf(
        "fsck of %d leaves:    %8.1f s, %d files read, %s%n",
        report.size(), seconds, report.files(), report.clean() ? "clean" : report.faults());
  }
}
