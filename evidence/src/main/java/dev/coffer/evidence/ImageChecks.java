package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.files.TreeManifest;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Claims about the image of the HSM program. Stateless. */
final class ImageChecks {
  private static final int NAMES_MAX = 5;
  private static final Pattern COMMIT = Pattern.compile("\"gitCommit\":\"([0-9a-f]{40})\"");

  private ImageChecks() {}

  /** What was measured, file by file: its hash is what HSMs say that they run. */
  static Finding listed(Case of) throws Refused, CeremonyRefused, IOException {
    Optional<Bytes> manifest = of.files().read(PackageFiles.IMAGE);
    if (manifest.isEmpty()) {
      return Finding.skip("there is no " + PackageFiles.IMAGE + " in the package");
    }
    Bytes listed = Hashes.sha256(manifest.get());
    Bytes promised = of.manifest().promise().measurement();
    return Finding.of(
        listed.equals(promised), "listed: " + listed.hex() + "; promised: " + promised.hex());
  }

  private static ImageFiles image(Case of) throws CeremonyRefused, IOException {
    return new ImageFiles(of.file(PackageFiles.IMAGE), of.file(PackageFiles.RELEASE));
  }

  /** Written again from the list, since nothing else may stand in it. */
  static Finding sbom(Case of) throws Refused, CeremonyRefused, IOException {
    ImageFiles image = image(of);
    return image.consistent()
        ? Finding.of(
            of.file(PackageFiles.SBOM).equals(image.sbom()),
            "sbom.cdx.json and what follows from image.manifest and image.release")
        : Finding.fail("image.release is not the file that image.manifest names");
  }

  /** It is the builder's word; building it again shows whether it is true. */
  static Finding provenance(Case of) throws Refused, CeremonyRefused, IOException {
    Optional<Bytes> said = of.files().read(PackageFiles.PROVENANCE);
    if (said.isEmpty()) {
      return Finding.skip("there is no " + PackageFiles.PROVENANCE + " in the package");
    }
    Optional<String> commit = commit(said.get());
    return commit.isPresent() && said.get().equals(image(of).provenance(commit.get()))
        ? Finding.pass("commit " + commit.get() + ", for exactly that program")
        : Finding.fail("it is about another program, or not in its one form");
  }

  /** The commit that a provenance names. */
  static Optional<String> commit(Bytes provenance) throws Refused {
    Matcher named = COMMIT.matcher(Utf8.decode(provenance, PackageFiles.PROVENANCE));
    return named.find() ? Optional.of(named.group(1)) : Optional.empty();
  }

  static Finding rebuilt(Case of) throws CeremonyRefused, Refused, IOException {
    Optional<Path> image = of.expected().image();
    if (image.isEmpty()) {
      return Finding.skip("no image was given to compare with: build one and name it");
    }
    if (!Files.isRegularFile(image.get().resolve("lib").resolve("modules"))) {
      return Finding.skip("what was given is no HSM image: it has no lib/modules");
    }
    String manifest = TreeManifest.of(image.get());
    Bytes built = Hashes.sha256(Utf8.encode(manifest));
    Bytes said = of.fleet().hsm(1).measurement();
    return built.equals(said)
        ? Finding.pass("built: " + built.hex() + "; HSMs say the same")
        : Finding.fail(
            "built: " + built.hex() + "; HSMs say: " + said.hex() + differing(of, manifest));
  }

  /** Which files make the difference, as far as the package says what was measured. */
  private static String differing(Case of, String built) throws Refused, IOException {
    Optional<Bytes> listed = of.files().read(PackageFiles.IMAGE);
    if (listed.isEmpty()) {
      return "";
    }
    Set<String> here = new HashSet<>(built.lines().toList());
    Set<String> there = new HashSet<>(Utf8.decode(listed.get(), "manifest").lines().toList());
    Set<String> names = new TreeSet<>();
    for (Set<String> one : List.of(here, there)) {
      Set<String> other = one.equals(here) ? there : here;
      one.stream()
          .filter(line -> !other.contains(line))
          .forEach(line -> names.add(line.substring(line.lastIndexOf(' ') + 1)));
    }
    return names.isEmpty()
        ? ""
        : "; not the same: " + String.join(", ", names.stream().limit(NAMES_MAX).toList());
  }
}
