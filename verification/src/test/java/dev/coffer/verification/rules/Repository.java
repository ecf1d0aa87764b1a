package dev.coffer.verification.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The source tree that this test run belongs to. */
final class Repository {
  /** Never part of the sources: what builds, editors and tools put beside them. */
  private static final Set<String> SKIPPED =
      Set.of(".git", "target", "node_modules", ".idea", ".vscode", "dist");

  /**
   * Production modules in the order of trust; what stands further left never depends on the right.
   */
  static final List<String> PRODUCTION =
      List.of(
          "files",
          "protocol",
          "pkcs11",
          "attestation",
          "hsm",
          "hsm-process",
          "hsm-simulated",
          "hsm-pkcs11",
          "hsm-tpm",
          "transparency",
          "ceremony",
          "evidence",
          "client",
          "client-kotlin",
          "backup",
          "node",
          "notary",
          "cli",
          "lab");

  private Repository() {}

  /** The root folder: the one that holds {@code mvnw}. */
  static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("mvnw"))) {
      at = at.getParent();
    }
    if (at == null) {
      throw new IllegalStateException("not inside the source tree: no mvnw in any parent folder");
    }
    return at;
  }

  /** The production modules that exist. */
  static List<String> modules() {
    return PRODUCTION.stream().filter(m -> Files.exists(root().resolve(m + "/pom.xml"))).toList();
  }

  /** Every file of the source tree, as paths relative to the root with forward slashes, sorted. */
  static List<String> files() {
    Path root = root();
    List<String> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes unused) {
              boolean skipped =
                  SKIPPED.contains(folder.getFileName().toString())
                      || folder.getFileName().toString().startsWith(".coffer-build");
              return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
              // In a linked work tree .git is a file.
              if (!file.getFileName().toString().equals(".git")) {
                files.add(root.relativize(file).toString().replace('\\', '/'));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files.stream().sorted().toList();
  }

  /** Files whose path starts and ends so. */
  static List<String> files(String prefix, String suffix) {
    return files().stream().filter(f -> f.startsWith(prefix) && f.endsWith(suffix)).toList();
  }

  /** The text of a file; empty if it is not UTF-8 text. */
  static Optional<String> text(String file) {
    try {
      String text = Files.readString(root().resolve(file), StandardCharsets.UTF_8);
      return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
    } catch (MalformedInputException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
