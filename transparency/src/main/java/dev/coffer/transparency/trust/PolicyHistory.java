package dev.coffer.transparency.trust;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * All trust policies of a namespace from the first on, each signed as its change requires: what
 * everyone needs who reads bundles of all ages, such as operators, logs and auditors. A client
 * needs {@link PolicyChain} alone. Immutable and thread-safe.
 *
 * <p>Whether the first one's roots are the right ones is known from the maker of the app.
 */
public final class PolicyHistory {
  /** Versions that are read; each is at most 16 KiB. */
  public static final int VERSIONS_MAX = 1000;

  private final List<Bytes> notes;
  private final List<TrustPolicy> policies;

  private PolicyHistory(List<Bytes> notes, List<TrustPolicy> policies) {
    this.notes = List.copyOf(notes);
    this.policies = List.copyOf(policies);
  }

  /** The history that begins, and so far ends, with the note of version 1. */
  public static PolicyHistory of(Bytes first) throws Refused {
    return new PolicyHistory(List.of(first), List.of(TrustPolicy.openFirst(first)));
  }

  /**
   * The history that begins, and so far ends, with a policy that is trusted without a signature, as
   * one that an app compiles in. It holds no note of it.
   */
  public static PolicyHistory trusting(TrustPolicy policy) {
    return new PolicyHistory(List.of(), List.of(policy));
  }

  /**
   * The history with the next version at its end.
   *
   * @throws Refused if it is not the next version, or too few of the old or of the new roots signed
   *     it
   */
  public PolicyHistory with(Bytes note) throws Refused {
    if (policies.size() == VERSIONS_MAX) {
      throw new Refused(RefusalCode.TOO_LARGE, "trust policies");
    }
    List<TrustPolicy> more = new ArrayList<>(policies);
    more.add(newest().openNext(Note.parse(note, TrustPolicy.SIZE_MAX)));
    List<Bytes> encoded = new ArrayList<>(notes);
    encoded.add(note);
    return new PolicyHistory(encoded, more);
  }

  /** The one that counts today. */
  public TrustPolicy newest() {
    return policies.get(policies.size() - 1);
  }

  /** All of them, in the order of their versions. */
  public List<TrustPolicy> policies() {
    return policies;
  }

  /**
   * The notes up to a version: what is delivered with a bundle that names it, since a client wants
   * the chain to end there.
   */
  public List<Bytes> notesUpTo(long version) {
    long after = newest().version() - version;
    return notes.subList(0, (int) Math.max(0, notes.size() - Math.max(0, after)));
  }

  /**
   * The policy that a bundle names.
   *
   * @throws Refused {@link RefusalCode#OUT_OF_SEQUENCE} if the roots made no such policy, as far as
   *     this history goes
   */
  public TrustPolicy named(long version, Bytes hash) throws Refused {
    long first = policies.get(0).version();
    if (version < first || version > newest().version()) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "names a trust policy that is not known here");
    }
    TrustPolicy policy = policies.get((int) (version - first));
    if (!policy.hash().equals(hash)) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "names a trust policy that roots never made");
    }
    return policy;
  }
}
