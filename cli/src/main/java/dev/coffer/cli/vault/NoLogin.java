package dev.coffer.cli.vault;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import java.nio.file.Path;

/** Nothing says who logs an account in: what needs no login can still be done. */
public final class NoLogin extends Failure {
  private static final long serialVersionUID = 1L;

  /** At the vault in {@code home}. */
  public NoLogin(Path home) {
    super(
        ExitCode.USAGE,
        "It is not said who logs you in at the vault in " + home + ".",
        "Name a program that does with --login-command, and the app's tenant with --tenant.");
  }
}
