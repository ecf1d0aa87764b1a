package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.PlanScript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.ceremony.record.Verification.Check;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Claims about the ceremony: most of them are its own verification's. Stateless. */
final class CeremonyChecks {
  private CeremonyChecks() {}

  /** What {@code coffer ceremony verify} says of that claim. */
  static Finding verified(Case of, String says, List<String> files) {
    Optional<Check> checked =
        of.ceremony().checks().stream().filter(check -> check.claim().equals(says)).findFirst();
    if (checked.isEmpty()) {
      return Finding.fail("the ceremony's verification did not come to it");
    }
    Optional<String> objection = checked.get().objection();
    return objection.isEmpty()
        ? Finding.pass("by the ceremony's verification, on " + String.join(", ", files))
        : Finding.fail(objection.get());
  }

  /** Where the plan names a log, the script was there before, too. */
  static Finding script(Case of) throws CeremonyRefused, IOException {
    Finding same =
        Finding.of(
            of.file(PackageFiles.SCRIPT).equals(Utf8.encode(PlanScript.markdown(of.plan()))),
            "script.txt and what coffer ceremony plan writes for plan.txt");
    return same.outcome() != Finding.Outcome.PASS || of.plan().announcedBy().isEmpty()
        ? same
        : verified(of, Verification.ANNOUNCED, List.of("announcement.tlog-proof"));
  }

  static Finding signatures(Case of) {
    Claim claim = Claim.CEREMONY_SIGNATURES;
    Optional<String> trouble = of.toolTrouble();
    return trouble.isPresent()
        ? Finding.skip(trouble.get())
        : verified(of, claim.says(), claim.files());
  }

  static Finding exceptions(Case of) throws Refused, CeremonyRefused, IOException {
    List<String> written = of.ceremony().exceptions();
    List<String> told = of.manifest().exceptions();
    return Finding.of(
        told.equals(written),
        "the sites wrote " + written.size() + ", the manifest tells " + told.size());
  }
}
