package dev.coffer.cli.operations;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Static files of one folder: what is below it, has a plain name, and is no link that leads out.
 * Thread-safe.
 */
final class Pages {
  private static final int FILE_MAX = 4 << 20;
  private static final Pattern PATH =
      Pattern.compile("(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){1,4}");
  private static final Map<String, String> TYPES =
      Map.of(
          ".html", "text/html; charset=utf-8",
          ".js", "text/javascript; charset=utf-8",
          ".css", "text/css; charset=utf-8",
          ".json", "application/json",
          ".md", "text/plain; charset=utf-8");

  private final Path root;

  Pages(Path folder) throws IOException {
    this.root = folder.toRealPath();
  }

  /** What a file is, and what is in it. */
  record Page(String type, Bytes body) {}

  Optional<Page> at(String path) throws IOException {
    String named = path.endsWith("/") ? path + "index.html" : path;
    String type = TYPES.get(named.substring(Math.max(0, named.lastIndexOf('.'))));
    Path file = PATH.matcher(named).matches() ? root.resolve(named.substring(1)) : root;
    if (type == null || !Files.isRegularFile(file) || !file.toRealPath().startsWith(root)) {
      return Optional.empty();
    }
    if (Files.size(file) > FILE_MAX) {
      return Optional.empty();
    }
    return Optional.of(new Page(type, Bytes.wrap(Files.readAllBytes(file))));
  }
}
