package dev.coffer.cli.command;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.RehearsalHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.EvidenceKey;
import dev.coffer.cli.vault.StatusCall;
import dev.coffer.evidence.EvidenceMaker;
import dev.coffer.evidence.EvidenceSummary;
import dev.coffer.evidence.Inquiry;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.notary.key.KeySource;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer evidence}: what an operator publishes so that anybody can check a fleet. */
@CommandLine.Command(
    name = "evidence",
    description =
        "For operators: make the package by which anybody checks how a fleet was founded, and publish it as web pages.",
    subcommands = {EvidenceCommand.Make.class, EvidencePublishCommand.class})
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
        arity = "0..1",
        description =
            "The folder with what the ceremony left: the stick, or exchange of a rehearsal (default: of the newest"
                + " rehearsal, whose key signs, and whose first site gets the package).")
    private @Nullable Path ceremony;

    @Option(
        names = "--to",
        paramLabel = "DIR",
        description =
            "Where to make it: an empty directory, one that is not there yet, or one with this fleet's package. In"
                + " the fleet's home it is called evidence: a bundle names what is there.")
    private @Nullable Path to;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "The private key: a PEM file with mode 600 (openssl genpkey -algorithm ed25519), or a token's "
                + "key as with coffer notary serve.")
    private @Nullable String key;

    @Option(
        names = "--image",
        paramLabel = "DIR",
        description =
            "The HSM image that the HSMs were started from: every file of it is listed in the package, and in a bill of"
                + " materials (CycloneDX).")
    private @Nullable Path image;

    @Option(
        names = "--commit",
        paramLabel = "HASH",
        description =
            "With --image: the commit of the source that it was built from, 40 hexadecimal digits, for a provenance"
                + " statement (SLSA) that auditors build again.")
    private @Nullable String commit;

    @Option(
        names = "--used-by",
        paramLabel = "DIR",
        description =
            "The fleet's home: its HSMs, which have to run, are asked what they are now, and their signed answers"
                + " (EAT) become part of the package. Without it those of the package before stay.")
    private @Nullable Path usedBy;

    @Option(
        names = "--checkpoint",
        paramLabel = "FILE",
        description =
            "With --used-by: the log's newest checkpoint with its cosignatures, as GET /checkpoint gives it. It shows"
                + " that no answer is older.")
    private @Nullable Path checkpoint;

    @Option(
        names = "--randomness",
        paramLabel = "HEX",
        description =
            "With --used-by: 64 hexadecimal digits that became public today, such as a round of a beacon (default:"
                + " random ones of this machine, which show nothing to others).")
    private @Nullable String randomness;

    Make(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, IOException {
      Optional<RehearsalHome> newest =
          ceremony == null ? RehearsalHome.newest(session()) : Optional.empty();
      Path left =
          given(
              ceremony,
              newest.map(RehearsalHome::exchange),
              "No ceremony is named, and none was rehearsed here.");
      Path there =
          given(
              to,
              newest.map(rehearsal -> VaultHome.evidence(rehearsal.site(1))),
              "It is not said where to make the package: name a directory with --to.");
      if (!Files.isDirectory(left)) {
        throw new Failure(
            ExitCode.USAGE, "There is no folder " + left + ".", "Name the ceremony's.");
      }
      KeySource signing =
          KeyOption.source(
              given(
                  key,
                  newest.map(rehearsal -> rehearsal.operatorKey().toString()),
                  "It is not said who signs: name the operator's key with --key."));
      // What is named wrongly is said before a token is asked for its PIN.
      Optional<EvidenceMaker.Built> built = built();
      Optional<Inquiry> inquiry = inquiry();
      SshKeygen signatures = new SshKeygen("ssh-keygen");
      try (Ed25519Key opened = signing.open()) {
        refuseForeign(there, left, signatures);
        tell(
            EvidenceMaker.make(left, there, signatures, new EvidenceKey(opened), built, inquiry),
            there);
      } catch (CeremonyRefused e) {
        throw new Failure(ExitCode.UNTRUSTED, e.what(), e.next());
      }
      return ExitCode.OK;
    }

    private Optional<EvidenceMaker.Built> built() throws Failure {
      if (commit != null && (image == null || !commit.matches("[0-9a-f]{40}"))) {
        throw new Failure(
            ExitCode.USAGE,
            "A commit is 40 hexadecimal digits, and an image's.",
            "Name the image with --image, and its commit as git rev-parse prints it.");
      }
      return Optional.ofNullable(image)
          .map(built -> new EvidenceMaker.Built(built, Optional.ofNullable(commit)));
    }

    private Optional<Inquiry> inquiry() throws Failure, IOException {
      boolean digits = randomness == null || randomness.matches("[0-9a-f]{64}");
      if (!digits || (usedBy == null && (checkpoint != null || randomness != null))) {
        throw new Failure(
            ExitCode.USAGE,
            "Randomness is 64 hexadecimal digits, and it and a checkpoint are for HSMs to sign.",
            "Name the fleet's home with --used-by.");
      }
      if (usedBy == null) {
        return Optional.empty();
      }
      Optional<Bytes> note =
          checkpoint == null ? Optional.empty() : Optional.of(checkpoint(checkpoint));
      Bytes random =
          randomness == null
              ? session().randomness().bytes(Limits.DIGEST)
              : Bytes.fromHex(randomness);
      return Optional.of(
          new Inquiry(note, random, new StatusCall(FleetAddress.read(usedBy.toAbsolutePath()))));
    }

    private static Bytes checkpoint(Path file) throws Failure, IOException {
      String wrong;
      // One octet more than a note has: what was cut would be taken for the whole, or for none.
      try (InputStream in = Files.newInputStream(file)) {
        return Inquiry.checkpoint(Bytes.wrap(in.readNBytes(Note.SIZE_MAX + 1)));
      } catch (NoSuchFileException e) {
        wrong = "There is no checkpoint " + file + ".";
      } catch (Refused e) {
        wrong = file + " holds no checkpoint of a log (" + e.code() + "): " + e.what() + ".";
      }
      throw new Failure(
          ExitCode.USAGE, wrong, "Fetch it from the log, with curl LOG/checkpoint, and name that.");
    }

    private static <T> T given(@Nullable T named, Optional<T> otherwise, String what)
        throws Failure {
      if (named != null) {
        return named;
      }
      return otherwise.orElseThrow(
          () -> new Failure(ExitCode.USAGE, what, "See coffer evidence make --help."));
    }

    /** Only a package of the same fleet is made again in its place. */
    private static void refuseForeign(Path there, Path left, SshKeygen signatures)
        throws Failure, CeremonyRefused, IOException {
      if (!Files.exists(there)) {
        return;
      }
      try (Stream<Path> files = Files.list(there)) {
        if (files.findAny().isEmpty()) {
          return;
        }
      }
      Optional<FleetId> before = Optional.empty();
      if (Files.exists(there.resolve("manifest.json"))) {
        before = EvidenceSummary.read(there).map(EvidenceSummary::fleet);
      }
      Optional<FleetId> now =
          Verification.of(new DirectoryFolder(left), signatures).fleet().map(Fleet::id);
      if (before.isEmpty() || !before.equals(now)) {
        throw new Failure(
            ExitCode.USAGE,
            there + " is not empty, and holds no package of this fleet.",
            "Name another with --to.");
      }
    }

    private void tell(EvidenceMaker.Made made, Path there) {
      if (made.simulated()) {
        speech().warn("HSMs of this fleet say SIMULATED: it is for rehearsals alone.");
      }
      speech().result("Evidence of fleet " + made.fleet().value().hex() + " in " + there + ":");
      speech().result("  " + made.files() + " files, manifest sha256:" + made.manifest().hex());
      speech().say("Check it: coffer audit fleet --offline " + there);
      speech()
          .result(
              new JsonWriter()
                  .put("fleet", made.fleet().value().hex())
                  .put("manifest", made.manifest().hex())
                  .put("files", made.files())
                  .put("simulated", made.simulated())
                  .put("directory", there.toString()));
    }
  }
}
