package dev.coffer.verification.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.BackupKey;
import dev.coffer.backup.BackupOptions;
import dev.coffer.backup.CheckDepth;
import dev.coffer.backup.ProgressListener;
import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What the Java program backs up the TypeScript client reads, and the other way round; and it says
 * what is damaged.
 */
@Tag("long")
final class TypeScriptBackupTest {
  private static final Instant MODIFIED = Instant.ofEpochSecond(1_700_000_000L, 123_456_789);
  private static Optional<TypeScriptClient> node = Optional.empty();

  @TempDir private Path home;
  private final Bytes k = Randomness.system().bytes(32);

  @BeforeAll
  static void start() throws Exception {
    node = TypeScriptClient.start(Path.of("none.pem"));
    assumeTrue(node.isPresent(), "no Node.js with the packages of web/client here");
  }

  @AfterAll
  static void stop() {
    node.ifPresent(TypeScriptClient::close);
  }

  private Path source() {
    return home.resolve("source");
  }

  private Path repository() {
    return home.resolve("repository");
  }

  private void file(String name, int size) throws IOException {
    Path file = source().resolve(name);
    Files.createDirectories(file.getParent());
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Files.write(file, content);
  }

  @BeforeEach
  void backUp() throws Exception {
    file("empty", 0);
    file("small.txt", 100);
    file("sub/gr\u00fc\u00dfe \u2713", 70_000);
    file("sub/deeper/large", (5 << 20) + 17);
    for (int i = 0; i < 40; i++) {
      file("many/" + i, 60_000 + i);
    }
    Files.createSymbolicLink(source().resolve("sub/link"), Path.of("../small.txt"));
    Files.setPosixFilePermissions(
        source().resolve("small.txt"), PosixFilePermissions.fromString("rw-r-----"));
    try (Stream<Path> all = Files.walk(source())) {
      for (Path one : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
        Files.setLastModifiedTime(one, FileTime.from(MODIFIED));
      }
    }
    withJava(repository(), java -> java.backup(source(), ProgressListener.NONE));
  }

  /** What is done with the Java program's view of a repository. */
  @FunctionalInterface
  private interface Work {
    void with(Repository repository) throws Exception;
  }

  private void withJava(Path folder, Work work) throws Exception {
    try (SecretBytes secret = SecretBytes.copyOf(k);
        BackupKey key = BackupKey.derive(secret)) {
      work.with(Repository.open(FolderStore.at(folder), key, Clock.systemUTC(), Runnable::run));
    }
  }

  private List<String> expected() throws IOException {
    return lines(source());
  }

  private static List<String> lines(Path root) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path one : all.toList()) {
        lines.add(line(root, one));
      }
    }
    return lines.stream().sorted().toList();
  }

  private static String line(Path root, Path one) throws IOException {
    String relative = root.relativize(one).toString();
    String name = relative.isEmpty() ? "." : relative;
    if (Files.isSymbolicLink(one)) {
      return "l " + name + " " + Files.readSymbolicLink(one);
    }
    int mode = (int) Files.getAttribute(one, "unix:mode") & 07777;
    Instant time = Files.getLastModifiedTime(one).toInstant();
    String attributes =
        "%s %d.%09d".formatted(Integer.toOctalString(mode), time.getEpochSecond(), time.getNano());
    if (Files.isDirectory(one)) {
      return "d " + name + " " + attributes;
    }
    Bytes content = Bytes.wrap(Files.readAllBytes(one));
    return "f %s %s %d %s"
        .formatted(name, attributes, content.size(), Hashes.sha256(content).hex());
  }

  private static List<String> entries(JsonNode read) {
    List<String> entries = new ArrayList<>();
    read.get("entries").forEach(entry -> entries.add(entry.asString()));
    return entries;
  }

  @Test
  void everyEntryComesBack() throws Exception {
    JsonNode read = node.orElseThrow().readBackup(repository(), k);
    assertEquals("read", read.get("kind").asString(), read.toString());
    assertEquals(expected(), entries(read).stream().sorted().toList());
    assertEquals(44, read.get("newest").get("files").asInt());
    assertEquals(1, read.get("newest").get("links").asInt());
    assertEquals(source().toRealPath().toString(), read.get("newest").get("source").asString());
    assertTrue(read.get("problems").isEmpty() && read.get("damaged").isEmpty(), read.toString());
  }

  @Test
  void otherNamesAndSetIdBitsComeBackAndWhatWasLeftOutIsTold() throws Exception {
    Files.createLink(source().resolve("many/zz other name"), source().resolve("small.txt"));
    Files.setAttribute(source().resolve("sub"), "unix:mode", 02755);
    Files.setAttribute(source().resolve("small.txt"), "unix:mode", 04750);
    Path keys = Files.createDirectory(source().toRealPath().resolve("keys"));
    List<String> kept = expected().stream().filter(line -> !line.startsWith("d keys ")).toList();
    BackupOptions options = BackupOptions.standard().withLeaveOut(Map.of(keys, "keys"));
    withJava(repository(), java -> java.backup(source(), options, ProgressListener.NONE));
    JsonNode read = node.orElseThrow().readBackup(repository(), k);
    List<String> entries = entries(read);
    assertTrue(entries.containsAll(kept), entries.toString());
    assertTrue(entries.contains("n keys LEFT_OUT"), entries.toString());
    assertEquals(1, read.get("newest").get("omitted").asInt());
    assertTrue(read.get("problems").isEmpty() && read.get("damaged").isEmpty(), read.toString());
  }

  @Test
  void severalSourcesComeBack() throws Exception {
    Path folder = home.resolve("several");
    List<Path> sources = List.of(source().resolve("sub"), source().resolve("small.txt"));
    withJava(folder, java -> java.backup(sources, BackupOptions.standard(), ProgressListener.NONE));
    JsonNode read = node.orElseThrow().readBackup(folder, k);
    assertEquals("read", read.get("kind").asString(), read.toString());
    assertEquals(
        expected().stream().filter(line -> line.matches("[dfl] (sub[ /]|small.txt ).*")).toList(),
        entries(read).stream().filter(line -> !line.startsWith("d . ")).sorted().toList());
    assertTrue(read.get("problems").isEmpty() && read.get("damaged").isEmpty(), read.toString());
  }

  @Test
  void whatTypeScriptBacksUpJavaChecksAndRestores() throws Exception {
    Path theirs = home.resolve("theirs");
    JsonNode written = node.orElseThrow().writeBackup(theirs, k, source());
    assertEquals("written", written.get("kind").asString(), written.toString());
    withJava(
        theirs,
        java -> {
          assertFalse(java.check(CheckDepth.CONTENT, ProgressListener.NONE).damaged());
          Path target = home.resolve("restored");
          var report = java.restore(Optional.empty(), target, ProgressListener.NONE);
          assertEquals(List.of(), report.problems());
          assertEquals(expected(), lines(target));
          // Another backup by the Java program needs what is new alone.
          java.backup(source(), ProgressListener.NONE);
        });
    assertEquals(
        2, node.orElseThrow().readBackup(theirs, k).get("snapshots").asInt(), "snapshots of both");
  }

  @Test
  void intoJavasRepositoryTypeScriptStoresWhatIsNewAlone() throws Exception {
    long before = objects();
    JsonNode written = node.orElseThrow().writeBackup(repository(), k, source());
    assertEquals("written", written.get("kind").asString(), written.toString());
    // The six pages of the large file are there already; packs and list are cut otherwise.
    assertTrue(objects() - before < 6, "new objects: " + (objects() - before));
    withJava(
        repository(),
        java -> assertFalse(java.check(CheckDepth.CONTENT, ProgressListener.NONE).damaged()));
  }

  @Test
  void whatWasCutOffInTheStoreTypeScriptStoresAnew() throws Exception {
    List<Path> objects;
    try (Stream<Path> all = Files.walk(repository().resolve("data"))) {
      objects = all.filter(Files::isRegularFile).toList();
    }
    Map<Path, Long> sound = new HashMap<>();
    for (Path object : objects) {
      byte[] whole = Files.readAllBytes(object);
      sound.put(object, (long) whole.length);
      Files.write(object, Arrays.copyOf(whole, whole.length / 3));
    }
    JsonNode written = node.orElseThrow().writeBackup(repository(), k, source());
    assertEquals("written", written.get("kind").asString(), written.toString());
    JsonNode read = node.orElseThrow().readBackup(repository(), k);
    assertEquals(expected(), entries(read).stream().sorted().toList());
    // The six pages of the large file are the same in both programs' backups.
    long mended = 0;
    for (Path object : objects) {
      mended += Files.size(object) == sound.get(object) ? 1 : 0;
    }
    assertTrue(mended >= 6, "mended: " + mended);
  }

  private long objects() throws IOException {
    try (Stream<Path> all = Files.walk(repository().resolve("data"))) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void anotherKeyOpensNothing() throws Exception {
    JsonNode read = node.orElseThrow().readBackup(repository(), Randomness.system().bytes(32));
    assertEquals("no-repository", read.get("kind").asString());
  }

  @Test
  void whateverObjectIsDamagedNothingFalseIsRead() throws Exception {
    List<Path> objects;
    try (Stream<Path> all = Files.walk(repository().resolve("data"))) {
      objects = all.filter(Files::isRegularFile).sorted().toList();
    }
    assertTrue(objects.size() > 5, "several objects");
    List<String> sound = expected();
    for (int i = 0; i < objects.size(); i++) {
      byte[] before = Files.readAllBytes(objects.get(i));
      if (i % 2 == 0) {
        byte[] damaged = before.clone();
        damaged[before.length / 2] ^= 1;
        Files.write(objects.get(i), damaged);
      } else {
        // Another object under this one's name.
        Files.copy(
            objects.get((i + 1) % objects.size()),
            objects.get(i),
            StandardCopyOption.REPLACE_EXISTING);
      }
      JsonNode read = node.orElseThrow().readBackup(repository(), k);
      List<String> entries = entries(read);
      long lost = entries.stream().filter(line -> line.endsWith(" damaged")).count();
      assertTrue(lost > 0 || !read.get("problems").isEmpty(), "damage was seen: " + objects.get(i));
      for (String entry : entries) {
        assertTrue(entry.endsWith(" damaged") || sound.contains(entry), entry);
      }
      Files.write(objects.get(i), before);
    }
  }

  @Test
  void aSnapshotUnderAnotherTimeIsNotBelieved() throws Exception {
    Path snapshot;
    try (Stream<Path> all = Files.list(repository().resolve("snapshots"))) {
      snapshot = all.findFirst().orElseThrow();
    }
    String mac = snapshot.getFileName().toString().substring(17);
    Files.copy(snapshot, snapshot.resolveSibling("20990101T000000Z-" + mac));
    JsonNode read = node.orElseThrow().readBackup(repository(), k);
    assertEquals(1, read.get("snapshots").asInt());
    assertEquals("20990101T000000Z-" + mac, read.get("damaged").get(0).asString());
  }
}
