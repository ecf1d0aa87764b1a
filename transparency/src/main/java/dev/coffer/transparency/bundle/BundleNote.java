package dev.coffer.transparency.bundle;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.List;

/**
 * {@code fleet.note}: a note inside a note. The notary signs the statement; the operator signs the
 * notary's whole note, and so counter-signs. These octets are the log's entry. Stateless.
 */
public final class BundleNote {
  private BundleNote() {}

  /** What the notary hands out: the statement with its signature. */
  public static Note notarise(Bundle bundle, SignerKey notary) {
    return Note.sign(bundle.text(), notary);
  }

  /** What the operator publishes: the notary's note as the text of its own. */
  public static Bytes counterSign(Note notarised, SignerKey operator) {
    return Note.sign(notarised.toText(), operator).encode();
  }

  /** Both at once, where one process holds both keys: tests and demonstrations. */
  public static Bytes sign(Bundle bundle, SignerKey notary, SignerKey operator) {
    return counterSign(notarise(bundle, notary), operator);
  }

  /** Verifies the operator's signature: what is left is the notary's note, unverified. */
  public static Note openOuter(Note outer, VerifierKey operator) throws Refused {
    return Note.parse(outer.verify(List.of(operator)).text());
  }

  /** Verifies the notary's signature: what is left is the statement. */
  public static String openInner(Note notarised, VerifierKey notary) throws Refused {
    return notarised.verify(List.of(notary)).text();
  }

  /** Verifies both signatures and reads the statement. */
  public static Bundle open(Bytes fleetNote, VerifierKey operator, VerifierKey notary)
      throws Refused {
    Note outer = Note.parse(fleetNote, Bundle.SIZE_MAX);
    return Bundle.parse(openInner(openOuter(outer, operator), notary));
  }

  /**
   * A bundle whose signatures hold.
   *
   * @param policy which it names, and whose operator and notary signed it
   */
  public record UnderPolicy(Bundle bundle, TrustPolicy policy) {}

  /**
   * Verifies both signatures by the keys of the policy that the bundle names, as those need who
   * read bundles of all ages.
   *
   * @throws Refused also {@link dev.coffer.transparency.text.RefusalCode#OUT_OF_SEQUENCE} if {@code
   *     history} holds no such policy
   */
  public static UnderPolicy open(Bytes fleetNote, PolicyHistory history) throws Refused {
    Note outer = Note.parse(fleetNote, Bundle.SIZE_MAX);
    Bundle claimed = Bundle.parse(Note.parse(outer.unverifiedText()).unverifiedText());
    TrustPolicy policy = history.named(claimed.trustPolicy(), claimed.trustPolicyHash());
    return new UnderPolicy(open(fleetNote, policy.operator(), policy.notary()), policy);
  }

  /** The hash of these octets as a leaf of the log. */
  public static Bytes leafHash(Bytes fleetNote) {
    return Tlog.leafHash(fleetNote);
  }

  /** What the next bundle names as {@code prev}: plain SHA-256 of the file. */
  public static Bytes prevHash(Bytes fleetNote) {
    return Hashes.sha256(fleetNote);
  }
}
