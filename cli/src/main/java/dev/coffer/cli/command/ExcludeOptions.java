package dev.coffer.cli.command;

import dev.coffer.backup.Exclusions;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a backup leaves out by its user's wish. */
final class ExcludeOptions {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([kMGT]?)");

  /** Octets of the largest file of patterns. */
  private static final long FILE_MAX = 1 << 20;

  @Option(
      names = "--exclude",
      paramLabel = "PATTERN",
      description =
          "Leave out what fits below a PATH, with * ? [a-z] and ** (without a slash: names anywhere); may be repeated.")
  private List<String> patterns = List.of();

  @Option(
      names = "--exclude-file",
      paramLabel = "FILE",
      description =
          "Leave out what fits a pattern in FILE, one a line; empty lines and those that begin with # are none; may be"
              + " repeated.")
  private List<Path> files = List.of();

  @Option(
      names = "--exclude-caches",
      description = "Leave out directories that a CACHEDIR.TAG marks as caches.")
  private boolean caches;

  @Option(
      names = "--exclude-larger-than",
      paramLabel = "SIZE",
      description = "Leave out files of more than SIZE octets; k, M, G and T are thousands.")
  private @Nullable String size;

  @Option(
      names = {"-x", "--one-file-system"},
      description = "Leave out what is mounted below a PATH.")
  private boolean oneFileSystem;

  /** All of it, and these paths. */
  Exclusions with(Map<Path, String> paths) throws Failure, IOException {
    List<String> all = new ArrayList<>(patterns);
    for (Path file : files) {
      all.addAll(read(file));
    }
    return new Exclusions(paths, PathPatterns.any(all), caches, oneFileSystem, sizeMax());
  }

  private static List<String> read(Path file) throws Failure, IOException {
    if (Files.size(file) > FILE_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "The file " + file + " is larger than a list of patterns.",
          "Name another with --exclude-file.");
    }
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (MalformedInputException e) {
      throw new Failure(
          ExitCode.USAGE, "The file " + file + " is no text in UTF-8.", "Write it as such.");
    }
  }

  private long sizeMax() throws Failure {
    if (size == null) {
      return Long.MAX_VALUE;
    }
    Matcher given = SIZE.matcher(size);
    if (!given.matches()) {
      throw new Failure(
          ExitCode.USAGE, "This is no size.", "Give --exclude-larger-than a number such as 500M.");
    }
    long times = 1;
    for (int thousands = " kMGT".indexOf(given.group(2).isEmpty() ? " " : given.group(2));
        thousands > 0;
        thousands--) {
      times *= 1000;
    }
    try {
      return Math.multiplyExact(Long.parseLong(given.group(1)), times);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
