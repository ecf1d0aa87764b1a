package dev.coffer.cli;

import dev.coffer.cli.command.CofferCommand;
import dev.coffer.cli.vault.Deployment;
import java.util.concurrent.atomic.AtomicBoolean;

/** Entry point of the {@code coffer} command. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    run(Deployment.ELSEWHERE, args);
  }

  /** The same where more is known of the vault. */
  public static void run(Deployment deployment, String[] args) {
    AtomicBoolean done = new AtomicBoolean();
    Thread interrupted =
        new Thread(
            () -> {
              if (!done.get()) {
                System.err.println();
                System.err.println("coffer: Stopped; run the same command again: it continues.");
              }
            },
            "say that it was stopped");
    Runtime.getRuntime().addShutdownHook(interrupted);
    Session session = Session.system(deployment);
    int status = CofferCommand.run(session, args);
    session.terminal().forgetTyped();
    done.set(true);
    // Nothing that a command leaves running may keep it alive.
    System.exit(status);
  }
}
