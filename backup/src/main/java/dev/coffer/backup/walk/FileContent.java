package dev.coffer.backup.walk;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.Piece;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file as it was read once, page by page. */
public final class FileContent {
  private final long size;
  private final Bytes sha256;
  private final byte @Nullable [] small;
  private final List<Piece> pages;
  private final boolean more;

  private FileContent(
      long size, Bytes sha256, byte @Nullable [] small, List<Piece> pages, boolean more) {
    this.size = size;
    this.sha256 = sha256;
    this.small = small;
    this.pages = pages;
    this.more = more;
  }

  /** In octets. */
  public long size() {
    return size;
  }

  /** Of all of it. */
  public Bytes sha256() {
    return sha256;
  }

  /** Whether the file went on where reading stopped. */
  public boolean isLonger() {
    return more;
  }

  /** The content of a small file, null for a larger one. Not copied. */
  byte @Nullable [] small() {
    return small;
  }

  /** A larger file's content; empty for a small one. */
  public List<Piece> pages() {
    return pages;
  }

  /** Takes a page: the first {@code size} octets of an array that is its own from now on. */
  @FunctionalInterface
  public interface PageSink {
    Piece accept(byte[] page, int size) throws BackupException;
  }

  /**
   * Reads {@code in} up to {@code sizeMax} octets, the size that the file had when it was looked
   * at: one that grows has no end. Trouble of the file, as opposed to trouble of the store, comes
   * as an {@link IOException}.
   */
  public static FileContent read(InputStream in, long sizeMax, PageSink sink)
      throws IOException, BackupException {
    MessageDigest digest = Sha256.digest();
    List<Piece> pages = new ArrayList<>();
    long total = 0;
    while (true) {
      byte[] page = in.readNBytes((int) Math.min(BackupLimits.PAGE, sizeMax - total));
      int size = page.length;
      digest.update(page, 0, size);
      if (total == 0 && size <= BackupLimits.SMALL_FILE_MAX) {
        boolean more = size == sizeMax && in.read() >= 0;
        return new FileContent(size, Bytes.wrap(digest.digest()), page, List.of(), more);
      }
      total += size;
      if (size > 0) {
        pages.add(sink.accept(page, size));
      }
      if (pages.size() > BackupLimits.PIECES_MAX) {
        throw new IOException("larger than a repository can hold");
      }
      if (size < BackupLimits.PAGE || total == sizeMax) {
        boolean more = total == sizeMax && in.read() >= 0;
        return new FileContent(total, Bytes.wrap(digest.digest()), null, pages, more);
      }
    }
  }
}
