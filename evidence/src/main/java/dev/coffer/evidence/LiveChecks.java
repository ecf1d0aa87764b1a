package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Claims about HSMs that run now. Stateless. */
final class LiveChecks {
  private LiveChecks() {}

  /**
   * By the statement key: an HSM signs where it stands over a nonce of the auditor's. Who is silent
   * has not failed, for hosts are down at times; but then it is not known.
   */
  static Finding possession(Case of) throws CeremonyRefused {
    Optional<Expectations.Challenge> challenge = of.expected().challenge();
    if (challenge.isEmpty()) {
      return Finding.skip("no node was asked: that they had their keys at the founding is known");
    }
    Fleet fleet = of.fleet();
    int n = fleet.hsms().size();
    Bytes nonce = challenge.get().nonce();
    List<Optional<Bytes>> answers = challenge.get().hsms().statuses(n, nonce);
    List<String> silent = new ArrayList<>();
    for (int i = 1; i <= n; i++) {
      Optional<Bytes> answer = answers.get(i - 1);
      if (answer.isEmpty()) {
        silent.add("HSM " + i);
        continue;
      }
      Optional<String> objection = objection(fleet, i, nonce, answer.get());
      if (objection.isPresent()) {
        return Finding.fail("HSM " + i + ": " + objection.get());
      }
    }
    return silent.isEmpty()
        ? Finding.pass("all " + n + " signed a nonce of this audit with their statement keys")
        : Finding.skip(
            "nobody answers for "
                + String.join(", ", silent)
                + "; "
                + (n - silent.size())
                + " of "
                + n
                + " signed a nonce of this audit");
  }

  private static Optional<String> objection(Fleet fleet, int index, Bytes nonce, Bytes answer) {
    try {
      CanonicalReader in = new CanonicalReader(answer);
      SignedStatus status = SignedStatus.read(in);
      in.end();
      if (!status.nonce().equals(nonce)) {
        return Optional.of("what is answered is over another nonce");
      }
      if (status.index() != index) {
        return Optional.of("HSM " + status.index() + " answered in its place");
      }
      return status.verifySignature(fleet)
          ? Optional.empty()
          : Optional.of("what is answered is not signed by its statement key for this fleet");
    } catch (Rejected e) {
      return Optional.of("what is answered is no status");
    }
  }
}
