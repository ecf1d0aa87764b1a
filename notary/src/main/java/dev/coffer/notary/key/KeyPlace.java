package dev.coffer.notary.key;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How a setting or an option says where a private key is: a file's path, or a key in a token as a
 * PKCS#11 URI (RFC 7512) with the attributes token, object, module-path and pin-source:
 *
 * <pre>pkcs11:token=notary;object=log?module-path=/usr/lib/token.so&amp;pin-source=/etc/coffer/pin
 * </pre>
 *
 * A PIN itself ({@code pin-value}) is refused: it would stand in a command line or a configuration.
 */
public final class KeyPlace {
  private static final String SCHEME = "pkcs11:";
  private static final Set<String> NAMES = Set.of("token", "object", "module-path", "pin-source");

  private KeyPlace() {}

  /**
   * Reads such a text.
   *
   * @param folder what relative paths start from
   * @throws IOException with a sentence that says what to write instead
   */
  public static KeySource parse(String text, Path folder) throws IOException {
    if (!text.startsWith(SCHEME)) {
      return new KeyFile(folder.resolve(text).normalize());
    }
    Map<String, String> attributes = attributes(text.substring(SCHEME.length()));
    return new TokenKey(
        folder.resolve(attributes.getOrDefault("module-path", "")),
        attributes.getOrDefault("token", ""),
        attributes.getOrDefault("object", ""),
        folder.resolve(withoutScheme(attributes.getOrDefault("pin-source", ""))));
  }

  private static Map<String, String> attributes(String text) throws IOException {
    Map<String, String> attributes = new HashMap<>();
    for (String attribute : text.split("[;?&]", -1)) {
      int sign = attribute.indexOf('=');
      String name = sign < 0 ? "" : attribute.substring(0, sign);
      if (!NAMES.contains(name)) {
        throw malformed();
      }
      if (attributes.put(name, decoded(attribute.substring(sign + 1))) != null) {
        throw malformed();
      }
    }
    if (attributes.size() != NAMES.size() || attributes.containsValue("")) {
      throw malformed();
    }
    return attributes;
  }

  private static String decoded(String value) throws IOException {
    try {
      // A plus sign stands for itself in a URI's path.
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
  }

  private static String withoutScheme(String place) {
    return place.startsWith("file:") ? place.substring("file:".length()) : place;
  }

  private static IOException malformed() {
    return new IOException(
        "A token's key is written"
            + " pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=PINFILE.");
  }
}
