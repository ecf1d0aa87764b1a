package dev.coffer.cli.command;

import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.terminal.Speech;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** What all commands share. */
abstract class Command implements Callable<Integer> {
  @Mixin private OutputOptions output = new OutputOptions();

  private final Session session;

  Command(Session session) {
    this.session = session;
  }

  /** Does it. */
  abstract ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException;

  @Override
  public final Integer call() throws Failure, OperatorFailure, IOException, InterruptedException {
    return run().status();
  }

  final Session session() {
    return session;
  }

  /** Where to say things, in the manner that was asked for. */
  final Speech speech() {
    return new Speech(session.terminal(), output.json(), output.quiet(), session.clock());
  }
}
