package dev.coffer.notary.log;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;

/** A log that is read and added to. Thread-safe. */
public interface GrowingLog extends LogSource {
  /**
   * Asks the log to take a leaf in. The same leaf is in the log once, however often it is sent.
   *
   * @return its proof, not verified; its checkpoint may lack cosignatures where witnesses were slow
   * @throws Refused if the log does not admit it
   * @throws IOException if the log could not do it now: ask again with the same leaf
   */
  TlogProof add(Bytes leaf) throws IOException, InterruptedException, Refused;
}
