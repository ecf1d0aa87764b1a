package dev.coffer.lab;

import dev.coffer.lab.command.LocalDeployment;

/** The {@code coffer} command of a source tree, which can run a vault on this machine. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its {@link dev.coffer.cli.ExitCode}. */
  public static void main(String[] args) {
    dev.coffer.cli.Main.run(new LocalDeployment(), args);
  }
}
