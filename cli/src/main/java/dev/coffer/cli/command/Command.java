package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Output;
import dev.coffer.notary.operator.OperatorFailure;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What all commands share. */
public abstract class Command implements Callable<Integer> {
  @Mixin private OutputOptions output = new OutputOptions();

  private final Session session;

  /** A command of that session. */
  protected Command(Session session) {
    this.session = session;
  }

  /** Does it. */
  protected abstract ExitCode run()
      throws Failure, OperatorFailure, IOException, InterruptedException;

  @Override
  public final Integer call() throws Failure, OperatorFailure, IOException, InterruptedException {
    return run().status();
  }

  /** The world that it runs in. */
  protected final Session session() {
    return session;
  }

  /** Where to say things, in the manner that was asked for. */
  protected final Output speech() {
    return new Output(session.terminal(), output.json(), output.quiet(), session.clock());
  }
}
