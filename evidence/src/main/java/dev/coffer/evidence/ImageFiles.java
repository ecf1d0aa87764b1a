package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.files.TreeManifest;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a package says of the image of the HSM program. All of it follows from the list of its files
 * and from the image's own {@code release}, so whoever has these writes the same octets.
 *
 * @param manifest a {@link TreeManifest}, whose SHA-256 HSMs measure
 * @param release the file of that name in the image, as jlink writes it
 */
record ImageFiles(Bytes manifest, Bytes release) {
  private static final String RELEASE_LINE = " - release";
  private static final String OF_THE_JDK = "java.";

  /** Of an image. */
  static ImageFiles read(Path image) throws IOException {
    return new ImageFiles(
        Utf8.encode(TreeManifest.of(image)),
        Bytes.wrap(Files.readAllBytes(image.resolve("release"))));
  }

  Bytes measurement() {
    return Hashes.sha256(manifest);
  }

  /** Whether {@code release} is the one that the list names. */
  boolean consistent() throws Refused {
    return lines().contains(Hashes.sha256(release).hex() + RELEASE_LINE);
  }

  private List<String> lines() throws Refused {
    return Utf8.decode(manifest, PackageFiles.IMAGE).lines().toList();
  }

  /** The value of {@code name="value"} in the release file; empty if it is not there. */
  private String released(String name) throws Refused {
    return Utf8.decode(release, PackageFiles.RELEASE)
        .lines()
        .filter(line -> line.startsWith(name + "=\"") && line.endsWith("\""))
        .map(line -> line.substring(name.length() + 2, line.length() - 1))
        .findFirst()
        .orElse("");
  }

  /** The files of a package that follow. */
  Map<String, Bytes> files() throws Refused {
    Map<String, Bytes> files = new TreeMap<>();
    files.put(PackageFiles.IMAGE, manifest);
    files.put(PackageFiles.RELEASE, release);
    files.put(PackageFiles.SBOM, sbom());
    return files;
  }

  /** A bill of materials, CycloneDX 1.6: the modules that were linked, and every file. */
  Bytes sbom() throws Refused {
    List<JsonWriter> components = new ArrayList<>();
    for (String module : released("MODULES").split(" ")) {
      JsonWriter component = new JsonWriter().put("type", "library").put("name", module);
      components.add(
          module.startsWith(OF_THE_JDK)
              ? component.put("version", released("JAVA_VERSION"))
              : component);
    }
    for (String line : lines()) {
      String[] words = line.split(" ", 3);
      JsonWriter hash = new JsonWriter().put("alg", "SHA-256").put("content", words[0]);
      components.add(
          new JsonWriter()
              .put("type", "file")
              .put("name", words[words.length - 1])
              .putAll("hashes", List.of(hash)));
    }
    JsonWriter measured =
        new JsonWriter().put("name", "coffer:measurement").put("value", measurement().hex());
    JsonWriter image =
        new JsonWriter()
            .put("type", "application")
            .put("name", "coffer-hsm-image")
            .putAll("properties", List.of(measured));
    return Utf8.encode(
        new JsonWriter()
                .put("bomFormat", "CycloneDX")
                .put("specVersion", "1.6")
                .put("version", 1)
                .put("metadata", new JsonWriter().put("component", image))
                .putAll("components", components)
            + "\n");
  }

  /**
   * From what it was built: an in-toto Statement v1 with SLSA provenance v1.
   *
   * @param commit of the source, 40 hexadecimal digits
   */
  Bytes provenance(String commit) throws Refused {
    JsonWriter subject =
        new JsonWriter()
            .put("name", "coffer-hsm-image")
            .put("digest", new JsonWriter().put("sha256", measurement().hex()));
    JsonWriter source =
        new JsonWriter()
            .put("name", "source")
            .put("digest", new JsonWriter().put("gitCommit", commit));
    JsonWriter jdk =
        new JsonWriter()
            .put("name", "jdk")
            .put("uri", "pkg:generic/jdk@" + released("JAVA_VERSION"));
    JsonWriter definition =
        new JsonWriter()
            .put("buildType", "urn:coffer:hsm-image:v1")
            .put("externalParameters", new JsonWriter().put("commit", commit))
            .putAll("resolvedDependencies", List.of(source, jdk));
    JsonWriter builder = new JsonWriter().put("id", "urn:coffer:rebuild.sh");
    return Utf8.encode(
        new JsonWriter()
                .put("_type", Manifest.STATEMENT)
                .putAll("subject", List.of(subject))
                .put("predicateType", "https://slsa.dev/provenance/v1")
                .put(
                    "predicate",
                    new JsonWriter()
                        .put("buildDefinition", definition)
                        .put("runDetails", new JsonWriter().put("builder", builder)))
            + "\n");
  }

  /** Refuses an image that is not what the HSMs measured. */
  ImageFiles requireMeasured(Path image, Bytes measured) throws CeremonyRefused {
    if (!measurement().equals(measured)) {
      throw new CeremonyRefused(
          "The image in " + image + " is not what the HSMs measured",
          "Name the one that they were started from, whole and unchanged, or none.");
    }
    return this;
  }
}
