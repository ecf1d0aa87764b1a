package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Checks a package of evidence, claim by claim.
 *
 * <p><b>Guaranteed:</b> nothing in the package is believed that is not compared with something; a
 * claim passes by its check alone, and what could not be checked is skipped with the reason. <b>Not
 * guaranteed:</b> that the HSMs are the hardware that they say, which {@link
 * Claim#ATTESTATION_VENDOR} always leaves open; that they run the program that they measure
 * themselves to be.
 */
public final class Audit {
  private final Map<Claim, Finding> findings = new EnumMap<>(Claim.class);

  private final Case of;

  private Audit(Case of) {
    this.of = of;
  }

  /**
   * Checks all claims of the package in {@code directory}.
   *
   * @param signatures verifies what people signed
   * @param expected what the auditor has from elsewhere
   */
  public static Audit of(Path directory, Signatures signatures, Expectations expected) {
    Audit audit = new Audit(new Case(directory, signatures, expected));
    // What a claim rests on stands before it.
    for (Claim claim : Claim.values()) {
      audit.findings.put(claim, audit.finding(claim));
    }
    return audit;
  }

  private Finding finding(Claim claim) {
    Optional<Claim> open =
        claim.needs().stream().filter(need -> !with(Outcome.PASS).contains(need)).findFirst();
    if (open.isPresent()) {
      return Finding.skip("it rests on " + open.get().word() + ", which did not pass");
    }
    try {
      return claim.check(of);
    } catch (Refused | CeremonyRefused | IOException e) {
      return Finding.fail(reason(e));
    }
  }

  private static String reason(Exception e) {
    return switch (e) {
      case Refused refused -> refused.what();
      case CeremonyRefused refused -> refused.what();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Every claim with what came of it, in their order. */
  public Map<Claim, Finding> findings() {
    return Collections.unmodifiableMap(findings);
  }

  /** Claims that came out so, in their order. */
  public List<Claim> with(Outcome outcome) {
    return findings.entrySet().stream()
        .filter(entry -> entry.getValue().outcome() == outcome)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The fleet that the ceremony's identities and plan make, if they make one. */
  public Optional<Fleet> fleet() {
    return of.ceremony().fleet();
  }

  /** The plan of the ceremony, if it could be read. */
  public Optional<Plan> plan() {
    return of.ceremony().plan();
  }

  /**
   * Every file of the package, as it was when it was looked at.
   *
   * @throws IOException also if something lies there that no package has
   */
  public SortedMap<String, Bytes> files() throws IOException {
    SortedMap<String, Bytes> files = new TreeMap<>();
    for (String name : of.files().names()) {
      of.files().read(name).ifPresent(content -> files.put(name, content));
    }
    return files;
  }

  /** SHA-256 of the manifest that was checked, if it was in its form. */
  public Optional<Bytes> manifest() {
    return of.manifestHash();
  }

  /** Whether nothing failed. */
  public boolean clean() {
    return with(Outcome.FAIL).isEmpty();
  }
}
