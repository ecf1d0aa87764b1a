package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Session;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code coffer completion}: a script for the shell. */
@CommandLine.Command(
    name = "completion",
    description = "Print a completion script: source <(coffer completion bash), also in zsh.")
final class CompletionCommand extends Command {
  /** Shells with a script. */
  enum Shell {
    BASH,
    ZSH
  }

  // One script serves both: it looks which shell reads it.
  @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash (default) or zsh.")
  @SuppressWarnings("unused")
  private Shell shell = Shell.BASH;

  CompletionCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() {
    session().terminal().out().print(CofferCommand.completion(session()));
    return ExitCode.OK;
  }
}
