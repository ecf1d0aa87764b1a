package dev.coffer.cli.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** A directory that one command keeps. */
final class DirectoryOption {
  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "The directory of what is served, checked, copied or watched.")
  private Path directory = Path.of("");

  /** Absolute. */
  Path path() {
    return directory.toAbsolutePath().normalize();
  }
}
