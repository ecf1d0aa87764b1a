package dev.coffer.lab.local;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The JVM's ahead-of-time cache for nodes (JEP 483, 514, 515), beside the jars it was recorded
 * from: it saves four tenths of the CPU time of a start. Without one everything works as well, only
 * later.
 */
final class NodeCache {
  private NodeCache() {}

  /** Where it is or would be; empty if the class path says nothing about it. */
  static Optional<Path> place() {
    String first = System.getProperty("java.class.path", "").split(File.pathSeparator)[0];
    boolean distribution = first.endsWith(".jar") && Path.of(first).getParent() != null;
    return distribution
        ? Optional.of(Path.of(first).toAbsolutePath().resolveSibling("coffer-node.aot"))
        : Optional.empty();
  }

  /** The cache, if there is one. */
  static Optional<Path> present() {
    return place().filter(Files::isRegularFile);
  }
}
