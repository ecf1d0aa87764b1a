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

  @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash (default) or zsh.")
  private Shell shell = Shell.BASH;

  CompletionCommand(Session session) {
    super(session);
  }

  @Override
  ExitCode run() {
    if (shell == Shell.ZSH) {
      // The script is bash's; zsh reads it through its own emulation.
      session().terminal().out().println("autoload -U +X bashcompinit && bashcompinit");
    }
    session().terminal().out().print(CofferCommand.completion(session()));
    return ExitCode.OK;
  }
}
