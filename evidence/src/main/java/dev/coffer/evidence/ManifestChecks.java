package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Claims about the package itself. Stateless. */
final class ManifestChecks {
  private ManifestChecks() {}

  static Finding form(Case of) throws Refused, CeremonyRefused, IOException {
    Manifest manifest = of.manifest();
    return Finding.pass("it names " + manifest.files().size() + " files");
  }

  static Finding signature(Case of) throws Refused, CeremonyRefused, IOException {
    Envelope envelope = Envelope.parse(of.file(PackageFiles.ENVELOPE));
    Bytes key = PublicKeyPem.parse(of.file(PackageFiles.KEY));
    if (!envelope.payload().equals(of.file(PackageFiles.MANIFEST))) {
      return Finding.fail("what is signed is not what manifest.json holds");
    }
    if (!envelope.hint().equals(Envelope.hintOf(key))) {
      return Finding.fail("the envelope names another key than evidence.pub");
    }
    return Finding.of(
        envelope.verify(key), "the Ed25519 signature of the envelope over the statement");
  }

  static Finding signer(Case of) throws Refused, CeremonyRefused, IOException {
    Optional<Bytes> expected = of.expected().signer();
    if (expected.isEmpty()) {
      return Finding.skip("no key was given to expect: anybody can sign a package");
    }
    Bytes key = PublicKeyPem.parse(of.file(PackageFiles.KEY));
    return Finding.of(
        key.equals(expected.get()), "key " + key.hex() + ", expected " + expected.get().hex());
  }

  static Finding files(Case of) throws Refused, CeremonyRefused, IOException {
    Manifest manifest = of.manifest();
    for (Map.Entry<String, Bytes> named : manifest.files().entrySet()) {
      if (!Hashes.sha256(of.file(named.getKey())).equals(named.getValue())) {
        return Finding.fail(named.getKey() + " has another SHA-256 than the manifest says");
      }
    }
    return Finding.pass("SHA-256 of " + manifest.files().size() + " files");
  }

  static Finding complete(Case of) throws Refused, CeremonyRefused, IOException {
    Set<String> named = of.manifest().files().keySet();
    int seen = 0;
    for (String name : of.files().names()) {
      boolean itself = name.equals(PackageFiles.MANIFEST) || name.equals(PackageFiles.ENVELOPE);
      if (!itself && !named.contains(name)) {
        return Finding.fail("the manifest does not name " + name);
      }
      seen++;
    }
    return Finding.pass(seen + " files, all of them named or the manifest's own");
  }

  static Finding claims(Case of) throws CeremonyRefused, IOException {
    return Finding.of(
        of.file(PackageFiles.CLAIMS).equals(EvidenceMaker.claims()),
        "claims.json and the " + Claim.values().length + " claims of this program");
  }

  static Finding stockScript(Case of) throws CeremonyRefused, IOException {
    for (String name : List.of(PackageFiles.STOCK, PackageFiles.REBUILD)) {
      if (!of.file(name).equals(EvidenceMaker.resource(name))) {
        return Finding.fail(name + " in the package and the one in this program differ");
      }
    }
    return Finding.pass("the scripts in the package and those in this program, octet for octet");
  }
}
