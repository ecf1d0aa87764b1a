package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanScript;
import dev.coffer.ceremony.record.CeremonyFiles;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Folder;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.files.AtomicFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

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
   * What HSMs were started from.
   *
   * @param commit of the source that it was built from, if it was built from one
   */
  public record Built(Path image, Optional<String> commit) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    public Built {
      Invariant.check(
          commit.map(text -> COMMIT.matcher(text).matches()).orElse(true),
          "a commit has 40 hexadecimal digits");
    }
  }

  /**
   * Writes the package of the ceremony in {@code ceremony} into {@code to}, the signature last: a
   * package that was cut off has none. Of a package that lies there already nothing else stays.
   *
   * @param image the image that the HSMs run, if it is at hand: its files are listed then; without
   *     it the list of the package that is made again stays
   * @param inquiry how to ask the HSMs what they are now, if they run; without it their answers in
   *     the package that is made again stay
   * @throws CeremonyRefused if what the ceremony left does not verify, or something lies in {@code
   *     to} that no package has; nothing was written
   */
  public static Made make(
      Path ceremony,
      Path to,
      Signatures signatures,
      EvidenceSigner signer,
      Optional<Built> image,
      Optional<Inquiry> inquiry)
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
    // Signatures of some people may be missing.
    for (String name : CeremonyFiles.of(plan)) {
      Optional<Bytes> content = left.read(name);
      content.ifPresent(octets -> files.put(PackageFiles.CEREMONY + name, octets));
    }
    files.put(PackageFiles.SCRIPT, Utf8.encode(PlanScript.markdown(plan)));
    files.put(PackageFiles.KEY, PublicKeyPem.encode(signer.publicKey()));
    files.put(PackageFiles.CLAIMS, claims());
    files.put(PackageFiles.STOCK, stockScript());
    files.put(PackageFiles.REBUILD, resource(PackageFiles.REBUILD));
    if (image.isPresent()) {
      putImage(files, image.get(), fleet.hsm(1).measurement());
    } else {
      PackageFiles before = new PackageFiles(to);
      for (String name : PackageFiles.OF_IMAGE) {
        before.read(name).ifPresent(content -> files.put(name, content));
      }
    }
    List<String> kept = new ArrayList<>(PackageFiles.ofDevices());
    if (inquiry.isPresent()) {
      files.putAll(inquiry.get().files(fleet));
    } else {
      kept.addAll(PackageFiles.ofHsms());
    }
    PackageFiles there = new PackageFiles(to);
    for (String name : kept) {
      there.read(name).ifPresent(content -> files.put(name, content));
    }
    Manifest manifest =
        new Manifest(
            Manifest.hashes(files),
            fleet.id(),
            plan.ceremony(),
            Promise.of(plan, fleet),
            verification.exceptions());
    files.put(PackageFiles.MANIFEST, manifest.encode());
    clear(to, files.keySet());
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      write(to.resolve(file.getKey()), file.getValue());
    }
    write(to.resolve(PackageFiles.ENVELOPE), sign(manifest.encode(), signer).encode());
    return new Made(fleet.id(), manifest.hash(), files.size() + 1, manifest.promise().simulated());
  }

  private static void putImage(Map<String, Bytes> files, Built built, Bytes measured)
      throws CeremonyRefused, IOException {
    try {
      ImageFiles image = ImageFiles.read(built.image()).requireMeasured(built.image(), measured);
      files.putAll(image.files());
      if (built.commit().isPresent()) {
        files.put(PackageFiles.PROVENANCE, image.provenance(built.commit().get()));
      }
    } catch (Refused e) {
      throw new CeremonyRefused(
          "The image in " + built.image() + " is none: " + e.what(), "Build it again.");
    }
  }

  static Envelope sign(Bytes statement, EvidenceSigner signer) throws IOException {
    Bytes signature = signer.sign(Envelope.signed(statement));
    return new Envelope(statement, signature, Envelope.hintOf(signer.publicKey()));
  }

  /** Leaves nothing of an earlier package that is not written again, its signature the first. */
  private static void clear(Path to, Set<String> kept) throws CeremonyRefused, IOException {
    Set<String> there;
    try {
      there = Files.exists(to) ? new PackageFiles(to).names() : Set.of();
    } catch (IOException e) {
      throw new CeremonyRefused(
          to + " is no package that can be made again: " + e.getMessage(),
          "Take away what does not belong there, or name another directory.");
    }
    Files.deleteIfExists(to.resolve(PackageFiles.ENVELOPE));
    for (String name : there) {
      if (!kept.contains(name)) {
        Files.deleteIfExists(to.resolve(name));
      }
    }
  }

  private static void write(Path file, Bytes content) throws IOException {
    AtomicFile.replace(file, content.toByteArray(), AtomicFile.Access.ANYBODY);
  }

  static Bytes claims() {
    return Utf8.encode(Claim.json() + "\n");
  }

  /** The script that checks a package with tools of others. */
  static Bytes stockScript() throws IOException {
    return resource(PackageFiles.STOCK);
  }

  /** A script of this program. */
  static Bytes resource(String name) throws IOException {
    try (InputStream in = EvidenceMaker.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("This program lacks " + name + ": install it again.");
      }
      return Bytes.wrap(in.readAllBytes());
    }
  }
}
