package dev.coffer.notary.bundle;

import dev.coffer.notary.log.LeafRule;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lets in what operator and notary signed and what follows from the bundle before (INV-9): epoch
 * one more, prev its hash, states that only move on, keys that never change.
 */
public final class BundleRule implements LeafRule {
  private final KeyName namespace;
  private final VerifierKey operator;
  private final VerifierKey notary;
  private final long announceSeconds;
  private final Optional<TrustPolicy> named;
  private final Lineage lineage;
  private final Map<Bytes, Long> places;

  private BundleRule(
      KeyName namespace,
      VerifierKey operator,
      VerifierKey notary,
      long announceSeconds,
      Optional<TrustPolicy> named,
      Lineage lineage,
      Map<Bytes, Long> places) {
    this.namespace = namespace;
    this.operator = operator;
    this.notary = notary;
    this.announceSeconds = announceSeconds;
    this.named = named;
    this.lineage = lineage;
    this.places = places;
  }

  /**
   * The rule of a log without bundles.
   *
   * @param operator whose signature new leaves need; of old ones the log's own root vouches, so
   *     that keys may be exchanged
   * @param notary the other one
   * @param announceSeconds how long a fleet is announced before it is active
   */
  public static BundleRule of(
      KeyName namespace, VerifierKey operator, VerifierKey notary, long announceSeconds) {
    return new BundleRule(
        namespace, operator, notary, announceSeconds, Optional.empty(), Lineage.EMPTY, Map.of());
  }

  /**
   * The rule of a log without bundles, under the trust policy that counts today: new leaves name it
   * and no other, so that keys which have changed hands sign no more.
   */
  public static BundleRule of(TrustPolicy policy) {
    return new BundleRule(
        policy.namespace(),
        policy.operator(),
        policy.notary(),
        policy.announce(),
        Optional.of(policy),
        Lineage.EMPTY,
        Map.of());
  }

  @Override
  public void screen(Bytes leaf) throws Refused {
    Bundle bundle = BundleNote.open(leaf, operator, notary);
    if (!bundle.namespace().equals(namespace)) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "a bundle of another namespace");
    }
    if (named.isPresent()
        && (bundle.trustPolicy() != named.get().version()
            || !bundle.trustPolicyHash().equals(named.get().hash()))) {
      throw new Refused(RefusalCode.OUT_OF_SEQUENCE, "a bundle under another trust policy");
    }
    // The log keeps one way to write each leaf: a third party's line would make it another.
    Note outer = Note.parse(leaf, Bundle.SIZE_MAX);
    Note inner = Note.parse(outer.unverifiedText());
    if (outer.signatures().size() != 1 || inner.signatures().size() != 1) {
      throw new Refused(RefusalCode.MALFORMED, "a bundle has one signature of each, no more");
    }
  }

  /** The statement of a leaf that is in the log, or was screened: nothing is verified here. */
  static Bundle statement(Bytes leaf) throws Refused {
    Note outer = Note.parse(leaf, Bundle.SIZE_MAX);
    return Bundle.parse(Note.parse(outer.unverifiedText()).unverifiedText());
  }

  @Override
  public LeafRule after(long index, Bytes leaf) throws Refused {
    return extended(index, leaf, announceSeconds);
  }

  @Override
  public BundleRule standing(long index, Bytes leaf) throws Refused {
    return extended(index, leaf, 0);
  }

  /** Whether that notary's name and key are on the inner note; the log has verified them. */
  static boolean isBy(VerifierKey notary, Bytes leaf) throws Refused {
    Note outer = Note.parse(leaf, Bundle.SIZE_MAX);
    return Note.parse(outer.unverifiedText()).signatures().stream().anyMatch(notary::claims);
  }

  private BundleRule extended(long index, Bytes leaf, long announced) throws Refused {
    Bundle bundle = statement(leaf);
    Lineage longer = lineage.extend(namespace, announced, bundle, leaf);
    Map<Bytes, Long> more = new HashMap<>(places);
    more.put(Tlog.leafHash(leaf), index);
    return new BundleRule(namespace, operator, notary, announceSeconds, named, longer, more);
  }

  /** What the leaves so far amount to. */
  public Lineage lineage() {
    return lineage;
  }

  @Override
  public boolean remembers() {
    return true;
  }

  @Override
  public OptionalLong indexOf(Bytes leaf) {
    Long index = places.get(Tlog.leafHash(leaf));
    return index == null ? OptionalLong.empty() : OptionalLong.of(index);
  }
}
