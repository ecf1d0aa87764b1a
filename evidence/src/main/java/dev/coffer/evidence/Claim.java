package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All that is claimed of a package and its fleet. A claim is checked if everything that it rests on
 * has passed, and is skipped otherwise: so what fails is what is wrong, and not what follows from
 * it. The sentences of the ceremony's claims are those of {@code Verification}, which checks them.
 */
public enum Claim {
  MANIFEST_FORM(
      "manifest.json is a statement over files in its one form",
      List.of(PackageFiles.MANIFEST),
      ManifestChecks::form),
  MANIFEST_SIGNATURE(
      "the manifest is signed by the key in evidence.pub",
      List.of(PackageFiles.MANIFEST, PackageFiles.ENVELOPE, PackageFiles.KEY),
      ManifestChecks::signature,
      MANIFEST_FORM),
  MANIFEST_SIGNER(
      "the key in evidence.pub is the one that the auditor expects",
      List.of(PackageFiles.KEY),
      ManifestChecks::signer,
      MANIFEST_SIGNATURE),
  MANIFEST_FILES(
      "every file that the manifest names is there with that SHA-256",
      List.of(PackageFiles.MANIFEST),
      ManifestChecks::files,
      MANIFEST_FORM),
  MANIFEST_COMPLETE(
      "nothing lies in the package but what a package has and the manifest names",
      List.of(PackageFiles.MANIFEST),
      ManifestChecks::complete,
      MANIFEST_FORM),
  CLAIMS_LISTED(
      "claims.json lists exactly the claims that are checked here",
      List.of(PackageFiles.CLAIMS),
      ManifestChecks::claims),
  STOCK_SCRIPT(
      "the scripts are those that this program carries",
      List.of(PackageFiles.STOCK, PackageFiles.REBUILD),
      ManifestChecks::stockScript),
  CEREMONY_PLAN("the plan is whole and in its one form", List.of("ceremony/plan.txt")),
  CEREMONY_SCRIPT(
      "script.txt, which people held on the day, is what the plan says",
      List.of(PackageFiles.SCRIPT, "ceremony/plan.txt"),
      CeremonyChecks::script,
      CEREMONY_PLAN),
  CEREMONY_MESSAGES(
      "every site's messages are there and of this plan",
      List.of(
          "ceremony/site-*.identity",
          "ceremony/site-1.certificates",
          "ceremony/site-*.commitments",
          "ceremony/site-*.reveals",
          "ceremony/site-*.statement"),
      CEREMONY_PLAN),
  CEREMONY_TRANSCRIPTS(
      "each transcript follows line by line and names those messages",
      List.of("ceremony/site-*.transcript"),
      CEREMONY_MESSAGES),
  CEREMONY_IDENTITIES(
      "the identities are distinct and as the plan lets them be",
      List.of("ceremony/site-*.identity"),
      CEREMONY_MESSAGES),
  CEREMONY_ATTESTATIONS(
      "every HSM's attestation holds and is what the plan says of it",
      List.of("ceremony/site-*.identity", "ceremony/plan.txt"),
      CEREMONY_IDENTITIES),
  CEREMONY_WORDS(
      "people at every site confirmed the words of these identities",
      List.of("ceremony/site-*.transcript"),
      CEREMONY_TRANSCRIPTS,
      CEREMONY_IDENTITIES),
  CEREMONY_FLEET(
      "fleet.bin is the fleet of these identities and settings",
      List.of("ceremony/fleet.bin"),
      CEREMONY_IDENTITIES),
  CEREMONY_FOUNDING(
      "every HSM signed the one founding of this fleet",
      List.of("ceremony/site-*.commitments", "ceremony/site-*.statement"),
      CEREMONY_IDENTITIES),
  CEREMONY_RECORD(
      "transcript.txt is what the sites did",
      List.of("ceremony/transcript.txt"),
      CEREMONY_TRANSCRIPTS,
      CEREMONY_IDENTITIES),
  CEREMONY_SEEN(
      "every HSM signed transcript.txt",
      List.of("ceremony/transcript.txt", "ceremony/site-*.seen"),
      CEREMONY_RECORD),
  CEREMONY_SIGNATURES(
      "enough participants signed transcript.txt, and none wrongly",
      List.of("ceremony/transcript.txt", "ceremony/signature-*.sig"),
      CeremonyChecks::signatures,
      CEREMONY_RECORD),
  EXCEPTIONS_TOLD(
      "the manifest tells every exception that a site wrote down",
      List.of(PackageFiles.MANIFEST, "ceremony/site-*.transcript"),
      CeremonyChecks::exceptions,
      MANIFEST_FORM,
      CEREMONY_TRANSCRIPTS),
  FLEET_NAMED(
      "the manifest is about the fleet of this ceremony",
      List.of(PackageFiles.MANIFEST, "ceremony/site-*.identity", "ceremony/plan.txt"),
      FleetChecks::named,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  FLEET_EXPECTED(
      "it is the fleet whose keys the auditor's client uses",
      List.of("ceremony/site-*.identity", "ceremony/plan.txt"),
      FleetChecks::expected,
      CEREMONY_IDENTITIES),
  PROMISED_QUORUM(
      "number of HSMs, threshold, quorum and partitions are as promised",
      List.of(PackageFiles.MANIFEST, "ceremony/plan.txt"),
      FleetChecks::quorum,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  PROMISED_LIMIT(
      "no registration can ask for more guesses than promised",
      List.of(PackageFiles.MANIFEST, "ceremony/plan.txt"),
      FleetChecks::limit,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  PROMISED_LOGINS(
      "a login alone can do what is promised and nothing else",
      List.of(PackageFiles.MANIFEST, "ceremony/plan.txt"),
      FleetChecks::logins,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  PROMISED_PROGRAM(
      "every HSM says that it runs the program that is promised",
      List.of(PackageFiles.MANIFEST, "ceremony/site-*.identity"),
      FleetChecks::program,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  PROMISED_HSMS(
      "every HSM says of itself what the manifest says of it",
      List.of(PackageFiles.MANIFEST, "ceremony/site-*.identity"),
      FleetChecks::members,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  SIMULATED_TOLD(
      "the manifest calls the fleet SIMULATED if any of its HSMs is",
      List.of(PackageFiles.MANIFEST, "ceremony/site-*.identity"),
      FleetChecks::simulated,
      MANIFEST_FORM,
      CEREMONY_IDENTITIES),
  IMAGE_LISTED(
      "image.manifest lists every file of the program that is promised",
      List.of(PackageFiles.MANIFEST, PackageFiles.IMAGE),
      ImageChecks::listed,
      MANIFEST_FORM,
      PROMISED_PROGRAM),
  IMAGE_SBOM(
      "sbom.cdx.json names every file of that program and every module of its release file",
      List.of(PackageFiles.IMAGE, PackageFiles.RELEASE, PackageFiles.SBOM),
      ImageChecks::sbom,
      IMAGE_LISTED),
  IMAGE_PROVENANCE(
      "provenance.json says from which source that program was built",
      List.of(PackageFiles.IMAGE, PackageFiles.RELEASE, PackageFiles.PROVENANCE),
      ImageChecks::provenance,
      IMAGE_SBOM),
  PROGRAM_REBUILT(
      "the program is the one that the auditor built",
      List.of("ceremony/site-*.identity"),
      ImageChecks::rebuilt,
      CEREMONY_IDENTITIES),
  ATTESTATION_QUOTE(
      "every HSM shows a device's quote over its keys and its program",
      List.of("ceremony/site-*.identity"),
      FleetChecks::quotes,
      CEREMONY_ATTESTATIONS),
  ATTESTATION_VENDOR(
      "the vendor of its hardware stands for every HSM",
      List.of(),
      FleetChecks::vendors,
      CEREMONY_ATTESTATIONS),
  ATTESTATION_EAT(
      "every HSM attested its keys, its program and no debugger, over the package's nonce",
      List.of(
          "attestation-*.eat",
          PackageFiles.CHECKPOINT,
          PackageFiles.RANDOMNESS,
          "ceremony/site-*.identity"),
      TokenChecks::attested,
      CEREMONY_IDENTITIES),
  ATTESTATION_KEYS(
      "each key that seals an HSM's own is opened by its hardware alone",
      List.of("attestation-*.eat"),
      TokenChecks::keys,
      CEREMONY_ATTESTATIONS,
      ATTESTATION_EAT),
  ATTESTATION_CHAIN(
      "each certificate of a device is of the one that quoted for its HSM, and counts today",
      List.of("attestation-*.chain.pem", PackageFiles.REVOKED, "ceremony/site-*.identity"),
      ChainChecks::stand,
      CEREMONY_ATTESTATIONS),
  POSSESSION(
      "every HSM signs a fresh challenge with its statement key",
      List.of("ceremony/site-*.identity"),
      LiveChecks::possession,
      CEREMONY_IDENTITIES),
  BUNDLE_HOLDS(
      "the bundle is signed, logged, cosigned and the newest",
      List.of("ceremony/site-*.identity", "ceremony/plan.txt"),
      BundleChecks::holds,
      CEREMONY_IDENTITIES),
  BUNDLE_LISTS(
      "the bundle lists this fleet with every key and every setting",
      List.of("ceremony/site-*.identity", "ceremony/plan.txt"),
      BundleChecks::lists,
      BUNDLE_HOLDS),
  BUNDLE_EVIDENCE(
      "the bundle names this very manifest as the fleet's evidence",
      List.of(PackageFiles.MANIFEST),
      BundleChecks::evidence,
      BUNDLE_HOLDS,
      MANIFEST_FORM),
  ATTESTATION_FRESH(
      "that nonce holds a checkpoint that the log's witnesses saw after the founding",
      List.of(PackageFiles.CHECKPOINT, "ceremony/site-*.statement"),
      TokenChecks::fresh,
      ATTESTATION_EAT,
      CEREMONY_FOUNDING,
      BUNDLE_HOLDS);

  /** A rule: what is thrown is a failure with its reason. */
  @FunctionalInterface
  interface Check {
    Finding on(Case of) throws Refused, CeremonyRefused, IOException;
  }

  private final String says;
  private final List<String> files;
  private final Check check;
  private final List<Claim> needs;

  Claim(String says, List<String> files, Check check, Claim... needs) {
    this.says = says;
    this.files = files;
    this.check = check;
    this.needs = List.of(needs);
  }

  /** One that the ceremony's own verification checks. */
  Claim(String says, List<String> files, Claim... needs) {
    this(says, files, of -> CeremonyChecks.verified(of, says, files), needs);
  }

  /** How it is written: {@code manifest-form}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The claim, one clause. */
  public String says() {
    return says;
  }

  /** The files of the package that it is about; a star stands for a site's or person's name. */
  public List<String> files() {
    return files;
  }

  /** What it rests on: those are checked before. */
  public List<Claim> needs() {
    return needs;
  }

  Finding check(Case of) throws Refused, CeremonyRefused, IOException {
    return check.on(of);
  }

  /** All claims for programs: the octets of {@code claims.json}. */
  static String json() {
    List<JsonWriter> claims = new ArrayList<>();
    for (Claim claim : values()) {
      claims.add(
          new JsonWriter()
              .put("claim", claim.word())
              .put("says", claim.says)
              .putTexts("files", claim.files)
              .putTexts("needs", claim.needs.stream().map(Claim::word).toList())
              .put("check", "coffer audit fleet"));
    }
    return new JsonWriter()
        .put("format", "coffer/evidence-claims/v1")
        .putAll("claims", claims)
        .toString();
  }
}
