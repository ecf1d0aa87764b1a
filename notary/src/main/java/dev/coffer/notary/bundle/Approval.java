package dev.coffer.notary.bundle;

import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifiedNote;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.List;

/**
 * One person's consent to one proposal: a note whose text names the proposal's hash.
 *
 * @param proposal SHA-256 of the statement's text
 * @param by the approver's key
 * @param note as it was received
 */
public record Approval(Bytes proposal, VerifierKey by, Note note) {
  /** The longest approval that is read. */
  public static final int SIZE_MAX = 4 << 10;

  private static final String HEAD = "coffer/notary-approval/v1";
  private static final int HASH = 32;

  /** Approves: the approver has read the statement and the key delta. */
  public static Note sign(Bytes proposal, NoteSigner approver) throws IOException {
    String text = HEAD + "\nproposal sha256:" + proposal.hex() + "\n";
    return Note.of(text, List.of(approver.sign(text)));
  }

  /**
   * Reads and verifies an approval.
   *
   * @param approvers whose count
   */
  public static Approval open(Bytes encoded, List<VerifierKey> approvers) throws Refused {
    Note note = Note.parse(encoded, SIZE_MAX);
    VerifiedNote verified = note.verify(approvers);
    LineReader in = new LineReader(verified.text(), "approval");
    in.expect(HEAD);
    String hash = in.after("proposal");
    in.end();
    String prefix = "sha256:";
    Bytes proposal =
        LowerHex.parse(
            hash.startsWith(prefix) ? hash.substring(prefix.length()) : "", HASH, "approval");
    return new Approval(proposal, verified.signatures().get(0).key(), note);
  }
}
