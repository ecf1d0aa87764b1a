package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.OperatorFiles;
import dev.coffer.cli.terminal.Output;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.notary.operator.OperatorPolicies;
import dev.coffer.notary.operator.PolicyDraft;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.trust.PolicyHistory;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer policy}: whose keys count, and how they change hands. */
@CommandLine.Command(
    name = "policy",
    description =
        "The trust policy: show all versions, make the first or next one, sign it as a root,"
            + " install it.",
    subcommands = {
      PolicyCommand.Show.class,
      PolicyCommand.Key.class,
      PolicyFirstCommand.class,
      PolicyCommand.Next.class,
      PolicyCommand.Sign.class,
      PolicyCommand.Add.class
    })
final class PolicyCommand extends CommandGroup {
  /** Which policy. */
  private static final class WhichPolicy {
    @Mixin private HomeOption where = new HomeOption();

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description =
            "The first trust policy with its roots' signatures; later ones lie beside it, as"
                + " FILE-2.note and so on (default: the home's).")
    private @Nullable Path policy;

    Path file(Session session) {
      return policy == null ? vault(session).trust().policy() : policy.toAbsolutePath();
    }

    VaultHome vault(Session session) {
      return new VaultHome(where.home(session));
    }

    PolicyHistory history(Session session) throws Failure, OperatorFailure, IOException {
      return OperatorPolicies.history(file(session));
    }

    /** A draft of the version after those, or of version 1 where there is none. */
    PolicyDraft draft(Session session, Path draft) throws Failure, OperatorFailure, IOException {
      return PolicyDraft.read(
          draft, Files.exists(file(session)) ? Optional.of(history(session)) : Optional.empty());
    }
  }

  /** How far a draft is. */
  static void tell(Output speech, PolicyDraft draft) {
    String before =
        draft
            .before()
            .map(last ->
                draft.signed(last)
                    + " of the roots before ("
                    + last.rootThreshold()
                    + " needed) and ")
            .orElse("");
    speech.result(
        "Version "
            + draft.next().version()
            + ", signed by "
            + before
            + draft.signed(draft.next())
            + " of its own"
            + (before.isEmpty() ? " roots (" : " (")
            + draft.next().rootThreshold()
            + " needed).");
    speech.result(
        new JsonWriter()
            .put("version", draft.next().version())
            .put("hash", draft.next().hash().hex())
            .put("signedBefore", draft.before().map(draft::signed).orElse(0L))
            .put("signedOwn", draft.signed(draft.next()))
            .put("complete", draft.complete()));
  }

  /** {@code coffer policy show}. */
  @CommandLine.Command(name = "show", description = "Verify all versions, and print the newest.")
  static final class Show extends Command {
    @Mixin private WhichPolicy which = new WhichPolicy();

    Show(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      List<JsonWriter> versions = new ArrayList<>();
      PolicyHistory history = which.history(session());
      for (TrustPolicy policy : history.policies()) {
        speech().result("PASS version " + policy.version() + " sha256:" + policy.hash().hex());
        versions.add(
            new JsonWriter().put("version", policy.version()).put("hash", policy.hash().hex()));
      }
      history.newest().text().lines().forEach(line -> speech().result("  " + line));
      speech()
          .result(
              new JsonWriter().putAll("versions", versions).put("text", history.newest().text()));
      return ExitCode.OK;
    }
  }

  /** {@code coffer policy key}. */
  @CommandLine.Command(
      name = "key",
      description = "Print the public key of a private key, as policies name it: name+hex+base64.")
  static final class Key extends Command {
    @Mixin private KeyOption key = new KeyOption();

    @Mixin private KeyNameOption name = new KeyNameOption();

    @Option(names = "--witness", description = "It is a witness's: it cosigns (type 4).")
    private boolean witness;

    Key(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      SignatureType type = witness ? SignatureType.COSIGNATURE : SignatureType.ED25519;
      try (NoteSigner signer = new NoteSigner(name.name(), type, key.source().open())) {
        speech().result(signer.verifier().text());
        speech().result(new JsonWriter().put("key", signer.verifier().text()));
        return ExitCode.OK;
      }
    }
  }

  /** {@code coffer policy next}. */
  @CommandLine.Command(
      name = "next",
      description = "Make the next version, unsigned: what is not given stays as it is.")
  static final class Next extends Command {
    @Mixin private WhichPolicy which = new WhichPolicy();

    @Parameters(paramLabel = "DRAFT", description = "The file to make.")
    private Path draft = Path.of("");

    @Option(names = "--operator", paramLabel = "VERIFIER", description = "Another operator's key.")
    private @Nullable String operator;

    @Option(names = "--notary", paramLabel = "VERIFIER", description = "Another notary's key.")
    private @Nullable String notary;

    @Option(
        names = "--root",
        paramLabel = "VERIFIER",
        description = "All roots of the next version, one option each.")
    private List<String> roots = new ArrayList<>();

    @Option(names = "--root-threshold", paramLabel = "K", description = "How many of them decide.")
    private @Nullable Integer threshold;

    @Option(
        names = "--max-age-hard",
        paramLabel = "SECONDS",
        description = "Age of a checkpoint at which clients refuse it.")
    private @Nullable Long hard;

    @Option(
        names = "--max-age-soft",
        paramLabel = "SECONDS",
        description = "Age of a checkpoint at which clients say so.")
    private @Nullable Long soft;

    @Option(
        names = "--announce",
        paramLabel = "SECONDS",
        description = "How long a fleet is announced before it is active.")
    private @Nullable Long announce;

    @Option(
        names = "--log-policy",
        paramLabel = "FILE",
        description = "The log, its witnesses and their quorum (c2sp.org/tlog-policy).")
    private @Nullable Path logPolicy;

    Next(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      PolicyHistory history = which.history(session());
      TrustPolicy now = history.newest();
      try {
        List<VerifierKey> nextRoots = new ArrayList<>();
        for (String root : roots) {
          nextRoots.add(VerifierKey.parse(root));
        }
        TrustPolicy next =
            new TrustPolicy(
                now.namespace(),
                now.version() + 1,
                now.hash(),
                threshold == null ? now.rootThreshold() : threshold,
                nextRoots.isEmpty() ? now.roots() : nextRoots,
                operator == null ? now.operator() : VerifierKey.parse(operator),
                notary == null ? now.notary() : VerifierKey.parse(notary),
                hard == null ? now.maxAgeHard() : hard,
                soft == null ? now.maxAgeSoft() : soft,
                announce == null ? now.announce() : announce,
                logPolicy == null
                    ? now.log()
                    : Policy.parse(Bytes.wrap(Files.readAllBytes(logPolicy))));
        // Read as everyone will read it, so that nobody signs what nobody accepts.
        PolicyDraft made =
            new PolicyDraft(Optional.of(now), TrustPolicy.parse(next.text()), List.of());
        made.write(draft.toAbsolutePath());
        made.changes().forEach(line -> speech().result("  " + line));
        tell(speech(), made);
        speech().say("Every root looks at it and signs: coffer policy sign " + draft + ".");
        return ExitCode.OK;
      } catch (Refused e) {
        throw new Failure(
            ExitCode.USAGE,
            "This would be no trust policy: " + e.what() + ".",
            "Write keys as coffer policy key prints them; nobody has two roles.");
      }
    }
  }

  /** {@code coffer policy sign}. */
  @CommandLine.Command(
      name = "sign",
      description =
          "Show what the next version changes, or all of the first, and sign it as one root, old or"
              + " new.")
  static final class Sign extends Command {
    @Mixin private WhichPolicy which = new WhichPolicy();

    @Parameters(paramLabel = "DRAFT", description = "The version, as it came.")
    private Path file = Path.of("");

    @Mixin private KeyOption key = new KeyOption();

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask for confirmation.")
    private boolean yes;

    Sign(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      PolicyDraft draft = which.draft(session(), file);
      draft.changes().forEach(line -> speech().result("  " + line));
      Confirmation.ask(session(), yes, "Is this what the roots have agreed on? Sign it?");
      try (Ed25519Key root = key.source().open()) {
        PolicyDraft signed = draft.signedBy(root);
        signed.write(file.toAbsolutePath());
        tell(speech(), signed);
        return ExitCode.OK;
      }
    }
  }

  /** {@code coffer policy add}. */
  @CommandLine.Command(
      name = "add",
      description =
          "Install the first version, or the next beside those before, once enough roots have"
              + " signed it.")
  static final class Add extends Command {
    @Mixin private WhichPolicy which = new WhichPolicy();

    @Parameters(paramLabel = "DRAFT", description = "The version with its signatures.")
    private Path file = Path.of("");

    Add(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      PolicyDraft draft = which.draft(session(), file);
      tell(speech(), draft);
      if (!draft.complete()) {
        throw new Failure(
            ExitCode.UNTRUSTED,
            "Too few roots have signed it.",
            "Have more of them sign: coffer policy sign " + file + ".");
      }
      if (draft.before().isEmpty()) {
        OperatorPolicies.begin(which.file(session()), draft.encode());
        speech().say("Apps compile it in; log, witnesses and notary are started with it.");
        return ExitCode.OK;
      }
      // A statement that the notary signed under the old policy could never be finished under the
      // new one, and the notary signs no second one of its epoch.
      if (new OperatorFiles(which.vault(session())).unfinished()) {
        throw new Failure(
            ExitCode.USAGE,
            "A bundle is on its way into the log under the policy before.",
            "Finish it first with coffer bundle publish, or issue another that takes its place.");
      }
      OperatorPolicies.add(which.file(session()), which.history(session()), draft.encode());
      speech()
          .say(
              "Start log and notary anew, with their new keys if they changed, and issue a bundle"
                  + " under it: coffer bundle issue. Auditors need this file, too.");
      return ExitCode.OK;
    }
  }
}
