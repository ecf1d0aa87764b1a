package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates kept for ever, one about every 16,384 entries: an HSM that was away for longer than
 * one adoption may jump goes from one to the next. An append-only file a partition, a few hundred
 * octets a record; a torn tail is cut off. Thread-safe.
 *
 * <p><b>Guarantee:</b> what is handed out verifies. A record that rotted on the disk is dropped
 * when it is next read, so that nobody is sent along it again and again. <b>Not guaranteed:</b>
 * that a certificate is there; the peers keep their own.
 */
public final class CertificateArchive implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateArchive.class);
  private static final int SPACING = Limits.ADOPT_HASHES_MAX / 4;
  static final int RECORD_MAX = 1024;

  private final FileChannel file;
  private final Fleet fleet;
  private final int partition;
  private final NavigableMap<Long, Long> offsets = new TreeMap<>();
  private long end;

  private CertificateArchive(FileChannel file, Fleet fleet, int partition) {
    this.file = file;
    this.fleet = fleet;
    this.partition = partition;
  }

  /** Opens or makes the file for certificates of {@code partition}. */
  public static CertificateArchive open(Path path, Fleet fleet, int partition) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    CertificateArchive archive = new CertificateArchive(file, fleet, partition);
    try {
      archive.load();
      // What the process before wrote and did not live to flush is handed out from now on.
      file.force(true);
      if (folder != null) {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
          names.force(true);
        }
      }
      return archive;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private void load() throws IOException {
    long size = file.size();
    while (end + 4 <= size) {
      int length = octets(end, 4).getInt();
      if (length < 1 || length > RECORD_MAX || end + 4 + length > size) {
        break;
      }
      try {
        offsets.put(read(end).values().k(), end);
      } catch (Rejected rotten) {
        LOG.warn("A kept certificate of partition {} cannot be read: {}", partition, rotten.code());
      }
      end += 4 + length;
    }
    file.truncate(end);
  }

  private ByteBuffer octets(long offset, int count) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(count);
    while (into.hasRemaining()) {
      if (file.read(into, offset + into.position()) < 0) {
        throw new EOFException("the certificate archive has become shorter");
      }
    }
    return into.flip();
  }

  private Certificate read(long offset) throws IOException, Rejected {
    int length = octets(offset, 4).getInt();
    if (length < 1 || length > RECORD_MAX) {
      throw new IOException("the certificate archive has changed");
    }
    return Certificate.decode(Bytes.wrap(octets(offset + 4, length).array()));
  }

  /**
   * Keeps {@code certificate}, which the caller has verified, if the last one kept is far enough
   * behind. If the disk refuses, it is not kept: peers have it, and clients wait for their answers.
   */
  public synchronized void offer(Certificate certificate) {
    long k = certificate.values().k();
    Long before = offsets.floorKey(k);
    if (k < SPACING || (before != null && k - before < SPACING)) {
      return;
    }
    byte[] octets = certificate.encode().toByteArray();
    ByteBuffer record = ByteBuffer.allocate(4 + octets.length).putInt(octets.length).put(octets);
    try {
      record.flip();
      while (record.hasRemaining()) {
        file.write(record, end + record.position());
      }
      // A crash before this leaves a torn tail, or nothing.
      file.force(true);
    } catch (IOException e) {
      LOG.warn("The certificate of entry {} could not be kept: {}", k, e.toString());
      return;
    }
    offsets.put(k, end);
    end += 4 + octets.length;
  }

  /** Sound certificates of entries after {@code k}, ascending, at most {@code max}. */
  public synchronized List<Certificate> after(long k, int max) {
    List<Certificate> found = new ArrayList<>();
    List<Long> rotten = new ArrayList<>();
    for (Map.Entry<Long, Long> kept : offsets.tailMap(k, false).entrySet()) {
      if (found.size() == max) {
        break;
      }
      try {
        Certificate certificate = read(kept.getValue());
        CertificatesWanted.check(certificate, fleet, partition);
        if (certificate.values().k() == kept.getKey()) {
          found.add(certificate);
        }
      } catch (IOException | Rejected e) {
        LOG.warn(
            "The certificate of entry {} has rotted and is dropped: {}",
            kept.getKey(),
            e.toString());
        rotten.add(kept.getKey());
      }
    }
    rotten.forEach(offsets::remove);
    return found;
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
