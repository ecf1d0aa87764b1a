package dev.coffer.evidence.site;

import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.evidence.Claim;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
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
          // Three limits end an account without a success in between (THREAT_MODEL.md).
          ("At most %d wrong guesses at your code, %d if it is replaced in between, while machines "
                  + "keep to their program. Then they erase.")
              .formatted(fleet.settings().guessLimitMax(), 3 * fleet.settings().guessLimitMax()),
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
      (of, fleet) -> "People at every place confirmed the words; " + signed(of) + ".",
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
      fleet ->
          "Apps that are not pinned learn of these machines by one public log, the same for all.",
      Claim.BUNDLE_HOLDS,
      Claim.BUNDLE_LISTS,
      Claim.BUNDLE_EVIDENCE),
  YOURS(
      fleet -> "The app that the publisher named uses these very machines, and they are there.",
      Claim.FLEET_EXPECTED,
      Claim.POSSESSION);

  private final BiFunction<PublishedFleet, Fleet, String> says;
  private final List<Claim> claims;

  PlainSentence(Function<Fleet, String> says, Claim... claims) {
    this((of, fleet) -> says.apply(fleet), claims);
  }

  PlainSentence(BiFunction<PublishedFleet, Fleet, String> says, Claim... claims) {
    this.says = says;
    this.claims = List.of(claims);
  }

  /** How many people's signatures are there; that they hold is a claim. */
  private static String signed(PublishedFleet of) {
    List<Participant> people = of.plan().map(Plan::participants).orElse(List.of());
    long signatures =
        people.stream()
            .filter(person -> of.files().containsKey("ceremony/" + Signatures.file(person)))
            .count();
    return signatures + " of " + people.size() + " signed what was done";
  }

  private static String may(boolean replace, boolean delete) {
    if (!replace && !delete) {
      return " It cannot even replace or delete what protects you.";
    }
    String what = replace && delete ? "replace or delete" : replace ? "replace" : "delete";
    return " It can " + what + " what protects you, and then the old backup stays closed.";
  }

  /** The sentence about {@code fleet}, which can be read from {@code of}. */
  String says(PublishedFleet of, Fleet fleet) {
    return says.apply(of, fleet);
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
