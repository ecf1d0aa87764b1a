package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.List;

/**
 * The body of a log's request to a witness, {@code POST add-checkpoint} (c2sp.org/tlog-witness).
 * Reading it verifies nothing, neither signatures nor that the old size is not above the new one.
 *
 * @param oldSize what the log believes the witness cosigned last; 0 for nothing
 * @param proof consistency from there, at most 63 hashes
 * @param checkpoint the new checkpoint, signed by the log
 */
public record AddCheckpoint(long oldSize, List<Bytes> proof, Note checkpoint) {
  /** The longest body that is read. */
  public static final int SIZE_MAX = 64 << 10;

  public AddCheckpoint {
    proof = List.copyOf(proof);
    Invariant.check(oldSize >= 0 && proof.size() <= Tlog.PROOF_MAX, "a size, at most 63 hashes");
  }

  /** Reads a body of at most {@link #SIZE_MAX} octets. */
  public static AddCheckpoint parse(Bytes body) throws Refused {
    if (body.size() > SIZE_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "add-checkpoint");
    }
    LineReader in = new LineReader(Utf8.decode(body, "add-checkpoint"), "add-checkpoint");
    long oldSize = Decimal.parse(in.after("old"), "add-checkpoint: old size");
    List<Bytes> proof = in.hashesUpToBlank(Tlog.PROOF_MAX);
    return new AddCheckpoint(oldSize, proof, Note.parse(in.rest()));
  }

  /** The octets that {@link #parse} reads. */
  public Bytes encode() {
    StringBuilder out = new StringBuilder("old ").append(oldSize).append('\n');
    proof.forEach(hash -> out.append(StrictBase64.encode(hash)).append('\n'));
    return Utf8.encode(out.append('\n').append(checkpoint.toText()).toString());
  }
}
