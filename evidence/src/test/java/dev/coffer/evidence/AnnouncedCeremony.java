package dev.coffer.evidence;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Announcement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Tlog;
import dev.coffer.transparency.tlog.TlogProof;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A ceremony whose plan names a log with one witness, and is the only leaf in it. */
class AnnouncedCeremony extends ForgedCeremony {
  private static final SignerKey LOG = TestKeys.signer("plans.example/log");
  private static final SignerKey WITNESS = TestKeys.witness("plans.example/witness");

  private final Instant seen;

  /** The witness says that it saw the plan then. */
  AnnouncedCeremony(Instant seen) {
    this.seen = seen;
  }

  private static Bytes policy() {
    return ascii(
        "log %s\nwitness one %s\nquorum one\n"
            .formatted(LOG.verifier().text(), WITNESS.verifier().text()));
  }

  /** What was logged. */
  Bytes leaf(Plan plan) {
    return Announcement.leaf(plan);
  }

  @Override
  String settings() {
    return super.settings() + "announced-by = " + Hashes.sha256(policy()).hex() + "\n";
  }

  @Override
  void announce(Plan plan) {
    String text =
        new Checkpoint(LOG.verifier().name().value(), 1, Tlog.leafHash(leaf(plan))).text();
    Note note = Note.sign(text, LOG).with(WITNESS.cosign(text, seen.getEpochSecond()));
    files.put(Announcement.POLICY, policy());
    files.put(Announcement.PROOF, new TlogProof(Optional.empty(), 0, List.of(), note).encode());
  }
}
