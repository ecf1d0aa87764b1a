package dev.coffer.notary.operator;

import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import java.io.IOException;
import java.util.Optional;

/**
 * The notary as an operator and an approver reach it. Not believed: whoever takes something from it
 * verifies a signature or compares a hash.
 *
 * <p>Each call may be made again: of a call that threw, the notary may have done all or nothing.
 */
public interface NotaryDesk {
  /** Proposes a statement that the operator signed. */
  NotaryAnswer propose(Note statement) throws OperatorFailure, IOException, InterruptedException;

  /** What the notary says of a proposal: statement, key delta, approvals. Empty: it has none. */
  Optional<String> proposal(Bytes hash) throws OperatorFailure, IOException, InterruptedException;

  /** Approves a proposal by its hash. */
  NotaryAnswer approve(Bytes hash, NoteSigner approver)
      throws OperatorFailure, IOException, InterruptedException;

  /** The notary's note of a proposal, empty until it has signed. */
  Optional<Note> note(Bytes hash) throws OperatorFailure, IOException, InterruptedException;
}
