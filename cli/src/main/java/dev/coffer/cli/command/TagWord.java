package dev.coffer.cli.command;

import dev.coffer.backup.BackupOptions;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;

/** The words that backups are marked with. */
final class TagWord {
  private TagWord() {}

  /** Refuses what no backup can have: it would find nothing, or keep nothing. */
  static void check(String word, String option) throws Failure {
    if (!BackupOptions.isTag(word)) {
      throw new Failure(
          ExitCode.USAGE,
          "This is no word to mark backups with.",
          "Give " + option + " 1 to 64 letters, digits or . _ -");
    }
  }
}
