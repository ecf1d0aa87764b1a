package dev.coffer.backup.snapshot;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.tree.Entry;
import dev.coffer.backup.tree.ListingReader.PieceSource;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

/** The contents of files, verified. As thread-safe as what it fetches them with. */
public final class Contents {
  private static final OutputStream NOWHERE =
      new OutputStream() {
        @Override
        public void write(int octet) {}

        @Override
        public void write(byte[] octets) {}
      };

  private final PieceSource source;

  /** Of pieces from there. */
  public Contents(PieceSource source) {
    this.source = source;
  }

  /** Verifies all of {@code file}. */
  public void verify(Entry.RegularFile file) throws BackupException, IOException, DamagedObject {
    write(file, NOWHERE);
  }

  /**
   * Writes all of {@code file}: each piece is verified before it is written, and the whole before
   * its last piece is.
   *
   * @throws DamagedObject if it is not as it was, and then {@code out} may have got its beginning
   */
  public void write(Entry.RegularFile file, OutputStream out)
      throws BackupException, IOException, DamagedObject {
    MessageDigest digest = Sha256.digest();
    byte[] last = {};
    for (Piece piece : file.pieces()) {
      out.write(last);
      last = source.fetch(piece);
      digest.update(last);
    }
    if (!Bytes.wrap(digest.digest()).equals(file.sha256())) {
      throw new DamagedObject(file.path().text(), "differs from its hash");
    }
    out.write(last);
  }

  /**
   * Writes {@code size} octets of {@code file} beginning with number {@code from}; each piece of it
   * is verified, the whole only if it is all of it.
   */
  public void write(Entry.RegularFile file, long from, long size, OutputStream out)
      throws BackupException, IOException, DamagedObject {
    if (from == 0 && size == file.size()) {
      write(file, out);
      return;
    }
    long at = 0;
    for (Piece piece : file.pieces()) {
      long first = Math.max(from, at);
      long end = Math.min(from + size, at + piece.size());
      if (first < end) {
        out.write(source.fetch(piece), (int) (first - at), (int) (end - first));
      }
      at += piece.size();
    }
  }
}
