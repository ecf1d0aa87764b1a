package dev.coffer.evidence;

import dev.coffer.ceremony.plan.Plan;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * One lie, told by somebody who makes everything else fit: who signs the manifest anew, and has the
 * keys of all HSMs and people where that is what it takes.
 *
 * @param claim what has to fail, and nothing else
 * @param what the lie, a phrase
 */
record Tampering(Claim claim, String what, Lie lie) {
  /** Tells it: a package that is sound but for that. */
  @FunctionalInterface
  interface Lie {
    EvidencePackage in(Path folder) throws Exception;
  }

  @FunctionalInterface
  interface Change {
    void of(EvidencePackage changed) throws Exception;
  }

  /** A lie about a package that was sound. */
  static Tampering after(Claim claim, String what, Change change) {
    return new Tampering(
        claim,
        what,
        folder -> {
          EvidencePackage made = sound(folder);
          change.of(made);
          return made;
        });
  }

  /** A lie in the ceremony itself. */
  static Tampering during(Claim claim, String what, ForgedCeremony ceremony) {
    return new Tampering(
        claim,
        what,
        folder -> EvidencePackage.of(ceremony, folder).knowing(folder.resolve("image")));
  }

  static EvidencePackage sound(Path folder) throws Exception {
    return EvidencePackage.of(new ForgedCeremony(), folder).knowing(folder.resolve("image"));
  }

  static List<Tampering> all() throws Exception {
    List<Tampering> all = new ArrayList<>(ofThePackage());
    all.addAll(ofTheFiles());
    all.addAll(ofTheCeremony());
    all.addAll(ofTheIdentities());
    all.addAll(ofTheRecord());
    all.addAll(FleetTamperings.all());
    all.addAll(TokenTamperings.all());
    return all;
  }

  private static Manifest with(Manifest before, SortedMap<String, Bytes> files) {
    return new Manifest(
        files, before.fleet(), before.ceremony(), before.promise(), before.exceptions());
  }

  private static List<Tampering> ofThePackage() {
    return List.of(
        after(
            Claim.MANIFEST_FORM,
            "a blank where none belongs",
            p -> {
              p.replace(PackageFiles.MANIFEST, "\"subject\":", "\"subject\": ");
              p.sign(EvidencePackage.OPERATOR);
            }),
        after(
            Claim.MANIFEST_FORM,
            "a file outside the package is named",
            p -> {
              p.replace(PackageFiles.MANIFEST, "\"name\":\"script.txt\"", "\"name\":\"../script\"");
              p.sign(EvidencePackage.OPERATOR);
            }),
        after(
            Claim.MANIFEST_SIGNATURE,
            "signed by another than evidence.pub says",
            p -> p.sign(EvidencePackage.SOMEBODY)),
        after(
            Claim.MANIFEST_SIGNATURE,
            "another statement is signed than lies there",
            p -> {
              Bytes before = p.read(PackageFiles.ENVELOPE);
              p.promise(promise -> FleetTamperings.ofLimit(promise, 11));
              p.write(PackageFiles.ENVELOPE, before);
            }),
        after(
            Claim.MANIFEST_SIGNER,
            "made and signed by somebody else",
            p -> {
              Bytes key = EvidencePackage.SOMEBODY.publicKey();
              p.write(PackageFiles.KEY, PublicKeyPem.encode(key));
              p.remake(EvidencePackage.SOMEBODY, manifest -> manifest);
            }));
  }

  private static List<Tampering> ofTheFiles() {
    return List.of(
        after(
            Claim.MANIFEST_FILES,
            "another SHA-256 of one file",
            p ->
                p.remake(
                    EvidencePackage.OPERATOR,
                    manifest -> {
                      SortedMap<String, Bytes> files = new TreeMap<>(manifest.files());
                      files.put(PackageFiles.SCRIPT, Bytes.zeros(32));
                      return with(manifest, files);
                    })),
        after(
            Claim.MANIFEST_FILES,
            "a file is named that is not there",
            p ->
                p.remake(
                    EvidencePackage.OPERATOR,
                    manifest -> {
                      SortedMap<String, Bytes> files = new TreeMap<>(manifest.files());
                      files.put("sbom.json", Bytes.zeros(32));
                      return with(manifest, files);
                    })),
        after(
            Claim.MANIFEST_COMPLETE,
            "a file that is not named",
            p -> p.write("ceremony/signature-somebody.sig", Bytes.zeros(1))),
        after(
            Claim.MANIFEST_COMPLETE,
            "a page with a script lies there, and the manifest names it",
            p -> {
              Bytes page = ForgedCeremony.ascii("<script>alert(1)</script>\n");
              p.remake(
                  EvidencePackage.OPERATOR,
                  manifest -> {
                    SortedMap<String, Bytes> files = new TreeMap<>(manifest.files());
                    files.put("report.html", Hashes.sha256(page));
                    return with(manifest, files);
                  });
              p.write("report.html", page);
            }),
        after(
            Claim.CLAIMS_LISTED,
            "a claim is left out",
            p -> {
              p.replace(PackageFiles.CLAIMS, "\"claim\":\"promised-limit\"", "\"claim\":\"\"");
              p.remake();
            }),
        after(
            Claim.STOCK_SCRIPT,
            "a script that always says PASS",
            p -> {
              p.write(PackageFiles.STOCK, ForgedCeremony.ascii("echo PASS\n"));
              p.remake();
            }));
  }

  private static Tampering inFile(Claim claim, String what, String name, String from, String to) {
    return after(
        claim,
        what,
        p -> {
          p.replace(name, from, to);
          p.remake();
        });
  }

  private static Tampering inTranscript(String what, UnaryOperator<List<String>> of) {
    return after(
        Claim.CEREMONY_TRANSCRIPTS,
        what,
        p -> {
          Path file = p.folder.resolve("ceremony/site-2.transcript");
          List<String> lines = of.apply(new ArrayList<>(Files.readAllLines(file)));
          Files.writeString(file, String.join("\n", lines) + "\n");
          p.remake();
        });
  }

  private static List<Tampering> ofTheCeremony() {
    return List.of(
        inFile(
            Claim.CEREMONY_PLAN,
            "a line after the end of the plan",
            "ceremony/plan.txt",
            "signatures-needed 2\n",
            "signatures-needed 2\nnothing more\n"),
        inFile(
            Claim.CEREMONY_SCRIPT,
            "another script than the plan's",
            PackageFiles.SCRIPT,
            "Read aloud the sixteen words",
            "Skip the sixteen words"),
        after(
            Claim.CEREMONY_MESSAGES,
            "a site's message is missing",
            p -> {
              Files.delete(p.folder.resolve("ceremony/site-2.reveals"));
              p.remake();
            }),
        after(
            Claim.CEREMONY_PLAN,
            "a participant is missing, in the plan as well",
            p -> {
              Path file = p.folder.resolve("ceremony/plan.txt");
              String plan = Files.readString(file);
              Files.writeString(file, plan.replaceFirst("participant person-3 .*\n", ""));
              Files.delete(p.folder.resolve("ceremony/signature-person-3.sig"));
              p.remake();
            }),
        inFile(
            Claim.CEREMONY_MESSAGES,
            "a message of another site",
            "ceremony/site-3.identity",
            "site 3",
            "site 2"),
        inTranscript(
            "two lines in another order",
            lines -> {
              Collections.swap(lines, 5, 6);
              return lines;
            }),
        inTranscript("the last line is cut off", lines -> lines.subList(0, lines.size() - 1)),
        inTranscript(
            "a line more",
            lines -> {
              lines.add("9 2026-12-01T13:00:00Z exception none after " + "0".repeat(64));
              return lines;
            }));
  }

  private static List<Tampering> ofTheIdentities() {
    return List.of(
        during(
            Claim.CEREMONY_SCRIPT,
            "the plan names a log, and nothing shows that it was in one",
            new ForgedCeremony() {
              @Override
              String settings() {
                return super.settings() + "announced-by = " + "22".repeat(32) + "\n";
              }
            }),
        during(
            Claim.CEREMONY_SCRIPT,
            "another script was logged than people held",
            new AnnouncedCeremony(ForgedCeremony.NOON) {
              @Override
              Bytes leaf(Plan plan) {
                return super.leaf(plan).concat(ForgedCeremony.ascii("and more\n"));
              }
            }),
        during(
            Claim.CEREMONY_SCRIPT,
            "the script was logged when HSMs had begun",
            new AnnouncedCeremony(ForgedCeremony.NOON.plusSeconds(1))),
        during(
            Claim.CEREMONY_IDENTITIES,
            "one HSM runs another program",
            new ForgedCeremony() {
              @Override
              HsmIdentity bare(int index) {
                HsmIdentity bare = super.bare(index);
                Bytes other = index == 2 ? Bytes.zeros(32) : bare.measurement();
                return new HsmIdentity(
                    bare.statementKey(), bare.sessionKey(), bare.model(), other, Bytes.EMPTY);
              }
            }),
        during(
            Claim.CEREMONY_IDENTITIES,
            "SIMULATED HSMs where the plan has no place for such",
            new ForgedCeremony() {
              @Override
              String settings() {
                return super.settings().replace("simulated = yes", "simulated = no");
              }
            }),
        during(
            Claim.CEREMONY_WORDS,
            "one site confirmed other words",
            new ForgedCeremony() {
              @Override
              String words(int site, Bytes roll) {
                return super.words(site, site == 3 ? Hashes.sha256(roll) : roll);
              }
            }),
        after(
            Claim.CEREMONY_FLEET,
            "fleet.bin is another fleet's",
            p -> {
              Path other = p.folder.resolveSibling("other");
              new ForgedCeremony() {
                @Override
                SecretBytes hsmSeed(int index) {
                  return seed(150 + index);
                }
              }.write(other);
              p.write(
                  "ceremony/fleet.bin", Bytes.wrap(Files.readAllBytes(other.resolve("fleet.bin"))));
              p.remake();
            }));
  }

  private static List<Tampering> ofTheRecord() {
    return List.of(
        during(
            Claim.CEREMONY_FOUNDING,
            "one HSM saw other commitments",
            new ForgedCeremony() {
              @Override
              Bytes founding(int index, Bytes seen) {
                return index == 2 ? Hashes.sha256(seen) : seen;
              }
            }),
        during(
            Claim.CEREMONY_RECORD,
            "people signed another transcript",
            new ForgedCeremony() {
              @Override
              Bytes record(Bytes transcript) {
                return transcript.concat(ascii("all went well\n"));
              }
            }),
        during(
            Claim.CEREMONY_SEEN,
            "one HSM signed another transcript",
            new ForgedCeremony() {
              @Override
              Bytes seen(int index, Bytes record) {
                return index == 2 ? Hashes.sha256(record) : record;
              }
            }),
        after(
            Claim.CEREMONY_SIGNATURES,
            "two of three participants did not sign",
            p -> {
              Files.delete(p.folder.resolve("ceremony/signature-person-1.sig"));
              Files.delete(p.folder.resolve("ceremony/signature-person-3.sig"));
              p.remake();
            }),
        after(
            Claim.CEREMONY_SIGNATURES,
            "one participant's signature is another's",
            p -> {
              p.write("ceremony/signature-person-1.sig", p.read("ceremony/signature-person-2.sig"));
              p.remake();
            }),
        after(
            Claim.EXCEPTIONS_TOLD,
            "the door that stood open is not told",
            p ->
                p.remake(
                    EvidencePackage.OPERATOR,
                    manifest ->
                        new Manifest(
                            manifest.files(),
                            manifest.fleet(),
                            manifest.ceremony(),
                            manifest.promise(),
                            List.of()))));
  }
}
