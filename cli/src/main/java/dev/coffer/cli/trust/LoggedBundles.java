package dev.coffer.cli.trust;

import dev.coffer.notary.log.LogSource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.util.Optional;

/**
 * What a log of bundles holds, every leaf of it read and verified by oneself.
 *
 * @param walk empty if nothing was ever logged
 * @param lineage what the leaves amount to
 */
public record LoggedBundles(Optional<LogWalk> walk, Lineage lineage) {
  /**
   * Reads all of it.
   *
   * @throws Refused if it is not what the policy promises
   */
  public static LoggedBundles read(LogSource log, TrustPolicy policy) throws IOException, Refused {
    if (policy.log().checkLog(Note.parse(log.checkpoint())).size() == 0) {
      return new LoggedBundles(Optional.empty(), Lineage.EMPTY);
    }
    LogWalk walk = LogWalk.of(log, policy.log());
    Lineage lineage = Lineage.EMPTY;
    for (Bytes leaf : walk.leaves()) {
      Bundle bundle = BundleNote.open(leaf, policy.operator(), policy.notary());
      lineage = lineage.extend(policy.namespace(), policy.announce(), bundle, leaf);
    }
    return new LoggedBundles(Optional.of(walk), lineage);
  }
}
