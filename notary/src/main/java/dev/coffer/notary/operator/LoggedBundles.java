package dev.coffer.notary.operator;

import dev.coffer.notary.log.LogSource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.Lineage;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.PolicyHistory;
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
   * @param policies of which each bundle names one; the newest names the log
   * @throws Refused if it is not what the policies promise
   */
  public static LoggedBundles read(LogSource log, PolicyHistory policies)
      throws IOException, Refused {
    TrustPolicy policy = policies.newest();
    if (policy.log().checkLog(Note.parse(log.checkpoint())).size() == 0) {
      return new LoggedBundles(Optional.empty(), Lineage.EMPTY);
    }
    LogWalk walk = LogWalk.of(log, policy.log());
    Lineage lineage = Lineage.EMPTY;
    for (Bytes leaf : walk.leaves()) {
      BundleNote.UnderPolicy opened = BundleNote.open(leaf, policies);
      long announce = opened.policy().announce();
      lineage = lineage.extend(policy.namespace(), announce, opened.bundle(), leaf);
    }
    return new LoggedBundles(Optional.of(walk), lineage);
  }
}
