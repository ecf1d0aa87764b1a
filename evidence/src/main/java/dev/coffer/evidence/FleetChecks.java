package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Claims about the fleet that was founded, and what was promised of it. Stateless. */
final class FleetChecks {
  private FleetChecks() {}

  private static Promise promised(Case of) throws Refused, CeremonyRefused, IOException {
    return of.manifest().promise();
  }

  private static Finding same(Object promised, Object founded) {
    return Finding.of(promised.equals(founded), "promised: " + promised + "; founded: " + founded);
  }

  static Finding named(Case of) throws Refused, CeremonyRefused, IOException {
    Manifest manifest = of.manifest();
    return same(
        manifest.ceremony() + " " + manifest.fleet().value().hex(),
        of.plan().ceremony() + " " + of.fleet().id().value().hex());
  }

  static Finding expected(Case of) throws CeremonyRefused {
    Optional<FleetId> expected = of.expected().fleet();
    FleetId here = of.fleet().id();
    return expected.isEmpty()
        ? Finding.skip("no fleet was given to expect: this is " + here.value().hex())
        : Finding.of(
            here.equals(expected.get()),
            "here " + here.value().hex() + ", expected " + expected.get().value().hex());
  }

  static Finding quorum(Case of) throws Refused, CeremonyRefused, IOException {
    return same(promised(of).quorum(), of.founded().quorum());
  }

  static Finding limit(Case of) throws Refused, CeremonyRefused, IOException {
    int promised = promised(of).guessLimit();
    int founded = of.founded().guessLimit();
    return Finding.of(
        founded <= promised, "promised: at most " + promised + "; founded: at most " + founded);
  }

  static Finding logins(Case of) throws Refused, CeremonyRefused, IOException {
    return same(promised(of).logins(), of.founded().logins());
  }

  static Finding program(Case of) throws Refused, CeremonyRefused, IOException {
    Bytes promised = promised(of).measurement();
    for (HsmIdentity hsm : of.fleet().hsms()) {
      if (!hsm.measurement().equals(promised)) {
        return same(promised.hex(), hsm.measurement().hex());
      }
    }
    return Finding.pass("all " + of.fleet().hsms().size() + " say " + promised.hex());
  }

  static Finding members(Case of) throws Refused, CeremonyRefused, IOException {
    List<Promise.Member> promised = promised(of).members();
    List<Promise.Member> founded = of.founded().members();
    if (promised.size() != founded.size()) {
      return same(promised.size() + " HSMs", founded.size() + " HSMs");
    }
    for (int i = 0; i < founded.size(); i++) {
      if (!promised.get(i).equals(founded.get(i))) {
        return Finding.fail(
            "HSM " + (i + 1) + ", promised: " + promised.get(i) + "; founded: " + founded.get(i));
      }
    }
    return Finding.pass("site, model and promises of all " + founded.size());
  }

  static Finding simulated(Case of) throws Refused, CeremonyRefused, IOException {
    return same(
        promised(of).simulated() ? "SIMULATED" : "not SIMULATED",
        of.founded().simulated() ? "SIMULATED" : "not SIMULATED");
  }

  /** No certificate of a vendor is part of a founding yet, so nobody can check this. */
  static Finding vendors(Case of) throws CeremonyRefused {
    return Finding.skip(
        of.founded().simulated()
            ? "it is SIMULATED: there is no hardware that a vendor could stand for"
            : "no vendor was asked whose devices signed: it is not known that they are hardware");
  }

  /**
   * Which HSMs have one; that those hold is for {@link Claim#CEREMONY_ATTESTATIONS}. So this never
   * fails: who has none does not say otherwise.
   */
  static Finding quotes(Case of) throws CeremonyRefused {
    Fleet fleet = of.fleet();
    List<String> without = new ArrayList<>();
    for (int i = 1; i <= fleet.hsms().size(); i++) {
      HsmIdentity hsm = fleet.hsm(i);
      if (hsm.simulated()) {
        without.add("HSM " + i + " is SIMULATED: there is no hardware");
      } else if (HsmPromises.of(hsm).voucher() != HsmPromises.Voucher.DEVICE) {
        without.add("HSM " + i + " says itself that no device vouches for it");
      }
    }
    return without.isEmpty()
        ? Finding.pass(
            "TPM quotes over keys and program; software with a key of its own can make one, too")
        : Finding.skip(String.join("; ", without));
  }
}
