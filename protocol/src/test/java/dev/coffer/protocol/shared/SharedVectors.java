package dev.coffer.protocol.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/**
 * Vectors that both clients read. A test says what the Java code does today; the file has to say
 * the same. After a change that is meant, run the test with {@code -Dvectors.update=true} and
 * review the difference.
 */
public final class SharedVectors {
  private SharedVectors() {}

  /** An object whose members stand in the order given: name, value, name, value. */
  public static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  /** Fails unless {@code web/vectors/name.json} is exactly {@code content}. */
  public static void check(String name, Map<String, Object> content) {
    Path file = folder().resolve(name + ".json");
    String json =
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(content) + "\n";
    try {
      if (Boolean.getBoolean("vectors.update")) {
        Files.writeString(file, json);
      }
      String hint = file + " is stale; if that is meant, update it as SharedVectors says.";
      assertEquals(json, Files.readString(file, StandardCharsets.UTF_8), hint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    return at.resolve("web/vectors");
  }
}
