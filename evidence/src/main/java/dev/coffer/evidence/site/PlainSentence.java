package dev.coffer.evidence.site;

import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a vault promises, for people who are not engineers: a sentence, and the claims that show it.
 * It is shown if all of them passed.
 */
enum PlainSentence {
  /** What no demonstration may say of itself. */
  REAL(
      fleet ->
          fleet.hsms().stream().anyMatch(HsmIdentity::simulated)
              ? "The machines here are simulations: ordinary programs that protect nothing and nobody."
              : "None of the machines is a simulation, by its own word.",
      Claim.SIMULATED_TOLD),
  SPLIT(
      fleet ->
          ("The key to your backup lies in no one place: %d machines in %d places hold a "
                  + "part each, and fewer than %d parts tell nothing.")
              .formatted(fleet.settings().n(), fleet.settings().n(), fleet.settings().t()),
      Claim.PROMISED_QUORUM),
  GUESSES(
      fleet ->
          "At most "
              + fleet.settings().guessLimitMax()
              + (" wrong guesses at your code, while the machines keep to their program. Then "
                  + "they erase their parts."),
      Claim.PROMISED_LIMIT),
  LOGIN(
      fleet ->
          "Your login alone opens nothing."
              + may(fleet.settings().replaceByLogin(), fleet.settings().deleteByLogin()),
      Claim.PROMISED_LOGINS),
  FOUNDED(
      fleet -> "The machines made their keys together, and each signed that it saw the same.",
      Claim.CEREMONY_FOUNDING,
      Claim.CEREMONY_IDENTITIES),
  WATCHED(
      fleet -> "People at every place watched, compared words aloud, and signed what was done.",
      Claim.CEREMONY_WORDS,
      Claim.CEREMONY_SIGNATURES),
  TOLD(
      fleet -> "It followed a written plan. Whatever went otherwise is told.",
      Claim.CEREMONY_SCRIPT,
      Claim.EXCEPTIONS_TOLD),
  PROGRAM(
      fleet ->
          "All machines run one program by their word, and it can be built again from public source.",
      Claim.PROMISED_PROGRAM,
      Claim.IMAGE_LISTED,
      Claim.IMAGE_PROVENANCE,
      Claim.PROGRAM_REBUILT),
  HARDWARE(
      fleet -> "The machines are security hardware, and its makers stand for it.",
      Claim.ATTESTATION_QUOTE,
      Claim.ATTESTATION_VENDOR),
  UNCHANGED(
      fleet -> "The operator signed this evidence, and nobody changed it since.",
      Claim.MANIFEST_SIGNATURE,
      Claim.MANIFEST_SIGNER,
      Claim.MANIFEST_FILES),
  EVERYONE(
      fleet -> "All apps are told of these machines by one public log, the same for everybody.",
      Claim.BUNDLE_HOLDS,
      Claim.BUNDLE_LISTS,
      Claim.BUNDLE_EVIDENCE),
  YOURS(
      fleet -> "Your app uses these very machines, and they are there.",
      Claim.FLEET_EXPECTED,
      Claim.POSSESSION);

  private final Function<Fleet, String> says;
  private final List<Claim> claims;

  PlainSentence(Function<Fleet, String> says, Claim... claims) {
    this.says = says;
    this.claims = List.of(claims);
  }

  private static String may(boolean replace, boolean delete) {
    if (!replace && !delete) {
      return " It cannot even replace or delete what protects you.";
    }
    String what = replace && delete ? "replace or delete" : replace ? "replace" : "delete";
    return " It can " + what + " what protects you, and then the old backup stays closed.";
  }

  /** The sentence about a fleet that can be read. */
  String says(Fleet fleet) {
    return says.apply(fleet);
  }

  /** What shows it. */
  List<Claim> claims() {
    return claims;
  }

  /** The first of its claims that failed, or else was skipped; empty if all passed. */
  Optional<Claim> open(PublishedFleet fleet) {
    return first(fleet, Outcome.FAIL).or(() -> first(fleet, Outcome.SKIP));
  }

  private Optional<Claim> first(PublishedFleet fleet, Outcome outcome) {
    return claims.stream().filter(claim -> fleet.finding(claim).outcome() == outcome).findFirst();
  }
}
