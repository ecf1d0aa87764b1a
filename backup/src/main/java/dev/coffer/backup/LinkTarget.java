package dev.coffer.backup;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The target of a symbolic link as octets. A target that is not UTF-8 is kept as well as the runtime's text allows. */
final class LinkTarget {
  private LinkTarget() {}

  static byte[] octets(Path target) {
    return target.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Optional<Path> path(FileSystem fileSystem, byte[] octets) {
    try {
      return Optional.of(fileSystem.getPath(new String(octets, StandardCharsets.UTF_8)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
