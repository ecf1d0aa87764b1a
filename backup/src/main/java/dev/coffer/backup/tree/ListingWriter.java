package dev.coffer.backup.tree;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.object.DataName;
import dev.coffer.backup.object.Piece;
import dev.coffer.backup.object.Uploads;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a file list as pages of content like any other, so that a list that changed in one place
 * is stored again in one page only. Pages are cut where a path's hash says so: an entry more or
 * less does not move the later cuts. Not thread-safe.
 */
public final class ListingWriter {
  private static final int CUT_MASK = 0xff;

  private final Uploads uploads;
  private final List<Piece> pages = new ArrayList<>();
  private ByteArrayOutputStream page = new ByteArrayOutputStream();

  public ListingWriter(Uploads uploads) {
    this.uploads = uploads;
  }

  public void write(Entry entry) throws BackupException {
    boolean cutHere = (entry.path().hashCode() * 0x9e3779b9 >>> 24 & CUT_MASK) == 0;
    if (page.size() >= BackupLimits.LISTING_CUT_MIN && cutHere) {
      cut();
    }
    if (entry instanceof Entry.Directory directory) {
      line(ListingLine.of(directory));
      lines(directory.attributes());
    } else if (entry instanceof Entry.Link link) {
      line(ListingLine.of(link));
      lines(link.attributes());
    } else if (entry instanceof Entry.HardLink link) {
      line(ListingLine.of(link));
    } else if (entry instanceof Entry.Remark remark) {
      line(ListingLine.of(remark));
    } else if (entry instanceof Entry.RegularFile file) {
      line(ListingLine.of(file));
      lines(file.attributes());
      for (Piece piece : file.pieces()) {
        line(ListingLine.of(piece));
      }
    }
  }

  private void lines(Attributes attributes) throws BackupException {
    for (String line : ListingLine.of(attributes)) {
      line(line);
    }
  }

  private void line(String text) throws BackupException {
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    if (page.size() + line.length > BackupLimits.PAGE) {
      cut();
    }
    page.write(line, 0, line.length);
  }

  private void cut() throws BackupException {
    if (page.size() > 0) {
      DataName name = uploads.put(page.toByteArray(), page.size());
      pages.add(new Piece(name, 0, page.size()));
      page = new ByteArrayOutputStream();
    }
  }

  /** The pages, in order, once nothing more is to come. */
  public List<Piece> finish() throws BackupException {
    cut();
    return pages;
  }
}
