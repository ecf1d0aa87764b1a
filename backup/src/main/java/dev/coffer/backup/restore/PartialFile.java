package dev.coffer.backup.restore;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.ObjectKind;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.SealedObjects;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;

/**
 * A file that is being restored, perhaps left over from a run before. Only its owner may read it.
 * Blocks of zeros become holes where the file system has them. Not thread-safe.
 */
public final class PartialFile implements AutoCloseable {
  /** The least that a file system keeps as a hole. */
  private static final int BLOCK = 4096;

  private final RestoreTarget target;
  private final FileChannel channel;
  private final MessageDigest digest = Sha256.digest();
  private long position;

  private PartialFile(RestoreTarget target, FileChannel channel) {
    this.target = target;
    this.channel = channel;
  }

  public static PartialFile open(RestoreTarget target, Path file)
      throws IOException, BackupException {
    try {
      return openOnce(target, file);
    } catch (AccessDeniedException e) {
      // A run that stopped just before its last step has given the file its final, perhaps
      // read-only, mode.
      Files.deleteIfExists(file);
      return openOnce(target, file);
    }
  }

  private static PartialFile openOnce(RestoreTarget target, Path file)
      throws IOException, BackupException {
    FileChannel[] opened = new FileChannel[1];
    target.writing(() ->
        opened[0] =
            FileChannel.open(
                file,
                Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS),
                RestoreTarget.ownerOnly(file, false)));
    return new PartialFile(target, opened[0]);
  }

  /**
   * How many of {@code pieces} the file begins with already, and drops the rest. Pages that are
   * whole objects prove themselves by the MAC in their names; stretches of packs are fetched again.
   */
  public int verified(List<Piece> pieces, SealedObjects objects)
      throws IOException, BackupException {
    long at = 0;
    int count = 0;
    for (Piece piece : pieces) {
      if (piece.offset() != 0 || at + piece.size() > channel.size()) {
        break;
      }
      ByteBuffer page = ByteBuffer.allocate(piece.size());
      while (page.hasRemaining() && channel.read(page, at + page.position()) > 0) {
        continue;
      }
      if (page.hasRemaining()
          || !piece.object().hasMac(objects.mac(ObjectKind.DATA, page.array(), piece.size()))) {
        break;
      }
      digest.update(page.array());
      at += piece.size();
      count++;
    }
    position = at;
    target.writing(() -> channel.truncate(position));
    return count;
  }

  public void append(byte[] content) throws IOException, BackupException {
    digest.update(content);
    target.writing(() -> {
      int from = 0;
      while (from < content.length) {
        int to = from;
        while (to < content.length && !isZero(content, to)) {
          to = Math.min(content.length, to + BLOCK);
        }
        ByteBuffer run = ByteBuffer.wrap(content, from, to - from);
        while (run.hasRemaining()) {
          channel.write(run, position + run.position());
        }
        from = Math.min(content.length, to + BLOCK);
      }
    });
    position += content.length;
  }

  /** Whether the block at {@code from} holds zeros only. */
  private static boolean isZero(byte[] content, int from) {
    for (int i = from; i < Math.min(content.length, from + BLOCK); i++) {
      if (content[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The SHA-256 of everything, once nothing more is to come. */
  public Bytes finish() throws IOException, BackupException {
    target.writing(() -> {
      if (channel.size() < position) {
        // A hole at the end: the last octet makes the file as long as it was.
        channel.write(ByteBuffer.allocate(1), position - 1);
      }
    });
    return Bytes.wrap(digest.digest());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
