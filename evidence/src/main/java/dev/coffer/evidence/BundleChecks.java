package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.bundle.Members;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Verdict;
import java.io.IOException;
import java.util.Optional;

/** Claims about what clients are told, by the verifier that clients run. Stateless. */
final class BundleChecks {
  private BundleChecks() {}

  private static Verdict verdict(Case of, Expectations.Logged logged) throws CeremonyRefused {
    return new FleetVerifier(new Anchor.Roots(logged.anchor()), ClientFloor.DEVELOPMENT)
        .verify(logged.delivery(), of.fleet(), Purpose.RECOVER, logged.now(), Memory.EMPTY);
  }

  private static Optional<Verdict.Authentic> authentic(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Trusted trusted -> trusted.bundle();
      case Verdict.Distrusted no -> no.bundle();
    };
  }

  /** The newest trust policy, if it stands behind a bundle that holds. */
  static Optional<TrustPolicy> policy(Case of) throws CeremonyRefused {
    Optional<Expectations.Logged> logged = of.expected().bundle();
    return logged.isEmpty()
        ? Optional.empty()
        : authentic(verdict(of, logged.get())).map(Verdict.Authentic::policy);
  }

  static Finding holds(Case of) throws CeremonyRefused {
    Optional<Expectations.Logged> logged = of.expected().bundle();
    if (logged.isEmpty()) {
      return Finding.skip(
          "no bundle was given: whether clients are told of this fleet is not known");
    }
    Verdict verdict = verdict(of, logged.get());
    Optional<Verdict.Authentic> bundle = authentic(verdict);
    if (bundle.isPresent()) {
      return Finding.pass("epoch " + bundle.get().bundle().epoch() + ", by the clients' verifier");
    }
    return verdict instanceof Verdict.Distrusted no
        ? Finding.fail(no.step() + ": " + no.reason())
        : Finding.fail("it is empty");
  }

  /** Its line for this fleet. */
  private static Optional<ListedFleet> listed(Case of) throws CeremonyRefused {
    Optional<Expectations.Logged> logged = of.expected().bundle();
    if (logged.isEmpty()) {
      return Optional.empty();
    }
    FleetId fleet = of.fleet().id();
    return authentic(verdict(of, logged.get())).flatMap(bundle -> bundle.bundle().fleet(fleet));
  }

  static Finding lists(Case of) throws CeremonyRefused {
    Optional<Members> members = listed(of).flatMap(ListedFleet::members);
    return members.isEmpty()
        ? Finding.fail("it has no keys for this fleet: not listed, or revoked")
        : Finding.of(
            members.get().describes(of.fleet()),
            "settings, keys, models and attestations, listed and here");
  }

  static Finding evidence(Case of) throws Refused, CeremonyRefused, IOException {
    Optional<ListedFleet> fleet = listed(of);
    if (fleet.isEmpty()) {
      return Finding.fail("it does not list this fleet");
    }
    Bytes here = of.manifest().hash();
    return Finding.of(
        fleet.get().evidence().equals(here),
        "listed sha256:" + fleet.get().evidence().hex() + ", here sha256:" + here.hex());
  }
}
