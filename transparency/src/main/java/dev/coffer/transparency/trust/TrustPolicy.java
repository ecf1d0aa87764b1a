package dev.coffer.transparency.trust;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Policy;
import java.util.List;

/**
 * Whose keys count for a namespace, as its roots decided. An app compiles one in; later versions
 * reach it with the bundles. Immutable. Reading one verifies the grammar and nothing else.
 *
 * @param version 1, 2, 3 …
 * @param prev SHA-256 of the text of the version before; zeros for version 1
 * @param rootThreshold how many roots decide
 * @param roots 1 to 16, of distinct public keys
 * @param operator who counter-signs bundles
 * @param notary who signs bundles
 * @param maxAgeHard seconds after which a quorum's time is too old
 * @param maxAgeSoft seconds after which a client should say so
 * @param announce seconds for which a fleet is announced before it is active; 0 for development
 * @param log exactly one log, its witnesses, their quorum
 */
public record TrustPolicy(
    KeyName namespace,
    long version,
    Bytes prev,
    int rootThreshold,
    List<VerifierKey> roots,
    VerifierKey operator,
    VerifierKey notary,
    long maxAgeHard,
    long maxAgeSoft,
    long announce,
    Policy log) {
  /** The longest policy note, signatures included. */
  public static final int SIZE_MAX = 16 << 10;

  /** {@code prev} of the first version. */
  public static final Bytes NO_PREV = Bytes.zeros(32);

  /** 7 days, the usual choice. */
  public static final long MAX_AGE_HARD = 7 * 86_400L;

  /** 2 days, the usual choice. */
  public static final long MAX_AGE_SOFT = 2 * 86_400L;

  public TrustPolicy {
    roots = List.copyOf(roots);
  }

  /** Reads the one way to write a policy. */
  public static TrustPolicy parse(String text) throws Refused {
    return TrustPolicyText.parse(text);
  }

  /** The text that roots sign. */
  public String text() {
    return TrustPolicyText.write(this);
  }

  /** SHA-256 of the text: what bundles and the next version name. */
  public Bytes hash() {
    return Hashes.sha256(Utf8.encode(text()));
  }

  /**
   * Whether enough of these roots signed {@code note}, each key once.
   *
   * @throws Refused {@link RefusalCode#NO_QUORUM}, or {@link RefusalCode#BAD_SIGNATURE} if any
   *     root's signature does not hold
   */
  void checkSigned(Note note) throws Refused {
    long signed;
    try {
      signed = note.verify(roots).distinctKeys();
    } catch (Refused e) {
      signed = 0;
      if (e.code() != RefusalCode.UNKNOWN_SIGNER) {
        throw e;
      }
    }
    if (signed < rootThreshold) {
      throw new Refused(RefusalCode.NO_QUORUM, "trust policy: too few roots signed");
    }
  }

  /**
   * Reads version 1, which its own roots sign. It proves that the roots hold their keys; that these
   * are the right roots an app knows from its maker.
   */
  public static TrustPolicy openFirst(Bytes encoded) throws Refused {
    Note note = Note.parse(encoded, SIZE_MAX);
    TrustPolicy policy = parse(note.unverifiedText());
    if (policy.version() != 1) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "trust policy: not the first version");
    }
    policy.checkSigned(note);
    return policy;
  }

  /**
   * Reads the next version. Enough of this version's roots and enough of the next one's have signed
   * it, so that neither can change hands without the other.
   *
   * @throws Refused {@link RefusalCode#OUT_OF_SEQUENCE}, {@link RefusalCode#NO_QUORUM} and others
   */
  public TrustPolicy openNext(Note note) throws Refused {
    return succeed(parse(note.unverifiedText()), note);
  }

  /** The same for a note whose text was read already. */
  TrustPolicy succeed(TrustPolicy next, Note note) throws Refused {
    if (next.version() != version + 1
        || !next.prev().equals(hash())
        || !next.namespace().equals(namespace)) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "trust policy: not the next version");
    }
    checkSigned(note);
    next.checkSigned(note);
    return next;
  }
}
