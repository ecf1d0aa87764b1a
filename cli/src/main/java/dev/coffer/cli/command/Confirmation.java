package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import java.io.IOException;
import java.util.Locale;

/** Asks before something that cannot be undone. */
public final class Confirmation {
  private Confirmation() {}

  /** Returns if the answer, or {@code yes}, agrees. */
  public static void ask(Session session, boolean yes, String question)
      throws Failure, IOException {
    ask(session, yes, question, "--yes");
  }

  /** The same where another flag than {@code --yes} answers. */
  static void ask(Session session, boolean yes, String question, String flag)
      throws Failure, IOException {
    if (yes) {
      return;
    }
    String answer =
        session
            .terminal()
            .ask(question + " [y/N] ")
            .orElseThrow(() ->
                new Failure(
                    ExitCode.USAGE,
                    "There is no terminal to ask for confirmation.",
                    "Add " + flag + " if you are sure."));
    if (!answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
      throw new Failure(
          ExitCode.INTERRUPTED, "Nothing was done.", "Answer y, or add " + flag + ", to go on.");
    }
  }
}
