package dev.coffer.notary.witness;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import java.io.IOException;

/**
 * The latest checkpoint of one log that a witness has decided to cosign, as it stands in the
 * journal.
 *
 * @param time of the cosignature, seconds since 1970
 * @param note the checkpoint with the log's signatures that were verified
 */
record Seen(long time, Checkpoint head, Note note) {
  Bytes encode() {
    return new CanonicalWriter().u64(time).field(note.encode()).toBytes();
  }

  static Seen decode(Bytes record) throws IOException {
    try {
      CanonicalReader in = new CanonicalReader(record);
      long time = in.u64();
      Note note = Note.parse(in.field(Note.SIZE_MAX, "checkpoint"));
      in.end();
      return new Seen(time, TreeHead.parse(note.unverifiedText()), note);
    } catch (Rejected | Refused e) {
      throw new IOException("The witness's journal holds a record of another program.", e);
    }
  }
}
