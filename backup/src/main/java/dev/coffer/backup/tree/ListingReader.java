package dev.coffer.backup.tree;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.Problem;
import dev.coffer.backup.object.DamagedObject;
import dev.coffer.backup.object.Piece;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file list entry by entry, a page at a time in memory. A page that is lost costs the
 * entries on it: each gap is reported and reading goes on after it. Paths come out strictly
 * ascending, so none comes twice.
 *
 * <p>Whoever wrote the list knew K, but may have been hostile or wrong all the same: whatever is
 * not understood, out of order or out of bounds is reported and left out. Not thread-safe.
 */
public final class ListingReader {
  /** Fetches the content of a piece. */
  @FunctionalInterface
  public interface PieceSource {
    byte[] fetch(Piece piece) throws BackupException, DamagedObject;
  }

  private final Iterator<Piece> pages;
  private final PieceSource source;
  private final Consumer<Problem> problems;
  private Iterator<String> lines = List.<String>of().iterator();
  private @Nullable String ahead;
  private @Nullable EntryPath last;

  public ListingReader(List<Piece> pages, PieceSource source, Consumer<Problem> problems) {
    this.pages = pages.iterator();
    this.source = source;
    this.problems = problems;
  }

  /** The next entry, empty at the end. */
  public Optional<Entry> next() throws BackupException {
    while (true) {
      String line = nextLine();
      if (line == null) {
        return Optional.empty();
      }
      Optional<Entry> entry = ListingLine.parseEntry(line);
      if (entry.isPresent() && follows(entry.get())) {
        Optional<Entry> complete = complete(entry.get(), attributes());
        if (complete.isPresent()) {
          last = complete.get().path();
          return complete;
        }
      } else if (!line.equals(LOST) && !line.startsWith("p\t") && !ListingLine.isAttribute(line)) {
        report(
            "a line of the file list is not understood; use the version of Coffer that wrote it");
      }
    }
  }

  private boolean follows(Entry entry) {
    int order = last == null ? 1 : entry.path().compareTo(last);
    return order > 0 || order == 0 && entry instanceof Entry.Remark;
  }

  private Attributes attributes() throws BackupException {
    List<String> found = new ArrayList<>();
    String line = nextLine();
    while (line != null && ListingLine.isAttribute(line)) {
      if (found.size() <= Attributes.EXTENDED_MAX) {
        found.add(line);
      }
      line = nextLine();
    }
    ahead = line;
    return found.isEmpty() ? Attributes.NONE : ListingLine.parseAttributes(found);
  }

  private Optional<Entry> complete(Entry entry, Attributes attributes) throws BackupException {
    if (entry instanceof Entry.Directory directory) {
      return Optional.of(
          new Entry.Directory(
              directory.path(), directory.mode(), directory.modified(), attributes));
    }
    if (entry instanceof Entry.Link link) {
      return Optional.of(new Entry.Link(link.path(), link.target(), attributes));
    }
    if (!(entry instanceof Entry.RegularFile file)) {
      return Optional.of(entry);
    }
    List<Piece> pieces = new ArrayList<>();
    long missing = file.size();
    while (missing > 0) {
      String line = nextLine();
      Optional<Piece> piece = line == null ? Optional.empty() : ListingLine.parsePiece(line);
      if (piece.isEmpty()
          || piece.get().size() > missing
          || pieces.size() == BackupLimits.PIECES_MAX) {
        ahead = line;
        String sentence =
            "its part of the file list is damaged; restore this file from an older snapshot";
        problems.accept(new Problem(Problem.Kind.DAMAGED, file.path().text(), sentence));
        return Optional.empty();
      }
      pieces.add(piece.get());
      missing -= piece.get().size();
    }
    return Optional.of(
        new Entry.RegularFile(
            file.path(),
            file.mode(),
            file.modified(),
            file.size(),
            file.sha256(),
            file.identity(),
            pieces,
            attributes));
  }

  /**
   * Stands where a page is lost: no line holds it, and an entry that goes across the gap is
   * dropped.
   */
  private static final String LOST = "\n";

  private @Nullable String nextLine() throws BackupException {
    if (ahead != null) {
      String line = ahead;
      ahead = null;
      return line;
    }
    while (!lines.hasNext()) {
      if (!pages.hasNext()) {
        return null;
      }
      lines = readPage(pages.next()).iterator();
    }
    return lines.next();
  }

  private List<String> readPage(Piece page) throws BackupException {
    try {
      byte[] content = source.fetch(page);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return text.lines().toList();
    } catch (DamagedObject | CharacterCodingException e) {
      String object = page.object().path();
      report(
          "part of the file list ("
              + object
              + ") is missing or damaged; restore what is missing from an older snapshot");
      return List.of(LOST);
    }
  }

  private void report(String sentence) {
    String subject = last == null ? "from the first file on" : "after " + last.text();
    problems.accept(new Problem(Problem.Kind.LISTING_DAMAGED, subject, sentence));
  }
}
