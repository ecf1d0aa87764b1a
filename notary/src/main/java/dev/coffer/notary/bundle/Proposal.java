package dev.coffer.notary.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.text.Utf8;
import java.util.List;
import java.util.Optional;

/**
 * A statement that awaits the notary's signature.
 *
 * @param bundle the statement
 * @param delta what it changes, by the log as the notary has it
 * @param approvedBy names of those whose approvals are in
 * @param signed whether the notary has signed it
 */
public record Proposal(Bundle bundle, KeyDelta delta, List<KeyName> approvedBy, boolean signed) {
  private static final String STATEMENT = "\nThe statement:\n";

  public Proposal {
    approvedBy = List.copyOf(approvedBy);
  }

  /** What approvers sign: SHA-256 of the statement's text. */
  public Bytes hash() {
    return hash(bundle);
  }

  /** The same of a statement that nobody has proposed yet. */
  public static Bytes hash(Bundle bundle) {
    return Hashes.sha256(Utf8.encode(bundle.text()));
  }

  /** For people: the statement, the delta, who approved. */
  public String text() {
    StringBuilder out = new StringBuilder("proposal sha256:").append(hash().hex()).append('\n');
    out.append("epoch ").append(bundle.epoch()).append('\n');
    out.append("signed ").append(signed ? "yes" : "no").append('\n');
    approvedBy.forEach(name -> out.append("approved-by ").append(name).append('\n'));
    out.append("\nWhat it changes:\n");
    ProposalRule.validity(bundle).forEach(line -> out.append(line).append('\n'));
    delta.lines().forEach(line -> out.append(line).append('\n'));
    return out.append(STATEMENT).append(bundle.text()).toString();
  }

  /**
   * The statement in a text that claims to be one of those. Whoever takes it compares its hash:
   * nothing before it is believed.
   */
  public static Optional<String> statementIn(String text) {
    int at = text.lastIndexOf(STATEMENT);
    return at < 0 ? Optional.empty() : Optional.of(text.substring(at + STATEMENT.length()));
  }
}
