package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.server.Servers;
import dev.coffer.notary.witness.WitnessConfig;
import dev.coffer.notary.witness.WitnessServer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code coffer witness}: cosigns logs that grow consistently. */
@CommandLine.Command(
    name = "witness",
    description = "A witness: cosigns a log's checkpoints that only add to what it saw before.",
    subcommands = WitnessCommand.Serve.class)
final class WitnessCommand extends CommandGroup {
  /** {@code coffer witness serve}. */
  @CommandLine.Command(
      name = "serve",
      description = "Serve a witness (c2sp.org/tlog-witness). Stays until ended.")
  static final class Serve extends Command {
    @Mixin private ServeOptions server = new ServeOptions();

    @Mixin private KeyNameOption name = new KeyNameOption();

    @Option(
        names = "--also",
        paramLabel = "FILE",
        description =
            "Cosign the logs of this c2sp.org/tlog-policy, too, such as one that announces ceremonies.")
    private @Nullable Path also;

    Serve(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      WitnessConfig config =
          Servers.witness(
              server.directory(),
              name.name(),
              server.key(),
              server.policy(),
              server.listen(),
              session().clock());
      if (also != null) {
        config = config.with(policy(also));
      }
      try (WitnessServer served = WitnessServer.start(config)) {
        session().terminal().out().println("Its public key: " + served.verifier().text());
        ServeOptions.stay(session(), "The witness " + name.name(), served.port());
      }
      return ExitCode.OK;
    }

    private static Policy policy(Path file) throws Failure, IOException {
      try {
        return Policy.parse(Bytes.wrap(Files.readAllBytes(file)));
      } catch (NoSuchFileException | Refused e) {
        throw new Failure(
            ExitCode.USAGE,
            file + " is no policy of a log.",
            "Name a file in the form of c2sp.org/tlog-policy with --also.");
      }
    }
  }
}
