package dev.coffer.transparency.note;

import java.util.List;

/**
 * What is left of a note after {@link Note#verify}: the text, and only the signatures by known
 * keys, all of which hold. Only verification makes one. Immutable and thread-safe.
 */
public final class VerifiedNote {
  private final String text;
  private final List<VerifiedSignature> signatures;

  VerifiedNote(String text, List<VerifiedSignature> signatures) {
    this.text = text;
    this.signatures = List.copyOf(signatures);
  }

  /** The text with its last newline. */
  public String text() {
    return text;
  }

  /** At least one, in the note's order; one key may have signed more than once. */
  public List<VerifiedSignature> signatures() {
    return signatures;
  }

  /** Whether {@code key} signed. */
  public boolean signedBy(VerifierKey key) {
    return signatures.stream().anyMatch(signature -> signature.key().equals(key));
  }

  /**
   * Distinct public keys that signed. One key under two names counts once: whoever holds it is one
   * party.
   */
  public long distinctKeys() {
    return signatures.stream().map(signature -> signature.key().publicKey()).distinct().count();
  }

  @Override
  public String toString() {
    return "VerifiedNote[" + signatures.size() + " signatures]";
  }
}
