package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Certificates kept for ever, one about every 16,384 entries: an HSM that was away for longer than
 * one adoption may jump goes from one to the next. An append-only file a partition, a few hundred
 * octets a record; a torn tail is cut off. Thread-safe.
 */
public final class CertificateArchive implements AutoCloseable {
  private static final int SPACING = Limits.ADOPT_HASHES_MAX / 4;
  static final int RECORD_MAX = 1024;

  private final RandomAccessFile file;
  private final NavigableMap<Long, Long> offsets = new TreeMap<>();
  private long end;

  private CertificateArchive(RandomAccessFile file) {
    this.file = file;
  }

  /** Opens or makes the file. */
  public static CertificateArchive open(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    CertificateArchive archive = new CertificateArchive(new RandomAccessFile(path.toFile(), "rw"));
    archive.load();
    return archive;
  }

  private void load() throws IOException {
    long size = file.length();
    while (end + 4 <= size) {
      file.seek(end);
      int length = file.readInt();
      if (length < 1 || length > RECORD_MAX || end + 4 + length > size) {
        break;
      }
      try {
        offsets.put(read(end).values().k(), end);
      } catch (Rejected e) {
        break;
      }
      end += 4 + length;
    }
    file.setLength(end);
  }

  private Certificate read(long offset) throws IOException, Rejected {
    file.seek(offset);
    byte[] octets = new byte[file.readInt()];
    file.readFully(octets);
    return Certificate.decode(Bytes.wrap(octets));
  }

  /**
   * Keeps {@code certificate}, which the caller has verified, if the last one kept is far enough
   * behind.
   */
  public synchronized void offer(Certificate certificate) {
    long k = certificate.values().k();
    Long before = offsets.floorKey(k);
    if (k < SPACING || (before != null && k - before < SPACING)) {
      return;
    }
    byte[] octets = certificate.encode().toByteArray();
    try {
      file.seek(end);
      file.writeInt(octets.length);
      file.write(octets);
      file.getFD().sync();
    } catch (IOException e) {
      throw new UncheckedIOException("the certificate archive cannot be written", e);
    }
    offsets.put(k, end);
    end += 4 + octets.length;
  }

  /** The certificates kept of entries after {@code k}, ascending, at most {@code max}. */
  public synchronized List<Certificate> after(long k, int max) {
    List<Certificate> found = new ArrayList<>();
    try {
      for (long offset : offsets.tailMap(k, false).values()) {
        if (found.size() == max) {
          break;
        }
        found.add(read(offset));
      }
      return found;
    } catch (IOException | Rejected e) {
      throw new IllegalStateException("the certificate archive cannot be read", e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
