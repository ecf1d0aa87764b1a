package dev.coffer.notary.log;

import dev.coffer.notary.disk.Disk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The public files of a log in a folder. Thread-safe. */
public final class LogFiles implements LogSource {
  /** Where the public files are below the log's home. */
  public static final String PUBLIC = "public/";

  static final String CHECKPOINT = PUBLIC + "checkpoint";

  /** A full bundle of the longest entries. */
  static final int FILE_MAX = TilePath.FULL * (2 + Tile.ENTRY_MAX);

  private final Disk disk;

  /** The files below {@link #PUBLIC}. */
  public LogFiles(Disk disk) {
    this.disk = disk;
  }

  static String path(TilePath tile) {
    return PUBLIC + tile.path();
  }

  @Override
  public Bytes read(TilePath tile) throws IOException, Refused {
    Optional<Bytes> found = find(tile);
    if (found.isEmpty()) {
      throw new IOException(path(tile) + " is not there.");
    }
    return found.get();
  }

  /** A tile's file; where only the full one is left, that cut to the width asked for. */
  public Optional<Bytes> find(TilePath tile) throws IOException, Refused {
    Optional<Bytes> exact = disk.read(path(tile), FILE_MAX);
    if (exact.isPresent() || tile.width() == TilePath.FULL) {
      return exact;
    }
    TilePath full = new TilePath(tile.level(), tile.index(), TilePath.FULL);
    Optional<Bytes> whole = disk.read(path(full), FILE_MAX);
    return whole.isEmpty() ? whole : Optional.of(cut(tile, TilePath.FULL, whole.get()));
  }

  /** The first {@code tile.width()} of {@code width} hashes or entries. */
  static Bytes cut(TilePath tile, int width, Bytes whole) throws Refused {
    if (tile.level() == TilePath.ENTRIES) {
      return Tile.encodeEntries(Tile.decodeEntries(whole, width).subList(0, tile.width()));
    }
    if (whole.size() != width * Tlog.HASH) {
      throw new Refused(RefusalCode.MALFORMED, "tile");
    }
    return whole.slice(0, tile.width() * Tlog.HASH);
  }

  /** The entries {@code [256·bundle, …)} of a log of {@code size} leaves: one bundle's. */
  List<Bytes> entries(long bundle, long size) throws IOException, Refused {
    TilePath path = TilePath.in(TilePath.ENTRIES, bundle, size);
    return new ArrayList<>(Tile.decodeEntries(read(path), path.width()));
  }

  @Override
  public Bytes checkpoint() throws IOException {
    return find().orElseThrow(() -> new IOException(CHECKPOINT + " is not there."));
  }

  /** The published checkpoint, if there is one. */
  Optional<Bytes> find() throws IOException {
    return disk.read(CHECKPOINT, Note.SIZE_MAX);
  }
}
