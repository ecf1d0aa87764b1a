package dev.coffer.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.evidence.Finding.Outcome;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of the package: openssl, ssh-keygen and sha256sum, and none of our code. */
class StockToolsTest {
  @TempDir private Path folder;

  private static boolean here(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(part -> Files.isExecutable(Path.of(part, tool)));
  }

  /** What the script says of each claim; its status is 0 exactly if none failed. */
  private Map<Claim, Outcome> run(EvidencePackage made) throws Exception {
    for (String tool : List.of("openssl", "ssh-keygen", "sha256sum")) {
      assumeTrue(here(tool), "there is no " + tool + " here: install openssl, openssh-client");
    }
    Path script = folder.resolve("trusted.sh");
    Files.write(script, EvidenceMaker.stockScript().toByteArray());
    Path key = folder.resolve("key.pem");
    Files.write(key, PublicKeyPem.encode(EvidencePackage.OPERATOR.publicKey()).toByteArray());
    Path said = folder.resolve("said");
    String fleet = made.expected.fleet().orElseThrow().value().hex();
    List<String> command =
        List.of("sh", script.toString(), made.folder.toString(), key.toString(), fleet);
    Process process =
        new ProcessBuilder(new ArrayList<>(command))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int status = process.waitFor();
    Map<Claim, Outcome> outcomes = new EnumMap<>(Claim.class);
    for (String line : Files.readAllLines(said)) {
      String[] words = line.split(" +", 3);
      Claim claim = Claim.valueOf(words[1].toUpperCase(Locale.ROOT).replace('-', '_'));
      outcomes.put(claim, Outcome.valueOf(words[0]));
    }
    assertEquals(outcomes.containsValue(Outcome.FAIL) ? 1 : 0, status, Files.readString(said));
    return outcomes;
  }

  private static Set<Claim> with(Map<Claim, Outcome> outcomes, Outcome outcome) {
    Set<Claim> found = EnumSet.noneOf(Claim.class);
    outcomes.forEach((claim, came) -> {
      if (came == outcome) {
        found.add(claim);
      }
    });
    return found;
  }

  @Test
  void aSoundPackageHasNothingThatFails() throws Exception {
    Map<Claim, Outcome> outcomes = run(Tampering.sound(folder));
    assertEquals(Set.of(), with(outcomes, Outcome.FAIL));
    assertEquals(EnumSet.allOf(Claim.class), outcomes.keySet());
    assertEquals(
        EnumSet.of(
            Claim.STOCK_SCRIPT,
            Claim.CEREMONY_PLAN,
            Claim.CEREMONY_SCRIPT,
            Claim.CEREMONY_IDENTITIES,
            Claim.CEREMONY_ATTESTATIONS,
            Claim.IMAGE_SBOM,
            Claim.IMAGE_PROVENANCE,
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
        with(outcomes, Outcome.SKIP));
  }

  /** Each lie about a claim that it checks is found by the script, too. */
  @Test
  void whatItChecksItFindsChanged() throws Exception {
    Set<Claim> checked = with(run(Tampering.sound(folder.resolve("good"))), Outcome.PASS);
    Set<Claim> found = EnumSet.noneOf(Claim.class);
    int runs = 0;
    for (Tampering tampering : Tampering.all()) {
      // The first lie about each: a run starts some three hundred processes.
      boolean first = checked.contains(tampering.claim()) && found.add(tampering.claim());
      if (first || tampering.claim() == Claim.MANIFEST_COMPLETE) {
        Path there = folder.resolve("lie-" + runs++);
        Map<Claim, Outcome> outcomes = run(tampering.lie().in(there));
        assertTrue(
            with(outcomes, Outcome.FAIL).contains(tampering.claim()),
            tampering.claim() + ", " + tampering.what() + ": " + outcomes);
      }
    }
    assertEquals(checked, found);
  }

  /** The plan's own rules need Coffer; what they say of people who sign it checks as well. */
  @Test
  void whoSignsIsAMajorityOfDifferentPeople() throws Exception {
    EvidencePackage made = Tampering.sound(folder.resolve("good"));
    assertTrue(with(run(made), Outcome.PASS).contains(Claim.CEREMONY_SIGNATURES));
    String plan = "ceremony/plan.txt";
    String text = Files.readString(made.folder.resolve(plan));
    String person =
        text.lines().filter(l -> l.startsWith("participant person-1 ")).findFirst().orElseThrow();
    for (String lie :
        List.of(
            text.replace("signatures-needed 2", "signatures-needed 1"),
            text.replace("signatures-needed 2", "signatures-needed "),
            text.replace("signatures-needed 2\n", ""),
            text.replace(person, person + "\n" + person.replace("person-1", "person-4")))) {
      made.write(plan, ForgedCeremony.ascii(lie));
      assertTrue(with(run(made), Outcome.FAIL).contains(Claim.CEREMONY_SIGNATURES), lie);
    }
  }

  /** What a sound package of a demonstration has not: hardware. */
  @Test
  void keysAndCertificatesOfHardwareAreCheckedToo() throws Exception {
    EvidencePackage tpm =
        EvidencePackage.of(new TpmCeremony(), folder).knowing(folder.resolve("image"));
    tpm.certify(DeviceCertificates.LATE, 6, DeviceCertificates.VENDOR);
    Map<Claim, Outcome> outcomes = run(tpm);
    assertEquals(Set.of(), with(outcomes, Outcome.FAIL));
    assertEquals(Outcome.PASS, outcomes.get(Claim.ATTESTATION_KEYS));
    assertEquals(Outcome.PASS, outcomes.get(Claim.ATTESTATION_CHAIN));
    tpm.certify(DeviceCertificates.LATE, 5, DeviceCertificates.VENDOR);
    assertEquals(Set.of(Claim.ATTESTATION_CHAIN), with(run(tpm), Outcome.FAIL));
    tpm.certify(DeviceCertificates.LATE, 6, DeviceCertificates.VENDOR);
    HsmIdentity elsewhere = Tampering.sound(folder.resolve("elsewhere")).fleet().hsm(1);
    Map<HsmIdentity, Outcome> others =
        Map.of(tpm.fleet().hsm(2), Outcome.FAIL, elsewhere, Outcome.SKIP);
    for (Map.Entry<HsmIdentity, Outcome> other : others.entrySet()) {
      tpm.certify(1, DeviceCertificates.deviceOf(other.getKey()), DeviceCertificates.LATE);
      tpm.remake();
      assertEquals(other.getValue(), run(tpm).get(Claim.ATTESTATION_CHAIN));
    }
    int lies = 0;
    for (Tampering tampering : Tampering.all()) {
      if (tampering.claim() == Claim.ATTESTATION_KEYS) {
        Map<Claim, Outcome> lied = run(tampering.lie().in(folder.resolve("lie-" + lies++)));
        assertEquals(Set.of(Claim.ATTESTATION_KEYS), with(lied, Outcome.FAIL), tampering.what());
      }
    }
    assertEquals(4, lies);
  }

  /** cosign takes the manifest of any file in it, and no other file's, nor another's manifest. */
  @Test
  void cosignReadsTheManifest() throws Exception {
    assumeTrue(here("cosign"), "there is no cosign here: take it from Debian");
    EvidencePackage made = Tampering.sound(folder);
    assertEquals(0, cosign(made, "ceremony/fleet.bin"));
    assertEquals(0, cosign(made, PackageFiles.CLAIMS));
    made.replace(PackageFiles.CLAIMS, "promised-limit", "promised-limits");
    assertNotEquals(0, cosign(made, PackageFiles.CLAIMS));
    made.sign(EvidencePackage.SOMEBODY);
    assertNotEquals(0, cosign(made, "ceremony/fleet.bin"));
  }

  private int cosign(EvidencePackage made, String file) throws Exception {
    List<String> command =
        List.of(
            "cosign",
            "verify-blob-attestation",
            "--key",
            PackageFiles.KEY,
            "--insecure-ignore-tlog",
            "--type",
            Manifest.PREDICATE,
            "--bundle",
            PackageFiles.ENVELOPE,
            file);
    return new ProcessBuilder(new ArrayList<>(command))
        .directory(made.folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start()
        .waitFor();
  }
}
