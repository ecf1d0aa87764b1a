package dev.coffer.cli.command;

import picocli.CommandLine.Option;

/** How a command speaks. */
final class OutputOptions {
  @Option(
      names = "--json",
      description = "One line of JSON on standard output; words go to standard error.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "No words and no progress, only results and trouble.")
  private boolean quiet;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Read defaults for options from FILE (lines of name=value).")
  @SuppressWarnings("unused") // Read before parsing, by Defaults.
  private String config = "";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  boolean help() {
    return help;
  }
}
