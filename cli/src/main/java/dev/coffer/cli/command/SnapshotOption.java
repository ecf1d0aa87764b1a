package dev.coffer.cli.command;

import dev.coffer.backup.Snapshot;
import dev.coffer.backup.SnapshotId;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.terminal.Times;
import dev.coffer.protocol.json.JsonWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which backup: one that is named, the newest of a directory, of a time, or of all. */
final class SnapshotOption {
  /** Snapshots that an unclear name lists. */
  private static final int NAMED_MAX = 5;

  @Option(
      names = "--snapshot",
      paramLabel = "ID",
      description = "Which one, or how it begins (see coffer snapshots); otherwise the newest.")
  private @Nullable String wanted;

  @Option(
      names = "--source",
      paramLabel = "PATH",
      description =
          "Of this directory or file alone, as coffer snapshots shows it; otherwise of any.")
  private @Nullable String source;

  @Option(
      names = "--tag",
      paramLabel = "WORD",
      description = "The newest that was made with that word (coffer backup --tag).")
  private @Nullable String tag;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "As it was then: the newest that is no later. 2030-01-31, which means the end of that day,"
              + " 2030-01-31T12:00, both in local time, or with an offset, 2030-01-31T12:00Z.")
  private @Nullable String at;

  /** The time that was named, as far as the clock goes if none was. */
  Instant until() throws Failure {
    return at == null ? Instant.MAX : Times.parse(at, "--at");
  }

  /** Whether the newest is meant, now or at some time, rather than one by its name or word. */
  boolean isByTime() {
    return wanted == null && tag == null;
  }

  /** The one that was named, or marked with the word; empty if neither was given. */
  Optional<Snapshot> named(List<Snapshot> snapshots) throws Failure {
    List<Snapshot> meant = before(tagged(ofSource(snapshots)));
    if (wanted != null) {
      return Optional.of(find(meant, wanted));
    }
    return tag == null && at == null ? Optional.empty() : Optional.of(meant.getFirst());
  }

  private List<Snapshot> before(List<Snapshot> snapshots) throws Failure {
    Instant until = until();
    List<Snapshot> found = snapshots.stream().filter(one -> !one.time().isAfter(until)).toList();
    if (found.isEmpty() && at != null) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "There is no backup from "
              + Times.local(until)
              + " or before"
              + (snapshots.isEmpty()
                  ? "."
                  : ": the oldest is of " + Times.local(snapshots.getLast().time()) + "."),
          "Name a later time, or see coffer snapshots.");
    }
    return found;
  }

  private List<Snapshot> tagged(List<Snapshot> snapshots) throws Failure {
    if (tag == null) {
      return snapshots;
    }
    TagWord.check(tag, "--tag");
    List<Snapshot> found = snapshots.stream().filter(one -> one.tags().contains(tag)).toList();
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "No readable backup has the tag " + tag + ".",
          "See coffer snapshots, which shows tags in brackets.");
    }
    return found;
  }

  /** The one that was named, or the newest of the directory that was named, or of all. */
  Snapshot chosen(List<Snapshot> snapshots) throws Failure {
    Optional<Snapshot> named = named(snapshots);
    if (named.isPresent()) {
      return named.get();
    }
    return ofSource(snapshots).stream()
        .findFirst()
        .orElseThrow(() ->
            new Failure(
                ExitCode.NOT_REGISTERED,
                "There is no backup.",
                "Make one with coffer backup DIR."));
  }

  /** The source that was named, as snapshots tell it; empty if none was. */
  Optional<String> source(List<Snapshot> snapshots) throws Failure {
    if (source == null) {
      return Optional.empty();
    }
    Set<String> spellings = spellings(source);
    return ofSource(snapshots).getFirst().sources().stream()
        .filter(spellings::contains)
        .findFirst();
  }

  /** Which paths of the list of {@code chosen} are meant. */
  Predicate<String> paths(Snapshot chosen) throws Failure {
    return source(List.of(chosen)).map(chosen::within).orElse(path -> true);
  }

  private List<Snapshot> ofSource(List<Snapshot> snapshots) throws Failure {
    if (source == null) {
      return snapshots;
    }
    Set<String> spellings = spellings(source);
    List<Snapshot> found =
        snapshots.stream()
            .filter(one -> one.sources().stream().anyMatch(spellings::contains))
            .toList();
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "No readable backup is of that directory or file.",
          "Copy its name from coffer snapshots, which shows it after each backup.");
    }
    return found;
  }

  /** As it was typed, and where that leads from here. */
  private static Set<String> spellings(String source) {
    Set<String> spellings = new HashSet<>(Set.of(source));
    try {
      spellings.add(Path.of(source).toAbsolutePath().normalize().toString());
    } catch (InvalidPathException e) {
      // Another system's name: it stands as it is.
      return spellings;
    }
    return spellings;
  }

  /** The newest backup of other sources each than those of {@code chosen}, newest first. */
  static List<Snapshot> others(List<Snapshot> snapshots, Snapshot chosen) {
    Set<List<String>> seen = new HashSet<>(Set.of(chosen.sources()));
    List<Snapshot> others = new ArrayList<>();
    for (Snapshot one : snapshots) {
      if (seen.add(one.sources())) {
        others.add(one);
      }
    }
    return others;
  }

  /** Says what is not meant, if nobody said what is: a repository may hold several directories. */
  void warnOfOthers(Output speech, List<Snapshot> snapshots, Snapshot chosen) throws Failure {
    Instant limit = until();
    List<Snapshot> others =
        others(snapshots, chosen).stream().filter(one -> !one.time().isAfter(limit)).toList();
    if (wanted != null || source != null || tag != null || others.isEmpty()) {
      return;
    }
    speech.warn(
        (at == null
                ? "This is the newest backup, of "
                : "This is the newest backup of that time, of ")
            + sources(chosen)
            + " at "
            + Times.local(chosen.time())
            + ". The repository holds others too:");
    for (Snapshot other : others.subList(0, Math.min(others.size(), NAMED_MAX))) {
      speech.warn(
          (other.parts().isEmpty() ? "  --source " : "  --snapshot " + other.id() + " of ")
              + sources(other)
              + "  (last backed up at "
              + Times.local(other.time())
              + ")");
    }
    if (others.size() > NAMED_MAX) {
      speech.warn(
          "  … and "
              + Sizes.count(others.size() - NAMED_MAX, "more source")
              + " (coffer snapshots shows all)");
    }
  }

  /** What a backup is of, for people. */
  static String sources(Snapshot snapshot) {
    List<String> all = snapshot.sources();
    return Sizes.printable(
        String.join(", ", all.subList(0, Math.min(all.size(), NAMED_MAX)))
            + (all.size() > NAMED_MAX ? " and " + (all.size() - NAMED_MAX) + " more" : ""));
  }

  /** The words that it was marked with, behind what it is of. */
  static String tags(Snapshot snapshot) {
    return snapshot.tags().isEmpty()
        ? ""
        : " [" + Sizes.printable(String.join(", ", snapshot.tags())) + "]";
  }

  /** The same for programs. */
  static List<JsonWriter> json(List<Snapshot> others) {
    return others.stream()
        .map(other ->
            new JsonWriter()
                .put("source", other.source())
                .putTexts("sources", other.sources())
                .put("snapshot", other.id().toString())
                .put("time", other.time().toString()))
        .toList();
  }

  static Snapshot find(List<Snapshot> snapshots, String wanted) throws Failure {
    SnapshotId id = named(snapshots.stream().map(Snapshot::id).toList(), wanted);
    return snapshots.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
  }

  /** The one whose name is, or begins with, what was given. */
  static SnapshotId named(List<SnapshotId> all, String wanted) throws Failure {
    List<SnapshotId> found = all.stream().filter(id -> id.toString().startsWith(wanted)).toList();
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.NOT_REGISTERED,
          "No backup's name begins like that.",
          all.isEmpty()
              ? "There is none yet: make one with coffer backup DIR."
              : "Give a name from coffer snapshots, or as much of its beginning as no other has. The newest: "
                  + names(all)
                  + ".");
    }
    if (found.size() > 1) {
      throw new Failure(
          ExitCode.USAGE,
          "Several backups begin like that: " + names(found) + ".",
          "Give more of the name.");
    }
    return found.getFirst();
  }

  private static String names(List<SnapshotId> all) {
    return all.stream()
        .limit(NAMED_MAX)
        .map(SnapshotId::toString)
        .collect(Collectors.joining(", ", "", all.size() > NAMED_MAX ? " …" : ""));
  }
}
