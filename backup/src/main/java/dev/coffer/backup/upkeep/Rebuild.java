package dev.coffer.backup.upkeep;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.PieceFetcher;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.backup.snapshot.StoredSnapshot;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.EntryPath;
import dev.coffer.backup.tree.FileVersion;
import dev.coffer.backup.tree.ListingReader;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;

/**
 * Makes damaged objects again from the files that are still where they were backed up. An object is
 * stored only if all of it came together: its name is the MAC of its content.
 */
final class Rebuild {
  /** Stretches that may be looked for, so that memory has a limit. */
  private static final int STRETCHES_MAX = 1 << 20;

  private final SealedObjects objects;
  private final Executor executor;

  /** {@code piece} lies at {@code offset} of {@code file}, whose whole content has that hash. */
  private record Stretch(Piece piece, Path file, long offset, Bytes sha256) {}

  Rebuild(SealedObjects objects, Executor executor) {
    this.objects = objects;
    this.executor = executor;
  }

  /** Those of {@code wanted} that are whole again. */
  Set<DataName> run(Set<DataName> wanted, List<StoredSnapshot> snapshots) throws BackupException {
    Map<DataName, List<Stretch>> known = new HashMap<>();
    int count = 0;
    for (StoredSnapshot snapshot : snapshots) {
      Optional<Path> root = root(snapshot);
      PieceFetcher fetcher = new PieceFetcher(objects, executor);
      ListingReader reader = new ListingReader(snapshot.pages(), fetcher::fetch, gap -> {});
      Optional<Entry> entry = root.isEmpty() ? Optional.empty() : reader.next();
      for (; entry.isPresent() && count < STRETCHES_MAX; entry = reader.next()) {
        if (entry.get() instanceof Entry.RegularFile file) {
          count += remember(file, root.get(), wanted, known);
        }
      }
    }
    Set<DataName> whole = new TreeSet<>();
    for (Map.Entry<DataName, List<Stretch>> object : known.entrySet()) {
      if (rebuild(object.getKey(), object.getValue())) {
        whole.add(object.getKey());
      }
    }
    return whole;
  }

  private static Optional<Path> root(StoredSnapshot snapshot) {
    try {
      return EntryPath.unescape(snapshot.text().source())
          .map(octets -> Path.of(new String(octets, StandardCharsets.UTF_8)))
          .filter(Files::isDirectory);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static int remember(
      Entry.RegularFile file, Path root, Set<DataName> wanted, Map<DataName, List<Stretch>> known) {
    int count = 0;
    long offset = 0;
    Optional<Path> place = file.path().resolve(root);
    for (Piece piece : file.pieces()) {
      if (wanted.contains(piece.object()) && place.isPresent()) {
        known
            .computeIfAbsent(piece.object(), name -> new ArrayList<>())
            .add(new Stretch(piece, place.get(), offset, file.sha256()));
        count++;
      }
      offset += piece.size();
    }
    return count;
  }

  private boolean rebuild(DataName name, List<Stretch> stretches) throws BackupException {
    int size = 0;
    for (Stretch stretch : stretches) {
      size = Math.max(size, stretch.piece().offset() + stretch.piece().size());
    }
    byte[] content = new byte[Math.min(size, BackupLimits.OBJECT_PLAIN_MAX)];
    for (Stretch stretch : stretches) {
      Optional<byte[]> part = read(stretch);
      if (part.isEmpty()) {
        continue;
      }
      byte[] octets = part.get();
      if (isContent(name, octets)) {
        objects.write(name.path(), octets, octets.length);
        return true;
      }
      if (Bytes.wrap(Sha256.digest().digest(octets)).equals(stretch.sha256())) {
        System.arraycopy(octets, 0, content, stretch.piece().offset(), octets.length);
      }
    }
    if (!isContent(name, content)) {
      return false;
    }
    objects.write(name.path(), content, content.length);
    return true;
  }

  private boolean isContent(DataName name, byte[] content) {
    return name.hasMac(objects.mac(ObjectKind.DATA, content, content.length));
  }

  private static Optional<byte[]> read(Stretch stretch) {
    ByteBuffer target = ByteBuffer.allocate(stretch.piece().size());
    try {
      if (FileVersion.of(stretch.file()).type() != FileVersion.Type.REGULAR_FILE) {
        return Optional.empty();
      }
      try (SeekableByteChannel in =
          Files.newByteChannel(
              stretch.file(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        in.position(stretch.offset());
        while (target.hasRemaining() && in.read(target) > 0) {
          continue;
        }
      }
    } catch (IOException e) {
      // Another name of the content may do.
      return Optional.empty();
    }
    return target.hasRemaining() ? Optional.empty() : Optional.of(target.array());
  }
}
