package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyPlace;
import dev.coffer.notary.key.KeySource;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Option;

/** What every server of transparency is told. */
final class ServeOptions {
  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Its directory, which it alone writes.")
  private Path directory = Path.of("");

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = {
        "Its private key: a PEM file with mode 600 (openssl genpkey -algorithm ed25519), or a token's",
        "key as pkcs11:token=LABEL;object=LABEL?module-path=LIBRARY&pin-source=PINFILE."
      })
  private String key = "";

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "The trust policy that names log and witnesses, with its roots' signatures.")
  private Path policy = Path.of("");

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
    return directory.toAbsolutePath().normalize();
  }

  KeySource key() throws Failure, OperatorFailure {
    return key(key);
  }

  /** The key that an option names. */
  static KeySource key(String place) throws Failure, OperatorFailure {
    try {
      return KeyPlace.parse(place, Path.of("").toAbsolutePath());
    } catch (IOException e) {
      throw new Failure(ExitCode.USAGE, "The key cannot be used.", String.valueOf(e.getMessage()));
    }
  }

  TrustPolicy policy() throws Failure, OperatorFailure, IOException {
    return OperatorPolicies.newest(policy);
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
