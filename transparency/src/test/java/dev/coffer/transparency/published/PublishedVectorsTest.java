package dev.coffer.transparency.published;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.ObjectMapper;

/**
 * The published vectors are what this code does, and each case does what its author meant. After a
 * change that is meant, run this test with {@code -Dvectors.update=true} and review the diff.
 */
@Tag("long")
class PublishedVectorsTest {
  private static final String FOLDER = "src/test/resources/vectors/coffer/";

  static Stream<Arguments> files() throws Exception {
    NoteVectors notes = new NoteVectors();
    ProofVectors proofs = new ProofVectors();
    BundleVectors bundles = new BundleVectors();
    return Stream.of(
        Arguments.of("note", notes.note()),
        Arguments.of("checkpoint", notes.checkpoint()),
        Arguments.of("cosignature", notes.cosignature()),
        Arguments.of("proof", proofs.proof()),
        Arguments.of("policy", proofs.policy()),
        Arguments.of("add-checkpoint", proofs.addCheckpoint()),
        Arguments.of("bundle", bundles.bundle()),
        Arguments.of("trust-policy", bundles.trustPolicy()),
        Arguments.of("delivery", bundles.deliveries()));
  }

  private static Path folder() {
    Path here = Path.of(FOLDER);
    return Files.exists(here) ? here : Path.of("transparency").resolve(FOLDER);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void areUpToDate(String name, Map<String, Object> expected) throws IOException {
    String json =
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(expected) + "\n";
    Path file = folder().resolve(name + ".json");
    if (Boolean.getBoolean("vectors.update")) {
      Files.writeString(file, json);
    }
    String hint = file + " differs; if that is meant, update it as this test says.";
    assertEquals(json, Files.readString(file, StandardCharsets.UTF_8), hint);
  }
}
