package dev.coffer.protocol;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Test vectors under {@code vectors/} in the test resources; each folder's ORIGIN.md says where
 * they come from.
 */
public final class Vectors {
  private Vectors() {}

  /** The parsed JSON file. */
  public static JsonNode json(String path) {
    try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + path)) {
      if (in == null) {
        throw new IllegalStateException("no test resource vectors/" + path);
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The members of an array. */
  public static List<JsonNode> list(JsonNode array) {
    List<JsonNode> nodes = new ArrayList<>();
    array.forEach(nodes::add);
    if (nodes.isEmpty()) {
      throw new IllegalStateException("an empty list of vectors tests nothing");
    }
    return nodes;
  }

  /** A hexadecimal member. */
  public static Bytes hex(JsonNode node, String name) {
    return Bytes.fromHex(node.get(name).asString());
  }

  /** A hexadecimal member as a secret. */
  public static SecretBytes secret(JsonNode node, String name) {
    return SecretBytes.copyOf(hex(node, name));
  }
}
