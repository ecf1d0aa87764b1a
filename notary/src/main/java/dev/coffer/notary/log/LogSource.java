package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.TileReader;
import java.io.IOException;

/** The public files of a log, wherever they are. Nothing that comes out of it is verified. */
public interface LogSource extends TileReader {
  /**
   * The newest checkpoint.
   *
   * @throws IOException if there is none, or it cannot be read
   * @throws Refused if it is too long
   */
  Bytes checkpoint() throws IOException, Refused;
}
