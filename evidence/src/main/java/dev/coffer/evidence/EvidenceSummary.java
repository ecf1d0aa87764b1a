package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a bundle says of a package: read from its manifest alone. Nothing is checked but its form;
 * {@link Audit} checks.
 *
 * @param fleet whose evidence it is
 * @param manifest SHA-256 of {@code manifest.json}: what a fleet's line names
 * @param sites where its HSMs are, HSM i's at i−1
 */
public record EvidenceSummary(FleetId fleet, Bytes manifest, List<String> sites) {
  public EvidenceSummary {
    sites = List.copyOf(sites);
  }

  /**
   * Of the package in {@code directory}; empty if nothing is there.
   *
   * @throws CeremonyRefused if something is there that is no package
   */
  public static Optional<EvidenceSummary> read(Path directory) throws CeremonyRefused, IOException {
    if (!Files.exists(directory)) {
      return Optional.empty();
    }
    Bytes file =
        new PackageFiles(directory)
            .read(PackageFiles.MANIFEST)
            .orElseThrow(() ->
                new CeremonyRefused(
                    directory + " has no " + PackageFiles.MANIFEST, "Make the package again."));
    try {
      Manifest manifest = Manifest.parse(file);
      return Optional.of(
          new EvidenceSummary(
              manifest.fleet(),
              manifest.hash(),
              manifest.promise().members().stream().map(Promise.Member::site).toList()));
    } catch (Refused e) {
      throw new CeremonyRefused(
          directory.resolve(PackageFiles.MANIFEST) + " is no manifest: " + e.what(),
          "Make the package again.");
    }
  }

  /** The commit that the package in {@code directory} says the HSM program was built from. */
  public static Optional<String> commit(Path directory) throws IOException {
    Optional<Bytes> provenance = new PackageFiles(directory).read(PackageFiles.PROVENANCE);
    try {
      return provenance.isEmpty() ? Optional.empty() : ImageChecks.commit(provenance.get());
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  /** The script that builds the HSM image again: {@code sh rebuild.sh SOURCE COMMIT DIR}. */
  public static Bytes rebuildScript() throws IOException {
    return EvidenceMaker.resource(PackageFiles.REBUILD);
  }
}
