package dev.coffer.verification.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.ObjectStore;
import dev.coffer.backup.StoredObject;
import dev.coffer.backup.s3.S3Credentials;
import dev.coffer.backup.s3.S3Settings;
import dev.coffer.backup.s3.S3Store;
import dev.coffer.cli.operator.BucketDisk;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.notary.disk.DirectoryDisk;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.log.LeafRule;
import dev.coffer.notary.log.LogFsck;
import dev.coffer.notary.log.LogHalted;
import dev.coffer.notary.log.Placement;
import dev.coffer.notary.log.TiledLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose public files are in a bucket: every fault of it, and an S3 server by others. */
@Tag("long")
class LogInBucketTest {
  private static final String ORIGIN = "log.example/bucket";
  private static final Path PROXY =
      Path.of("..", "backup", "src", "test", "s3proxy").toAbsolutePath().normalize();
  private static final int TRIES = 2_000;

  @TempDir private Path home;

  private static NoteSigner signer() {
    return new NoteSigner(
        new KeyName(ORIGIN), SignatureType.ED25519, new MemoryKey(TestKeys.seed(ORIGIN)));
  }

  private static VerifierKey key() {
    return TestKeys.signer(ORIGIN).verifier();
  }

  private BucketDisk disk(Path folder, ObjectStore bucket) throws IOException {
    return new BucketDisk(DirectoryDisk.open(folder), bucket);
  }

  private TiledLog open(Path folder, ObjectStore bucket) throws IOException {
    BucketDisk disk = disk(folder, bucket);
    try {
      return TiledLog.open(disk, signer(), LeafRule.ANY, true);
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  /** Objects in memory; call number {@code fails} throws, having done its work or not. */
  private static final class Bucket implements ObjectStore {
    private final Map<String, byte[]> objects = new TreeMap<>();
    private int calls;
    private int fails = -1;
    private boolean afterwards;

    private void step(Runnable work) throws BackupException {
      calls++;
      boolean failing = calls == fails;
      if (!failing || afterwards) {
        work.run();
      }
      if (failing) {
        throw new BackupException(
            BackupException.Reason.STORE_UNREACHABLE, "The bucket is not to be had now.");
      }
    }

    @Override
    public synchronized void put(String name, byte[] content) throws BackupException {
      step(() -> objects.put(name, content));
    }

    @Override
    public synchronized Optional<byte[]> get(String name, int sizeMax) throws BackupException {
      step(() -> {});
      return Optional.ofNullable(objects.get(name));
    }

    @Override
    public synchronized void list(String prefix, Consumer<StoredObject> sink)
        throws BackupException {
      step(() -> {});
      objects.forEach((name, content) -> {
        if (name.startsWith(prefix)) {
          sink.accept(new StoredObject(name, content.length));
        }
      });
    }

    @Override
    public synchronized void delete(String name) throws BackupException {
      step(() -> objects.remove(name));
    }

    @Override
    public void flush() {}
  }

  private static List<Bytes> leaves(int from, int to) {
    List<Bytes> leaves = new ArrayList<>();
    for (int i = from; i < to; i++) {
      leaves.add(Utf8.encode("leaf " + i));
    }
    return leaves;
  }

  private static long size(Note head) throws Exception {
    return Checkpoint.parse(head.unverifiedText()).size();
  }

  /** Founds or goes on, up to 300 leaves in three rounds; whatever fails is tried once more. */
  private int live(Path folder, ObjectStore bucket) throws Exception {
    int failures = 0;
    boolean founded = false;
    Map<Bytes, Long> promised = new HashMap<>();
    while (true) {
      try {
        if (!founded) {
          try (BucketDisk disk = disk(folder, bucket);
              NoteSigner signer = signer()) {
            TiledLog.create(disk, signer);
          }
          founded = true;
        }
        try (TiledLog log = open(folder, bucket)) {
          while (size(log.head()) < 300) {
            List<Bytes> next = leaves((int) size(log.head()), (int) size(log.head()) + 100);
            List<Placement> places = log.append(next).placements();
            for (int i = 0; i < next.size(); i++) {
              promised.put(next.get(i), ((Placement.Placed) places.get(i)).index());
            }
          }
          List<Bytes> all = leaves(0, 300);
          promised.forEach((leaf, index) -> assertEquals(leaf, all.get(index.intValue())));
          return failures;
        }
      } catch (IOException e) {
        assertTrue(++failures < 4, "one fault, few failures: " + e.getMessage());
        founded |= String.valueOf(e.getMessage()).contains("already");
      }
    }
  }

  @Test
  void everyCallOfTheBucketMayFailBothWays() throws Exception {
    Bucket whole = new Bucket();
    live(home.resolve("whole"), whole);
    int failed = 0;
    for (int call = 1; call <= whole.calls; call++) {
      for (boolean afterwards : new boolean[] {false, true}) {
        Bucket bucket = new Bucket();
        bucket.fails = call;
        bucket.afterwards = afterwards;
        Path folder = home.resolve("call-" + call + afterwards);
        failed += live(folder, bucket);
        bucket.fails = -1;
        try (BucketDisk disk = new BucketDisk(DirectoryDisk.reading(folder), bucket)) {
          LogFsck.Report report = LogFsck.run(disk, key());
          assertTrue(report.clean(), "call " + call + ": " + report.faults());
          assertEquals(300, report.size());
        }
        assertEquals(
            whole.objects.get("checkpoint").length, bucket.objects.get("checkpoint").length);
      }
    }
    assertTrue(whole.calls > 20 && failed >= whole.calls, failed + " failures were seen");
  }

  @Test
  void anotherContentIsNeverOverwritten() throws Exception {
    Bucket bucket = new Bucket();
    live(home.resolve("log"), bucket);
    bucket.objects.put("tile/0/001.p/99", "another's".getBytes(StandardCharsets.UTF_8));
    try (TiledLog log = open(home.resolve("log"), bucket)) {
      assertEquals(300, size(log.head()));
      bucket.objects.put("tile/0/001.p/100", "another's".getBytes(StandardCharsets.UTF_8));
      List<Bytes> more = leaves(300, 356);
      assertThrows(IOException.class, () -> log.append(more));
    }
    assertEquals(
        "another's", new String(bucket.objects.get("tile/0/001.p/100"), StandardCharsets.UTF_8));
  }

  @Test
  void anOlderFolderBesideANewerBucketHalts() throws Exception {
    Bucket bucket = new Bucket();
    live(home.resolve("log"), bucket);
    try (BucketDisk disk = disk(home.resolve("other"), new Bucket());
        NoteSigner signer = signer()) {
      TiledLog.create(disk, signer);
    }
    assertThrows(LogHalted.class, () -> open(home.resolve("other"), bucket));
  }

  @Test
  void anS3ServerByOthersHoldsALog() throws Exception {
    Path jars = PROXY.resolve("target").resolve("dependency");
    if (!Files.isDirectory(jars)) {
      System.out.println("SKIPPED: a log in a bucket of S3Proxy, which is not installed here");
      Assumptions.abort("no S3Proxy");
    }
    URI endpoint = URI.create("http://127.0.0.1:" + LoopbackPorts.take());
    Path settings = home.resolve("s3proxy.properties");
    Files.writeString(
        settings,
        "s3proxy.endpoint="
            + endpoint
            + "\ns3proxy.authorization=none\njclouds.provider=transient-nio2\n"
            + "jclouds.identity=none\njclouds.credential=none\n");
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + PROXY.resolve("logback.xml"),
                "-cp",
                jars + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("s3proxy.log").toFile())
            .start();
    try (S3Credentials credentials =
        S3Credentials.of(
            "id",
            SecretBytes.wrap("secret".getBytes(StandardCharsets.US_ASCII)),
            Optional.empty())) {
      makeBucket(endpoint, server);
      S3Store bucket =
          S3Store.at(
              new S3Settings(endpoint, "us-east-1", "logs", "public/one", true),
              credentials,
              Clock.systemUTC());
      assertEquals(0, live(home.resolve("log"), bucket));
      try (BucketDisk disk = new BucketDisk(DirectoryDisk.reading(home.resolve("log")), bucket)) {
        LogFsck.Report report = LogFsck.run(disk, key());
        assertTrue(report.clean(), "" + report.faults());
        assertEquals(300, report.size());
      }
      assertEquals(300 - 256, bucket.get("tile/0/001.p/44", 1 << 20).orElseThrow().length / 32);
    } finally {
      server.destroyForcibly();
    }
  }

  private static void makeBucket(URI endpoint, Process server) throws Exception {
    HttpRequest put =
        HttpRequest.newBuilder(endpoint.resolve("/logs"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int i = 0; i < TRIES && server.isAlive(); i++) {
        try {
          assertEquals(200, http.send(put, HttpResponse.BodyHandlers.discarding()).statusCode());
          return;
        } catch (IOException notYet) {
          server
              .onExit()
              .completeOnTimeout(server, 50, java.util.concurrent.TimeUnit.MILLISECONDS)
              .join();
        }
      }
    }
    throw new AssertionError("S3Proxy does not start");
  }
}
