package dev.coffer.notary.operator;

import dev.coffer.files.AtomicFile;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.NoteSignature;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next trust policy on its way from root to root: a text at first, a note from the first
 * signature on. Immutable.
 *
 * @param before the version that it follows; empty of version 1, which its own roots sign
 * @param next what it says
 * @param signatures so far
 */
public record PolicyDraft(
    Optional<TrustPolicy> before, TrustPolicy next, List<NoteSignature> signatures) {
  public PolicyDraft {
    signatures = List.copyOf(signatures);
  }

  /**
   * Reads the file of a draft that follows the newest policy of {@code history}.
   *
   * @param history empty if there is no policy yet
   */
  public static PolicyDraft read(Path file, Optional<PolicyHistory> history)
      throws OperatorFailure, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Bytes octets = Bytes.wrap(in.readNBytes(TrustPolicy.SIZE_MAX + 1));
      String text = Utf8.decode(octets, "trust policy");
      // A policy has no blank line; a note has one between text and signatures.
      boolean signed = text.contains("\n\n");
      Note note = signed ? Note.parse(octets, TrustPolicy.SIZE_MAX) : null;
      TrustPolicy next = TrustPolicy.parse(note == null ? text : note.unverifiedText());
      PolicyDraft draft =
          new PolicyDraft(
              history.map(PolicyHistory::newest),
              next,
              note == null ? List.of() : note.signatures());
      draft.mustFollow();
      return draft;
    } catch (NoSuchFileException e) {
      throw new OperatorFailure(
          Reason.HERE, "There is no " + file + ".", "Make it with coffer policy next.");
    } catch (Refused e) {
      throw new OperatorFailure(
          Reason.UNTRUSTED,
          "The file " + file + " is no trust policy: " + e.what() + ".",
          "Make it with coffer policy next, and change nothing in it by hand.");
    }
  }

  private void mustFollow() throws OperatorFailure {
    if (before.isEmpty()) {
      if (next.version() != 1) {
        throw new OperatorFailure(
            Reason.USAGE,
            "This is version " + next.version() + ", and there is none before it here.",
            "Name the first trust policy, beside which the later ones lie, with --policy.");
      }
      return;
    }
    TrustPolicy last = before.get();
    if (next.version() != last.version() + 1
        || !next.prev().equals(last.hash())
        || !next.namespace().equals(last.namespace())) {
      throw new OperatorFailure(
          Reason.USAGE,
          "This is not the version after " + last.version() + ".",
          "Make it anew with coffer policy next.");
    }
  }

  /** Lines that the next policy has not any more, and then those that are new. */
  public List<String> changes() {
    List<String> was = before.map(last -> last.text().lines().toList()).orElse(List.of());
    List<String> is = next.text().lines().toList();
    List<String> changes = new ArrayList<>();
    was.stream().filter(line -> !is.contains(line)).forEach(line -> changes.add("- " + line));
    is.stream().filter(line -> !was.contains(line)).forEach(line -> changes.add("+ " + line));
    return changes;
  }

  /**
   * The draft with a root's signature, under every name that the two policies know its key by.
   *
   * @throws OperatorFailure if it is no root's key
   */
  public PolicyDraft signedBy(Ed25519Key key) throws OperatorFailure, IOException {
    Set<VerifierKey> mine = new LinkedHashSet<>(before.map(TrustPolicy::roots).orElse(List.of()));
    mine.addAll(next.roots());
    mine.removeIf(root -> !root.publicKey().equals(key.publicKey()));
    if (mine.isEmpty()) {
      throw new OperatorFailure(
          Reason.USAGE,
          "This key is no root's, neither before nor after.",
          "Give a root's own key with --key.");
    }
    List<NoteSignature> all = new ArrayList<>(signatures);
    for (VerifierKey root : mine) {
      all.removeIf(root::claims);
      // The caller closes the key.
      all.add(new NoteSigner(root.name(), root.type(), key).sign(next.text()));
    }
    return new PolicyDraft(before, next, all);
  }

  /** How many of these roots have signed; none if any of their signatures does not hold. */
  public long signed(TrustPolicy policy) {
    try {
      return signatures.isEmpty()
          ? 0
          : Note.of(next.text(), signatures).verify(policy.roots()).distinctKeys();
    } catch (Refused e) {
      return 0;
    }
  }

  /** Whether enough of the old roots and enough of the new ones have. */
  public boolean complete() {
    return before.map(last -> signed(last) >= last.rootThreshold()).orElse(true)
        && signed(next) >= next.rootThreshold();
  }

  /** The octets of its file. */
  public Bytes encode() {
    return signatures.isEmpty()
        ? Utf8.encode(next.text())
        : Note.of(next.text(), signatures).encode();
  }

  /** Writes its file. */
  public void write(Path file) throws IOException {
    AtomicFile.replace(file, encode().toByteArray(), AtomicFile.Access.OWNER);
  }
}
