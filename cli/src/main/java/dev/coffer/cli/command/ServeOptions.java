package dev.coffer.cli.command;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeySource;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every server of transparency is told. */
final class ServeOptions {
  @Mixin private DirectoryOption directory = new DirectoryOption();

  @Mixin private KeyOption key = new KeyOption();

  @Mixin private PolicyOption policy = new PolicyOption();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "The address to listen on (default ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "The port to listen on (default: any that is free).")
  private int port;

  Path directory() {
    return directory.path();
  }

  KeySource key() throws Failure {
    return key.source();
  }

  TrustPolicy policy() throws OperatorFailure, IOException {
    return policy.newest();
  }

  Listen listen() {
    return new Listen(host, port);
  }

  /** Says that it serves, and stays until the process is ended, which these servers survive. */
  static void stay(Session session, String what, int servedPort) throws InterruptedException {
    session.terminal().out().println(what + " serves on port " + servedPort + ".");
    new CountDownLatch(1).await();
  }
}
