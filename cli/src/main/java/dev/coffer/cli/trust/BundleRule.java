package dev.coffer.cli.trust;

import dev.coffer.notary.log.LeafRule;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.trust.TrustPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** A log of bundles lets in what operator and notary signed and what follows the leaf before. */
public final class BundleRule implements LeafRule {
  private final TrustPolicy policy;
  private final Lineage lineage;
  private final Map<Bytes, Long> known;

  private BundleRule(TrustPolicy policy, Lineage lineage, Map<Bytes, Long> known) {
    this.policy = policy;
    this.lineage = lineage;
    this.known = Map.copyOf(known);
  }

  /** The rule of the empty log of that policy. */
  public static BundleRule of(TrustPolicy policy) {
    return new BundleRule(policy, Lineage.EMPTY, Map.of());
  }

  @Override
  public void screen(Bytes leaf) throws Refused {
    BundleNote.open(leaf, policy.operator(), policy.notary());
  }

  @Override
  public LeafRule after(long index, Bytes leaf) throws Refused {
    Bundle bundle = BundleNote.open(leaf, policy.operator(), policy.notary());
    Lineage extended = lineage.extend(policy.namespace(), policy.announce(), bundle, leaf);
    Map<Bytes, Long> more = new HashMap<>(known);
    more.put(Tlog.leafHash(leaf), index);
    return new BundleRule(policy, extended, more);
  }

  @Override
  public boolean remembers() {
    return true;
  }

  @Override
  public OptionalLong indexOf(Bytes leaf) {
    Long index = known.get(Tlog.leafHash(leaf));
    return index == null ? OptionalLong.empty() : OptionalLong.of(index);
  }
}
