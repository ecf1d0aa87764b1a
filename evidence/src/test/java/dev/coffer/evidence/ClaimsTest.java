package dev.coffer.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every claim, held and broken: each lie makes exactly its claim fail. */
class ClaimsTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "evidence.md");
  private static final String BEGIN =
      "<!-- as ClaimsTest has it; it writes this with -Dgolden.update=true -->\n";
  private static final String END = "<!-- end -->";

  /** All but the two that pass or are skipped: nobody can make them fail. */
  private static final Set<Claim> CHECKED =
      EnumSet.complementOf(EnumSet.of(Claim.ATTESTATION_QUOTE, Claim.ATTESTATION_VENDOR));

  @TempDir private Path folder;

  @Test
  void aSoundPackagePassesButForHardwareThatIsNotThere() throws Exception {
    Audit audit = Tampering.sound(folder).audit();
    assertEquals(List.of(), audit.with(Outcome.FAIL), audit.findings().toString());
    assertEquals(
        List.of(
            Claim.ATTESTATION_QUOTE,
            Claim.ATTESTATION_VENDOR,
            Claim.ATTESTATION_KEYS,
            Claim.ATTESTATION_CHAIN),
        audit.with(Outcome.SKIP));
    assertTrue(audit.clean());
  }

  @Test
  void onTpmsQuotesPassAndWhoseTheyAreIsNotKnown() throws Exception {
    Audit audit = onTpms().audit();
    assertEquals(
        EnumSet.complementOf(EnumSet.of(Claim.ATTESTATION_VENDOR, Claim.ATTESTATION_CHAIN)),
        EnumSet.copyOf(audit.with(Outcome.PASS)),
        audit.findings().toString());
  }

  @Test
  void aScriptThatWasLoggedBeforeTheDayPasses() throws Exception {
    EvidencePackage made = EvidencePackage.of(new AnnouncedCeremony(ForgedCeremony.NOON), folder);
    Audit audit = made.knowing(folder.resolve("image")).audit();
    assertEquals(List.of(), audit.with(Outcome.FAIL), audit.findings().toString());
    assertTrue(audit.with(Outcome.PASS).contains(Claim.CEREMONY_SCRIPT));
  }

  /** Who has the package alone is told what that leaves open. */
  @Test
  void whatTheAuditorHasNotIsSkipped() throws Exception {
    Path there = Tampering.sound(folder).folder;
    Audit audit = Audit.of(there, ForgedCeremony.SIGNATURES, Expectations.NONE);
    assertTrue(audit.clean(), audit.findings().toString());
    assertEquals(
        List.of(
            Claim.MANIFEST_SIGNER,
            Claim.FLEET_EXPECTED,
            Claim.PROGRAM_REBUILT,
            Claim.ATTESTATION_QUOTE,
            Claim.ATTESTATION_VENDOR,
            Claim.ATTESTATION_KEYS,
            Claim.ATTESTATION_CHAIN,
            Claim.POSSESSION,
            Claim.BUNDLE_HOLDS,
            Claim.BUNDLE_LISTS,
            Claim.BUNDLE_EVIDENCE,
            Claim.ATTESTATION_FRESH),
        audit.with(Outcome.SKIP));
  }

  /** Hosts are down at times: that is no lie, and no proof either. */
  @Test
  void anHsmThatNobodyAnswersForIsSkipped() throws Exception {
    EvidencePackage made = Tampering.sound(folder);
    made.hsms =
        new LiveHsms() {
          @Override
          Optional<Bytes> sent(int index, Bytes status) {
            return index == 2 ? Optional.empty() : Optional.of(status);
          }
        };
    assertEquals(
        Finding.skip("nobody answers for HSM 2; 2 of 3 signed a nonce of this audit"),
        made.audit().findings().get(Claim.POSSESSION));
  }

  /** A list that somebody else wrote, or none, leaves open whether one is revoked. */
  @Test
  void aCertificateCountsWhileItsVendorListsIt() throws Exception {
    EvidencePackage made = onTpms();
    made.certify(DeviceCertificates.LATE, 6, DeviceCertificates.VENDOR);
    assertEquals(Outcome.PASS, made.audit().findings().get(Claim.ATTESTATION_CHAIN).outcome());
    assertEquals(List.of(), ended(made, DeviceCertificates.EARLY));
    assertEquals(
        List.of("HSM 1: certificate 5 ended at " + DeviceCertificates.LATE),
        ended(made, DeviceCertificates.LATE.plusSeconds(1)));
    String newer = DeviceCertificates.VENDOR.revoking(5, DeviceCertificates.LATE);
    assertEquals(
        List.of("a list of revoked certificates cannot be read", "HSM 1: certificate 5 is revoked"),
        ended(made, DeviceCertificates.EARLY, "no list", newer));
    made.certify(DeviceCertificates.LATE, 5, new DeviceCertificates("Vendor", 8));
    assertEquals(
        Finding.skip("HSM 1: no list that counts now says whether certificate 5 is revoked"),
        made.audit().findings().get(Claim.ATTESTATION_CHAIN));
  }

  private static List<String> ended(EvidencePackage made, Instant now, String... lists)
      throws IOException {
    List<Bytes> given = Stream.of(lists).map(ForgedCeremony::ascii).toList();
    return ChainChecks.ended(made.folder, new Expectations.Today(now, given));
  }

  private EvidencePackage onTpms() throws Exception {
    return EvidencePackage.of(new TpmCeremony(), folder).knowing(folder.resolve("image"));
  }

  /** It may be of another machine: of a TPM's endorsement key, or of any that a vendor sold. */
  @Test
  void aCertificateOfAKeyThatQuotedForNobodyIsNotKnown() throws Exception {
    EvidencePackage made = onTpms();
    made.certify(2, DeviceCertificates.deviceOf(made.fleet().hsm(2)), DeviceCertificates.LATE);
    Bytes other = DeviceCertificates.deviceOf(Tampering.sound(folder.resolve("o")).fleet().hsm(1));
    made.certify(1, other, DeviceCertificates.LATE);
    made.revoke(DeviceCertificates.VENDOR.revoking(6, DeviceCertificates.LATE));
    assertEquals(
        Finding.skip("HSM 1: nothing ties certificate 5 to it: its key quoted for no HSM"),
        made.audit().findings().get(Claim.ATTESTATION_CHAIN));
    // Who gives no time hears of what is nobody's word at any.
    made.certify(1, DeviceCertificates.deviceOf(made.fleet().hsm(2)), DeviceCertificates.LATE);
    made.remake();
    Audit audit = Audit.of(made.folder, ForgedCeremony.SIGNATURES, Expectations.NONE);
    assertEquals(List.of(Claim.ATTESTATION_CHAIN), audit.with(Outcome.FAIL));
  }

  /** What is about some alone, or about changes, revokes and does not clear. */
  @Test
  void partsOfAListRevokeAndDoNotClear() throws Exception {
    EvidencePackage made = onTpms();
    made.certify(DeviceCertificates.LATE, 6, DeviceCertificates.VENDOR);
    for (boolean changes : List.of(true, false)) {
      made.revoke(DeviceCertificates.VENDOR.partly(6, DeviceCertificates.LATE, changes));
      assertEquals(
          Finding.skip("HSM 1: no list that counts now says whether certificate 5 is revoked"),
          made.audit().findings().get(Claim.ATTESTATION_CHAIN));
      made.revoke(DeviceCertificates.VENDOR.partly(5, DeviceCertificates.LATE, changes));
      assertEquals(
          Finding.fail("HSM 1: certificate 5 is revoked"),
          made.audit().findings().get(Claim.ATTESTATION_CHAIN));
    }
    made.write(PackageFiles.chain(1), ForgedCeremony.ascii(DeviceCertificates.VENDOR.root()));
    made.remake();
    Finding alone = made.audit().findings().get(Claim.ATTESTATION_CHAIN);
    assertEquals(Outcome.FAIL, alone.outcome(), "a root is no device's certificate");
  }

  /** A tool that is missing is no word on a signature, good or bad. */
  @Test
  void withoutTheToolSignaturesAreSkipped() throws Exception {
    Path there = Tampering.sound(folder).folder;
    Audit audit =
        Audit.of(
            there,
            (person, text, signature) -> {
              throw new IOException("There is no ssh-keygen here");
            },
            Expectations.NONE);
    Finding finding = audit.findings().get(Claim.CEREMONY_SIGNATURES);
    assertEquals(Finding.skip("There is no ssh-keygen here"), finding);
    assertTrue(audit.clean());
  }

  @Test
  void nothingIsNoEvidence() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Audit audit = Audit.of(empty, ForgedCeremony.SIGNATURES, Expectations.NONE);
    assertEquals(List.of(), audit.with(Outcome.PASS));
    assertEquals(
        List.of(Claim.MANIFEST_FORM, Claim.CLAIMS_LISTED, Claim.STOCK_SCRIPT, Claim.CEREMONY_PLAN),
        audit.with(Outcome.FAIL));
  }

  /** The rule is the ceremony's own, and none of its checks is left out. */
  @Test
  void everyCheckOfTheCeremonyIsAClaim() throws Exception {
    Path there = Tampering.sound(folder).folder.resolve("ceremony");
    Set<String> checks = new TreeSet<>();
    for (var check :
        Verification.of(new DirectoryFolder(there), ForgedCeremony.SIGNATURES).checks()) {
      checks.add(check.claim());
    }
    Set<String> claims = new TreeSet<>();
    for (Claim claim : Claim.values()) {
      if (checks.contains(claim.says())) {
        claims.add(claim.says());
      }
    }
    assertEquals(11, checks.size());
    assertEquals(checks, claims);
  }

  /** What a claim rests on is checked before it. */
  @Test
  void claimsRestOnWhatStandsBefore() {
    for (Claim claim : Claim.values()) {
      claim.needs().forEach(need -> assertTrue(need.compareTo(claim) < 0, claim + " " + need));
    }
  }

  @Test
  void eachLieMakesExactlyItsClaimFail() throws Exception {
    StringBuilder table =
        new StringBuilder("| claim | lie | what the audit says |\n|---|---|---|\n");
    Set<Claim> broken = EnumSet.noneOf(Claim.class);
    int number = 0;
    for (Tampering tampering : Tampering.all()) {
      Path there = folder.resolve("lie-" + number++);
      Audit audit = tampering.lie().in(there).audit();
      assertEquals(
          List.of(tampering.claim()),
          audit.with(Outcome.FAIL),
          tampering.what() + ": " + audit.findings());
      broken.add(tampering.claim());
      table.append("| `").append(tampering.claim().word()).append("` | ");
      table.append(tampering.what()).append(" | ");
      table.append(told(audit.findings().get(tampering.claim()).why())).append(" |\n");
    }
    assertEquals(CHECKED, broken);
    System.out.print(table);
    compare(table.toString());
  }

  /** Without hashes, which change with every octet of a package. */
  private static String told(String why) {
    return why.replaceAll("[0-9a-f]{64}", "…");
  }

  private static void compare(String table) throws IOException {
    String text = Files.readString(DOCUMENT);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END, from);
    assertTrue(from >= BEGIN.length() && to > 0, DOCUMENT + " has no place for the table");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(DOCUMENT, text.substring(0, from) + table + text.substring(to));
      return;
    }
    assertEquals(table, text.substring(from, to), "the table in " + DOCUMENT);
  }
}
