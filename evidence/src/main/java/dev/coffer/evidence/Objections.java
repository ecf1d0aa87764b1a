package dev.coffer.evidence;

import dev.coffer.ceremony.record.Signatures;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.bundle.Members;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What speaks against a fleet that a bundle is about to list, by its package: for who signs bundles
 * and may not skip what an auditor may. Stateless.
 */
public final class Objections {
  private static final String FAILED = "it does not hold that ";

  private Objections() {}

  /**
   * All of them, what is not known among them; none if the fleet may be listed so.
   *
   * @param directory the package whose manifest {@code listed} names
   * @param expected what is known from elsewhere; the fleet is the listed one, whatever it says
   */
  public static List<String> to(
      ListedFleet listed, Path directory, Signatures signatures, Expectations expected) {
    Audit audit = audit(listed, directory, signatures, expected);
    List<String> failures = failures(listed, audit);
    // What is skipped for them says nothing more.
    return failures.isEmpty()
        ? sentences(audit, Outcome.SKIP, open(listed, expected), "it is not known that ")
        : failures;
  }

  /** What does not hold. */
  public static List<String> failures(
      ListedFleet listed, Path directory, Signatures signatures, Expectations expected) {
    return failures(listed, audit(listed, directory, signatures, expected));
  }

  private static Audit audit(
      ListedFleet listed, Path directory, Signatures signatures, Expectations expected) {
    return Audit.of(
        directory,
        signatures,
        new Expectations(
            expected.signer(),
            Optional.of(listed.id()),
            expected.image(),
            Optional.empty(),
            expected.challenge(),
            expected.today()));
  }

  private static List<String> failures(ListedFleet listed, Audit audit) {
    List<String> all = sentences(audit, Outcome.FAIL, Set.of(), FAILED);
    if (!audit.manifest().equals(Optional.of(listed.evidence()))) {
      all.add(FAILED + Claim.BUNDLE_EVIDENCE.says());
    }
    Optional<Members> members = listed.members();
    Optional<Fleet> fleet = audit.fleet();
    if (fleet.isPresent() && !members.map(m -> m.describes(fleet.get())).orElse(false)) {
      all.add(FAILED + Claim.BUNDLE_LISTS.says());
    }
    return all;
  }

  private static List<String> sentences(
      Audit audit, Outcome outcome, Set<Claim> but, String begin) {
    List<String> sentences = new ArrayList<>();
    audit
        .findings()
        .forEach((claim, finding) -> {
          if (finding.outcome() == outcome && !but.contains(claim)) {
            sentences.add(begin + claim.says() + " (" + finding.why() + ")");
          }
        });
    return sentences;
  }

  /** What nobody can check yet; before a bundle is logged, nothing that needs it logged. */
  private static Set<Claim> open(ListedFleet listed, Expectations expected) {
    Set<Claim> open =
        EnumSet.of(
            Claim.ATTESTATION_QUOTE,
            Claim.ATTESTATION_FRESH,
            Claim.ATTESTATION_EAT,
            Claim.ATTESTATION_KEYS,
            Claim.ATTESTATION_CHAIN,
            Claim.ATTESTATION_VENDOR,
            Claim.BUNDLE_HOLDS,
            Claim.BUNDLE_LISTS,
            Claim.BUNDLE_EVIDENCE);
    if (expected.image().isEmpty()) {
      // Who built none goes by what HSMs say of their program, and by people.
      open.addAll(
          EnumSet.of(
              Claim.IMAGE_LISTED, Claim.IMAGE_SBOM, Claim.IMAGE_PROVENANCE, Claim.PROGRAM_REBUILT));
    }
    if (listed.state() == FleetState.RETIRING) {
      // Of a fleet that is left, HSMs may be gone already.
      open.add(Claim.POSSESSION);
    }
    return open;
  }
}
