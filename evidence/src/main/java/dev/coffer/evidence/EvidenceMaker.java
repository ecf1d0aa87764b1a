package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanScript;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Message;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Transcript;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes a package of evidence from what a ceremony left. Stateless. */
public final class EvidenceMaker {
  private EvidenceMaker() {}

  /**
   * What was made.
   *
   * @param manifest SHA-256 of {@code manifest.json}: what a bundle names as the fleet's evidence
   */
  public record Made(FleetId fleet, Bytes manifest, int files, boolean simulated) {}

  /**
   * Writes the package of the ceremony in {@code ceremony} into {@code to}, the signature last: a
   * package that was cut off has none.
   *
   * @throws CeremonyRefused if what the ceremony left does not verify; nothing was written
   */
  public static Made make(Path ceremony, Path to, Signatures signatures, EvidenceSigner signer)
      throws CeremonyRefused, IOException {
    Folder left = new DirectoryFolder(ceremony);
    Verification verification = Verification.of(left, signatures);
    for (Verification.Check check : verification.checks()) {
      if (check.objection().isPresent()) {
        throw new CeremonyRefused(
            "It does not hold that " + check.claim() + ": " + check.objection().get(),
            "Nothing was made. Take all files that the ceremony left, as they were left.");
      }
    }
    Plan plan = verification.plan().orElseThrow();
    Fleet fleet = verification.fleet().orElseThrow();
    Map<String, Bytes> files = new TreeMap<>();
    for (String name : names(plan)) {
      Optional<Bytes> content = left.read(name);
      content.ifPresent(octets -> files.put(PackageFiles.CEREMONY + name, octets));
    }
    files.put(PackageFiles.SCRIPT, Utf8.encode(PlanScript.markdown(plan)));
    files.put(PackageFiles.KEY, PublicKeyPem.encode(signer.publicKey()));
    files.put(PackageFiles.CLAIMS, claims());
    files.put(PackageFiles.STOCK, stockScript());
    Manifest manifest =
        new Manifest(
            Manifest.hashes(files),
            fleet.id(),
            plan.ceremony(),
            Promise.of(plan, fleet),
            verification.exceptions());
    files.put(PackageFiles.MANIFEST, manifest.encode());
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      write(to.resolve(file.getKey()), file.getValue());
    }
    write(to.resolve(PackageFiles.ENVELOPE), sign(manifest.encode(), signer).encode());
    return new Made(fleet.id(), manifest.hash(), files.size() + 1, manifest.promise().simulated());
  }

  static Envelope sign(Bytes statement, EvidenceSigner signer) throws IOException {
    Bytes signature = signer.sign(Envelope.signed(statement));
    return new Envelope(statement, signature, Envelope.hintOf(signer.publicKey()));
  }

  private static void write(Path file, Bytes content) throws IOException {
    AtomicFile.replace(file, content.toByteArray(), AtomicFile.Access.ANYBODY);
  }

  /** All that a ceremony by {@code plan} may leave; signatures of some people may be missing. */
  private static List<String> names(Plan plan) {
    List<String> names = new ArrayList<>();
    names.add(Verification.PLAN);
    names.add(Verification.FLEET);
    names.add(Signatures.TRANSCRIPT);
    for (int site = 1; site <= plan.sites().size(); site++) {
      names.add(Transcript.file(site));
      for (Message.Kind kind : Message.Kind.values()) {
        if (kind.saidBy(site)) {
          names.add(Message.file(kind, site));
        }
      }
    }
    for (Participant participant : plan.participants()) {
      names.add(Signatures.file(participant));
    }
    return names;
  }

  static Bytes claims() {
    return Utf8.encode(Claim.json() + "\n");
  }

  /** The script that checks a package with tools of others. */
  static Bytes stockScript() throws IOException {
    try (InputStream in = EvidenceMaker.class.getResourceAsStream(PackageFiles.STOCK)) {
      if (in == null) {
        throw new IOException("This program lacks " + PackageFiles.STOCK + ": install it again.");
      }
      return Bytes.wrap(in.readAllBytes());
    }
  }
}
