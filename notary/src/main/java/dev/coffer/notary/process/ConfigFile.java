package dev.coffer.notary.process;

import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyPlace;
import dev.coffer.notary.key.KeySource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A configuration file: lines {@code name = value}, comments after a hash at a line's start. What
 * is not known is refused, and so is what is there twice, but for settings that may repeat. Paths
 * are relative to the file's folder.
 */
public final class ConfigFile {
  private static final int SIZE_MAX = 64 << 10;

  private final Path file;
  private final Map<String, List<String>> settings;

  private ConfigFile(Path file, Map<String, List<String>> settings) {
    this.file = file;
    this.settings = settings;
  }

  /**
   * Reads a file.
   *
   * @param single settings that may stand there once
   * @param repeated settings that may stand there several times
   */
  public static ConfigFile read(Path file, Set<String> single, Set<String> repeated)
      throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > SIZE_MAX) {
      throw new IOException("There is no configuration file " + file + " of at most 64 KiB.");
    }
    Map<String, List<String>> settings = new HashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? line.strip() : line.substring(0, equals).strip();
      if (equals < 0 || !single.contains(name) && !repeated.contains(name)) {
        throw new IOException(file + " has a line that is no setting: " + name);
      }
      List<String> values = settings.computeIfAbsent(name, unused -> new ArrayList<>());
      if (!values.isEmpty() && single.contains(name)) {
        throw new IOException(file + " sets " + name + " twice.");
      }
      values.add(line.substring(equals + 1).strip());
    }
    return new ConfigFile(file, settings);
  }

  /** All values of a setting. */
  public List<String> all(String name) {
    return List.copyOf(settings.getOrDefault(name, List.of()));
  }

  /** A value, if there is one. */
  public Optional<String> optional(String name) {
    return all(name).stream().findFirst();
  }

  /** A value. */
  public String text(String name) throws IOException {
    return optional(name).orElseThrow(() -> new IOException(file + " does not set " + name + "."));
  }

  /** A whole number. */
  public long number(String name, long otherwise) throws IOException {
    try {
      return optional(name).map(Long::parseLong).orElse(otherwise);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": " + name + " is a whole number.", e);
    }
  }

  /** A path. */
  public Path path(String name) throws IOException {
    return file.toAbsolutePath().resolveSibling(text(name));
  }

  /** Host and port, such as {@code 127.0.0.1:8080}. */
  public Listen listen(String name) throws IOException {
    String value = text(name);
    int colon = value.lastIndexOf(':');
    try {
      return new Listen(
          value.substring(0, Math.max(colon, 0)), Integer.parseInt(value.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IOException(file + ": " + name + " is host:port.", e);
    }
  }

  /** The name of a key. */
  public KeyName keyName(String name) throws IOException {
    try {
      return KeyName.parse(text(name));
    } catch (Refused e) {
      throw new IOException(file + ": " + name + " is a name such as log.example/a.", e);
    }
  }

  /** Where a private key is, as {@link KeyPlace} reads it; paths are beside this file. */
  public KeySource key(String name) throws IOException {
    try {
      return KeyPlace.parse(text(name), file.toAbsolutePath().resolveSibling(""));
    } catch (IOException e) {
      throw new IOException(file + ": " + name + ": " + e.getMessage(), e);
    }
  }

  /** A verifier key. */
  public VerifierKey verifier(String name) throws IOException {
    return verifiers(name).stream()
        .findFirst()
        .orElseThrow(() -> new IOException(file + " does not set " + name + "."));
  }

  /** Verifier keys. */
  public List<VerifierKey> verifiers(String name) throws IOException {
    List<VerifierKey> keys = new ArrayList<>();
    for (String value : all(name)) {
      try {
        keys.add(VerifierKey.parse(value));
      } catch (Refused e) {
        throw new IOException(file + ": " + name + " is a verifier key: " + e.what(), e);
      }
    }
    return keys;
  }

  /** A policy file (c2sp.org/tlog-policy), if one is named. */
  public Optional<Policy> policy(String name) throws IOException {
    if (optional(name).isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Policy.parse(Bytes.wrap(Files.readAllBytes(path(name)))));
    } catch (Refused e) {
      throw new IOException(path(name) + " is no policy: " + e.what(), e);
    }
  }
}
