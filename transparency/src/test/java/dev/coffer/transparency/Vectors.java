package dev.coffer.transparency;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Test vectors under {@code vectors/} in the test resources; ORIGIN.md says where each is from. */
public final class Vectors {
  private Vectors() {}

  /** A vector file with its name. */
  public record Named(String name, JsonNode json) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All JSON files below a folder, sorted. */
  public static List<Named> below(String folder) {
    try (var files = Files.walk(folder(folder))) {
      List<Named> found =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .sorted()
              .map(file -> new Named(file.toString(), read(file)))
              .toList();
      if (found.isEmpty()) {
        throw new IllegalStateException("no vectors below " + folder);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(String folder) {
    try {
      return Path.of(Vectors.class.getResource("/vectors/" + folder).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One JSON file. */
  public static JsonNode json(String path) {
    return read(folder(path));
  }

  private static JsonNode read(Path file) {
    try {
      return new ObjectMapper().readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Octets that a vector gives in base64, of any length. */
  public static Bytes base64(JsonNode node) {
    return node == null || node.isNull()
        ? Bytes.EMPTY
        : Bytes.wrap(Base64.getDecoder().decode(node.asString()));
  }
}
