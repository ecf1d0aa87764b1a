package dev.coffer.analysis.search;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One planted fault: which text of the real source becomes which, why that is dangerous, and the
 * search that must notice.
 *
 * @param promise which one is broken first there; empty where the list does not say
 */
public record Mutant(String name, String why, String suite, String promise, List<Edit> edits) {
  /** A change of one file; {@code original} stands in it exactly once. */
  public record Edit(String file, String original, String replacement) {}

  /**
   * Reads a list of them, such as {@code /search/mutants.txt}, whose head says how it is written.
   */
  public static List<Mutant> read(String resource) {
    List<Mutant> mutants = new ArrayList<>();
    for (String block : text(resource).split("(?m)^mutant: ")) {
      if (!block.startsWith("#")) {
        mutants.add(parse(block));
      }
    }
    return mutants;
  }

  private static String text(String resource) {
    try (var in = Mutant.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Mutant parse(String block) {
    String[] parts = block.split("(?m)^file: ");
    String[] head = parts[0].split("(?m)^(why|suite|promise): ");
    List<Edit> edits = new ArrayList<>();
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      String[] edit = part.split("(?m)^-{3} (original|replacement|end)\\n");
      String replacement = edit.length > 2 ? edit[2] : "";
      edits.add(new Edit(edit[0].strip(), edit[1].stripTrailing(), replacement.stripTrailing()));
    }
    String promise = head.length > 3 ? head[3].strip() : "";
    return new Mutant(head[0].strip(), head[1].strip(), head[2].strip(), promise, edits);
  }

  /** The changed sources by file, of the repository that the working directory is in. */
  public Map<String, String> sources() {
    Path repository = Path.of("").toAbsolutePath();
    while (!Files.exists(repository.resolve("mvnw"))) {
      repository = repository.getParent();
    }
    return sources(repository);
  }

  private Map<String, String> sources(Path repository) {
    Map<String, String> changed = new LinkedHashMap<>();
    for (Edit edit : edits) {
      String source =
          changed.computeIfAbsent(edit.file(), file -> readSource(repository.resolve(file)));
      int at = source.indexOf(edit.original());
      if (at < 0 || source.indexOf(edit.original(), at + 1) >= 0) {
        throw new AssertionError(
            "mutant "
                + name
                + ": its original text stands "
                + (at < 0 ? "no longer" : "more than once")
                + " in "
                + edit.file()
                + ". Write it anew in mutants.txt:\n"
                + edit.original());
      }
      changed.put(edit.file(), source.replace(edit.original(), edit.replacement()));
    }
    return changed;
  }

  private static String readSource(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError("a mutant's source file cannot be read: " + file, e);
    }
  }
}
