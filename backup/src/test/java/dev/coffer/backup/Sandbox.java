package dev.coffer.backup;

import dev.coffer.backup.folder.FolderStore;
import dev.coffer.backup.repository.Repository;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * A directory to back up, a repository, and a place to restore to, for tests. Everything is
 * deterministic.
 */
final class Sandbox {
  static final Instant START = Instant.parse("2030-01-02T03:04:05Z");

  final Path home;
  final Path data;
  final Path repo;
  final byte[] k = new byte[32];
  private Instant now = START;

  Sandbox(Path home) throws IOException {
    this.home = home;
    this.data = Files.createDirectories(home.resolve("data"));
    this.repo = home.resolve("repo");
    new Random(7).nextBytes(k);
  }

  BackupKey key() {
    try (SecretBytes secret = SecretBytes.copyOf(k)) {
      return BackupKey.derive(secret);
    }
  }

  /** A clock that an hour later goes with each opening of the repository. */
  Clock nextClock() {
    now = now.plusSeconds(3600);
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  Instant now() {
    return now;
  }

  void pass(java.time.Duration duration) {
    now = now.plus(duration);
  }

  Repository open() throws BackupException {
    return open(FolderStore.at(repo));
  }

  Repository open(ObjectStore store) throws BackupException {
    return open(store, Runnable::run);
  }

  Repository open(ObjectStore store, Executor executor) throws BackupException {
    return Repository.open(store, key(), nextClock(), executor);
  }

  BackupReport backup() throws BackupException {
    return open().backup(data, ProgressListener.NONE);
  }

  RestoreReport restore(String to) throws BackupException {
    return open().restore(java.util.Optional.empty(), home.resolve(to), ProgressListener.NONE);
  }

  static byte[] noise(long seed, int size) {
    byte[] octets = new byte[size];
    new Random(seed).nextBytes(octets);
    return octets;
  }

  /** Text that compresses, different for each seed. */
  static byte[] prose(long seed, int size) {
    Random random = new Random(seed);
    byte[] octets = new byte[size];
    for (int i = 0; i < size; i++) {
      octets[i] = (byte) ("etaoin shrdlu\n".charAt(random.nextInt(14)));
    }
    return octets;
  }

  Path write(String name, byte[] content) throws IOException {
    Path file = data.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  /** Some of everything. */
  void fill() throws IOException {
    write("empty", new byte[0]);
    write("one", new byte[] {1});
    for (int i = 0; i < 60; i++) {
      write("small/file" + i, prose(i, 100 + 37 * i));
    }
    write("middle/a", noise(100, BackupLimits.SMALL_FILE_MAX));
    write("middle/b", noise(101, BackupLimits.SMALL_FILE_MAX + 1));
    write("large/database.sqlite", noise(102, 3 * BackupLimits.PAGE + 12_345));
    write("large/text", prose(103, 2 * BackupLimits.PAGE));
    write("names/with space", prose(104, 10));
    write("names/tab\tnewline\nbackslash\\end", prose(105, 11));
    write("names/grüße-日本-🙂", prose(106, 12));
    write("names/-n", prose(107, 13));
    write("names/trailing\n", prose(108, 14));
    Files.createDirectories(data.resolve("nothing/inside"));
    Files.createSymbolicLink(data.resolve("link"), Path.of("small/file1"));
    Files.createSymbolicLink(data.resolve("dangling"), Path.of("/nowhere/at all"));
    Path locked = write("modes/locked/file", prose(109, 15));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r--------"));
    Files.setPosixFilePermissions(locked.getParent(), PosixFilePermissions.fromString("r-xr-x---"));
    Files.setPosixFilePermissions(
        write("modes/tool", prose(110, 16)), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Everything about a tree that a restore promises to bring back, one line a path. */
  static String describe(Path root) throws IOException {
    TreeMap<String, String> lines = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        FileVersion version = FileVersion.of(path);
        String line = version.type() + " " + Integer.toOctalString(version.mode());
        if (version.type() == FileVersion.Type.LINK) {
          line = "LINK " + Files.readSymbolicLink(path);
        } else {
          line += " " + version.modified();
          if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            line +=
                " " + java.util.Arrays.hashCode(Files.readAllBytes(path)) + " " + version.size();
          }
        }
        lines.put(root.relativize(path).toString(), line);
      }
    }
    return lines.entrySet().stream()
        .map(Object::toString)
        .collect(java.util.stream.Collectors.joining("\n"));
  }
}
