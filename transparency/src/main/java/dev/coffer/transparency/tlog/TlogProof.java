package dev.coffer.transparency.tlog;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Decimal;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.List;
import java.util.Optional;

/**
 * That an entry is in a log and that witnesses saw it, to be verified offline
 * (c2sp.org/tlog-proof@v1). Reading it verifies nothing.
 *
 * @param extra what the application put beside it; nothing vouches for it
 * @param index of the entry
 * @param hashes from the leaf's sibling to the root's child
 * @param checkpoint with its cosignatures
 */
public record TlogProof(Optional<Bytes> extra, long index, List<Bytes> hashes, Note checkpoint) {
  /** The longest proof that is read. */
  public static final int SIZE_MAX = 64 << 10;

  private static final String HEAD = "c2sp.org/tlog-proof@v1";

  public TlogProof {
    hashes = List.copyOf(hashes);
  }

  /** Reads a proof of at most {@link #SIZE_MAX} octets. */
  public static TlogProof parse(Bytes encoded) throws Refused {
    if (encoded.size() > SIZE_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "proof");
    }
    LineReader in = new LineReader(Utf8.decode(encoded, "proof"), "proof");
    in.expect(HEAD);
    Optional<Bytes> extra =
        in.peek().startsWith("extra ")
            ? Optional.of(StrictBase64.decode(in.after("extra"), "proof: extra"))
            : Optional.empty();
    long index = Decimal.parse(in.after("index"), "proof: index");
    List<Bytes> hashes = in.hashesUpToBlank(Tlog.PROOF_MAX);
    return new TlogProof(extra, index, hashes, Note.parse(in.rest()));
  }

  /** The octets that {@link #parse} reads. */
  public Bytes encode() {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    extra.ifPresent(
        octets -> out.append("extra ").append(StrictBase64.encode(octets)).append('\n'));
    out.append("index ").append(index).append('\n');
    hashes.forEach(hash -> out.append(StrictBase64.encode(hash)).append('\n'));
    return Utf8.encode(out.append('\n').append(checkpoint.toText()).toString());
  }

  /**
   * Checks that {@code leafHash} stands at this index under a checkpoint that was verified.
   *
   * @throws Refused {@link RefusalCode#BAD_PROOF} if it does not
   */
  public void checkInclusion(Bytes leafHash, Checkpoint verified) throws Refused {
    Tlog.checkInclusion(index, verified.size(), leafHash, hashes, verified.root());
  }
}
