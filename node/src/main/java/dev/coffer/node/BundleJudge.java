package dev.coffer.node;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.TlogProof;
import dev.coffer.transparency.trust.PolicyChain;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Step;
import dev.coffer.transparency.verify.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Judges what a node is about to hand out as a client would, from the first trust policy that comes
 * with it. That is no proof for the node, which has compiled in none: it finds another vault's
 * bundle, a changed octet and a file that was cut off, before clients do. Stateless.
 */
final class BundleJudge {
  private BundleJudge() {}

  /**
   * A bundle that a client accepts, or accepted while it was fresh.
   *
   * @param epoch its number
   * @param seen since when a quorum of witnesses stands behind it; empty for a policy without one
   * @param witnesses how many cosigned it
   * @param soft when clients begin to mind its age
   * @param hard when clients refuse everybody for its age
   * @param until when its own validity ends
   */
  record Sound(
      long epoch,
      Optional<Instant> seen,
      int witnesses,
      Instant soft,
      Instant hard,
      Instant until) {
    /** When clients refuse, for whichever reason comes first. */
    Instant end() {
      return hard.isBefore(until) ? hard : until;
    }
  }

  /**
   * Judges.
   *
   * @param retired whether this fleet sends clients on: then the bundle need not list it any more
   * @throws Refused if a client would not accept it at any time
   */
  static Sound judge(BundleDelivery bundle, Fleet fleet, boolean retired, Instant now)
      throws Refused {
    List<Bytes> notes = bundle.policyNotes();
    if (notes.isEmpty()) {
      throw refused("trust-policies holds none, and so nobody can verify it");
    }
    TrustPolicy first = TrustPolicy.openFirst(notes.get(0));
    TrustPolicy policy = PolicyChain.parse(notes).follow(first, Optional.empty());
    Note checkpoint = TlogProof.parse(bundle.proof()).checkpoint();
    OptionalLong quorum = policy.log().checkWitnesses(checkpoint);
    long seen = quorum.orElse(now.getEpochSecond());
    FleetVerifier client = new FleetVerifier(new Anchor.Roots(first), ClientFloor.DEVELOPMENT);
    Verdict verdict =
        client.verify(bundle, fleet, Purpose.RECOVER, now.getEpochSecond(), Memory.EMPTY);
    if (verdict instanceof Verdict.Distrusted late
        && (late.step() == Step.FRESHNESS || late.step() == Step.VALIDITY)) {
      // Not today, by this clock: whether it ever was, is asked of the moment it was seen.
      verdict = client.verify(bundle, fleet, Purpose.RECOVER, seen, Memory.EMPTY);
    }
    Verdict.Authentic authentic = authentic(verdict, fleet, retired);
    return new Sound(
        authentic.bundle().epoch(),
        quorum.isEmpty() ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seen)),
        policy.log().cosigners(checkpoint).size(),
        Instant.ofEpochSecond(seen + policy.maxAgeSoft()),
        Instant.ofEpochSecond(seen + policy.maxAgeHard()),
        Instant.ofEpochSecond(authentic.bundle().notAfter()));
  }

  private static Verdict.Authentic authentic(Verdict verdict, Fleet fleet, boolean retired)
      throws Refused {
    return switch (verdict) {
      case Verdict.Trusted trusted -> trusted.bundle().orElseThrow();
      case Verdict.Distrusted no -> {
        // Good by itself, and this fleet is not to be used: that is what clients are to be told.
        boolean told =
            no.bundle().isPresent()
                && (no.step() == Step.FLEET_STATE
                    || (retired && no.bundle().get().bundle().fleet(fleet.id()).isEmpty()));
        if (!told) {
          throw refused(no.step() + ": " + no.reason());
        }
        yield no.bundle().get();
      }
    };
  }

  private static Refused refused(String why) {
    return new Refused(RefusalCode.MALFORMED, why);
  }
}
