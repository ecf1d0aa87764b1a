package dev.coffer.cli;

import dev.coffer.cli.command.CofferCommand;

/** Entry point of the {@code coffer} command. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    int status = CofferCommand.run(Session.system(), args);
    // Nothing that a command leaves running may keep it alive.
    System.exit(status);
  }
}
