package dev.coffer.cli.operator;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.ObjectStore;
import dev.coffer.notary.disk.Disk;
import dev.coffer.notary.disk.FileConflict;
import dev.coffer.notary.log.LogFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A log whose public files are in a bucket, from where any web server or the service itself gives
 * them out, while its stage, its journal of signed heads and its lock stay in a folder: what is
 * signed is decided there, as the bucket has no compare-and-set that all services share.
 * Thread-safe as long as both parts are.
 *
 * <p><b>Guaranteed:</b> what {@link Disk} guarantees, as long as the service keeps what it has
 * acknowledged. A tile that is there with other content is a conflict, never overwritten.
 *
 * <p><b>Not guaranteed:</b> anything if two folders are used with one bucket: the folder's lock
 * excludes a second process on one machine only. A log that finds a newer checkpoint in the bucket
 * than in its journal halts.
 */
public final class BucketDisk implements Disk {
  private static final int UPLOADS = 8;
  private static final int FILE_MAX = 64 << 20;

  private final Disk state;
  private final ObjectStore bucket;

  /**
   * Both parts.
   *
   * @param state which this object closes
   */
  public BucketDisk(Disk state, ObjectStore bucket) {
    this.state = state;
    this.bucket = bucket;
  }

  private static boolean isPublic(String path) {
    return path.startsWith(LogFiles.PUBLIC);
  }

  private static String object(String path) {
    return path.substring(LogFiles.PUBLIC.length());
  }

  private static IOException failed(BackupException e) {
    return new IOException(e.getMessage(), e);
  }

  @Override
  public Optional<Bytes> read(String path, int max) throws IOException {
    if (!isPublic(path)) {
      return state.read(path, max);
    }
    try {
      return bucket.get(object(path), max).map(Bytes::wrap);
    } catch (BackupException e) {
      throw failed(e);
    }
  }

  @Override
  public void create(String path, Bytes content) throws IOException {
    createAll(Map.of(path, content));
  }

  @Override
  public void createAll(Map<String, Bytes> files) throws IOException {
    Map<String, Bytes> here = new HashMap<>();
    Map<String, Bytes> there = new HashMap<>();
    files.forEach((path, content) -> (isPublic(path) ? there : here).put(path, content));
    if (!here.isEmpty()) {
      state.createAll(here);
    }
    try (ExecutorService uploads = Executors.newFixedThreadPool(UPLOADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (Map.Entry<String, Bytes> file : there.entrySet()) {
        all.add(
            uploads.submit(() -> {
              upload(file.getKey(), file.getValue());
              return file;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IOException("a file could not be stored in the bucket", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while files were stored in the bucket", e);
    }
  }

  private void upload(String path, Bytes content) throws IOException {
    Optional<Bytes> present = read(path, FILE_MAX);
    if (present.isPresent()) {
      if (!present.get().equals(content)) {
        throw new FileConflict(path);
      }
      return;
    }
    replace(path, content);
  }

  @Override
  public void replace(String path, Bytes content) throws IOException {
    if (!isPublic(path)) {
      state.replace(path, content);
      return;
    }
    try {
      bucket.put(object(path), content.toByteArray());
      bucket.flush();
    } catch (BackupException e) {
      throw failed(e);
    }
  }

  @Override
  public void append(String path, long end, Bytes more) throws IOException {
    Invariant.check(!isPublic(path), "public files are written whole");
    state.append(path, end, more);
  }

  @Override
  public void deleteFolder(String path) throws IOException {
    if (!isPublic(path)) {
      state.deleteFolder(path);
      return;
    }
    for (String name : list(path)) {
      try {
        bucket.delete(object(path) + "/" + name);
      } catch (BackupException e) {
        throw failed(e);
      }
    }
  }

  @Override
  public List<String> list(String path) throws IOException {
    if (!isPublic(path)) {
      return state.list(path);
    }
    String prefix = object(path) + "/";
    TreeSet<String> names = new TreeSet<>();
    try {
      bucket.list(
          prefix,
          found -> {
            String rest = found.name().substring(prefix.length());
            int slash = rest.indexOf('/');
            names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
          });
    } catch (BackupException e) {
      throw failed(e);
    }
    return List.copyOf(names);
  }

  @Override
  public void close() throws IOException {
    state.close();
  }
}
