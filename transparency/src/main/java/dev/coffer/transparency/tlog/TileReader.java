package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;

/** Reads the static files of a tiled log, from a folder or a web server. */
@FunctionalInterface
public interface TileReader {
  /**
   * The octets of a tile. A log may have deleted a partial tile once the full one exists; a reader
   * then reads that and cuts it to the width asked for.
   *
   * @throws IOException if it cannot be read
   * @throws Refused if it is larger than a tile can be
   */
  Bytes read(TilePath path) throws IOException, Refused;
}
