package dev.coffer.cli.command;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.evidence.EvidenceMaker;
import dev.coffer.evidence.EvidenceSigner;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer evidence}: what an operator publishes so that anybody can check a fleet. */
@CommandLine.Command(
    name = "evidence",
    description =
        "For operators: make the package by which anybody checks how a fleet was founded.",
    subcommands = EvidenceCommand.Make.class)
final class EvidenceCommand extends CommandGroup {
  /** {@code coffer evidence make}. */
  @CommandLine.Command(
      name = "make",
      description = {
        "Make a package of evidence from what a ceremony left: its files, a manifest signed by your key, a list of"
            + " claims, and a script that checks it with tools that are not ours.",
        "What the ceremony left has to verify (ssh-keygen is needed); otherwise nothing is made. Exit code: 8 if not."
      })
  static final class Make extends Command {
    @Parameters(
        paramLabel = "CEREMONY",
        description =
            "The folder with what the ceremony left: the stick, or exchange of a rehearsal.")
    private Path ceremony = Path.of("");

    @Option(
        names = "--to",
        required = true,
        paramLabel = "DIR",
        description = "Where to make it: an empty directory, or one that is not there yet.")
    private Path to = Path.of("");

    @Mixin private KeyOption key = new KeyOption();

    Make(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      if (!Files.isDirectory(ceremony)) {
        throw new Failure(
            ExitCode.USAGE, "There is no folder " + ceremony + ".", "Name the ceremony's.");
      }
      if (Files.exists(to)) {
        try (Stream<Path> there = Files.list(to)) {
          if (there.findAny().isPresent()) {
            throw new Failure(ExitCode.USAGE, to + " is not empty.", "Name another with --to.");
          }
        }
      }
      try (Ed25519Key opened = key.source().open()) {
        tell(EvidenceMaker.make(ceremony, to, new SshKeygen("ssh-keygen"), signer(opened)));
      } catch (CeremonyRefused e) {
        throw new Failure(ExitCode.UNTRUSTED, e.what(), e.next());
      }
      return ExitCode.OK;
    }

    private static EvidenceSigner signer(Ed25519Key key) {
      return new EvidenceSigner() {
        @Override
        public Bytes publicKey() {
          return key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws IOException {
          return key.sign(message);
        }
      };
    }

    private void tell(EvidenceMaker.Made made) {
      if (made.simulated()) {
        speech().warn("HSMs of this fleet say SIMULATED: it is for rehearsals alone.");
      }
      speech().result("Evidence of fleet " + made.fleet().value().hex() + " in " + to + ":");
      speech().result("  " + made.files() + " files, manifest sha256:" + made.manifest().hex());
      speech().say("Check it: coffer audit fleet --offline " + to);
      speech()
          .result(
              new JsonWriter()
                  .put("fleet", made.fleet().value().hex())
                  .put("manifest", made.manifest().hex())
                  .put("files", made.files())
                  .put("simulated", made.simulated())
                  .put("directory", to.toString()));
    }
  }
}
