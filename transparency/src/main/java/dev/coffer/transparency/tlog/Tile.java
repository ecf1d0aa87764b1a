package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.ArrayList;
import java.util.List;

/** What is in the files of a tiled log. Stateless. */
public final class Tile {
  /** The longest entry: its length is a u16. */
  public static final int ENTRY_MAX = 0xffff;

  private Tile() {}

  /** The octets of a hash tile: the hashes, one after the other. */
  public static Bytes encodeHashes(List<Bytes> hashes) {
    CanonicalWriter out = new CanonicalWriter();
    hashes.forEach(out::raw);
    return out.toBytes();
  }

  /** The {@code width} hashes of a hash tile. */
  public static List<Bytes> decodeHashes(Bytes tile, int width) throws Refused {
    if (tile.size() != width * Tlog.HASH) {
      throw new Refused(RefusalCode.MALFORMED, "tile");
    }
    List<Bytes> hashes = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      hashes.add(tile.slice(i * Tlog.HASH, (i + 1) * Tlog.HASH));
    }
    return hashes;
  }

  /** The octets of an entry bundle: u16 length ‖ entry, each. */
  public static Bytes encodeEntries(List<Bytes> entries) {
    CanonicalWriter out = new CanonicalWriter();
    entries.forEach(out::string);
    return out.toBytes();
  }

  /** The {@code width} entries of an entry bundle. */
  public static List<Bytes> decodeEntries(Bytes bundle, int width) throws Refused {
    try {
      CanonicalReader in = new CanonicalReader(bundle);
      List<Bytes> entries = new ArrayList<>(width);
      for (int i = 0; i < width; i++) {
        entries.add(in.string(ENTRY_MAX, "entry"));
      }
      in.end();
      return entries;
    } catch (Rejected e) {
      throw new Refused(RefusalCode.MALFORMED, "entry bundle");
    }
  }
}
