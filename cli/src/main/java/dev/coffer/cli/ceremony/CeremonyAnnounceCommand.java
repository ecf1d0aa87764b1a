package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Announcement;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.command.Command;
import dev.coffer.files.AtomicFile;
import dev.coffer.notary.http.Fetch;
import dev.coffer.notary.http.Listen;
import dev.coffer.notary.key.KeyPlace;
import dev.coffer.notary.log.LeafRule;
import dev.coffer.notary.log.LogConfig;
import dev.coffer.notary.log.LogServer;
import dev.coffer.notary.log.OneLeaf;
import dev.coffer.notary.log.RemoteLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Policy;
import dev.coffer.transparency.tlog.TlogProof;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code coffer ceremony announce}. The log is open for as long as the command runs, on this
 * machine alone: nobody else can fill it, and it is no server to keep.
 */
@CommandLine.Command(
    name = "announce",
    description = {
      "Put the hashes of a plan and its script into a log before the day, have the log's witnesses cosign it, and write"
          + " the proof that every site wants before its HSM makes an identity. The plan names the log's policy"
          + " (announced-by). A plan that is announced already gets no second entry.",
      "The log is a directory; DIR/public is for any web server (c2sp.org/tlog-tiles)."
    })
public final class CeremonyAnnounceCommand extends Command {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long POLICY_MAX = 64 << 10;

  /** How far in front of this machine's clock those of a quorum may be, as for bundles. */
  private static final Duration CLOCKS = Duration.ofMinutes(5);

  /** A witness whose clock is ahead may answer first: the others have so many seconds more. */
  private static final int TURNS = 10;

  /** A folder that every log has. */
  private static final String STATE = "state";

  @Parameters(paramLabel = "PLAN", description = "The plan.txt.")
  private Path file = Path.of("");

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "The log and the witnesses that count (c2sp.org/tlog-policy).")
  private Path policyFile = Path.of("");

  @Option(
      names = "--log",
      required = true,
      paramLabel = "DIR",
      description = "The log's directory.")
  private Path log = Path.of("");

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description =
          "The log's private key: a PEM file with mode 600 (openssl genpkey -algorithm ed25519), or"
              + " a token's.")
  private String key = "";

  @Option(
      names = "--create",
      description = "Found the log first. Once in its life: a second one would be two histories.")
  private boolean create;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Write policy and proof into DIR, such as the stick (default: this directory).")
  private Path to = Path.of(".");

  /** In {@code session}. */
  public CeremonyAnnounceCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    Plan plan = CeremonyCommand.plan(file);
    Bytes policy = policy();
    try {
      LogConfig config =
          config(Announcement.policy(plan, policy), OneLeaf.of(Announcement.leaf(plan)));
      Announced announced = before(plan, policy);
      if (ahead(announced.by())) {
        if (create) {
          create(config);
        }
        announced = logged(config, plan, policy);
      }
      AtomicFile.replace(
          to.resolve(Announcement.POLICY), policy.toByteArray(), AtomicFile.Access.ANYBODY);
      AtomicFile.replace(
          to.resolve(Announcement.PROOF),
          announced.proof().toByteArray(),
          AtomicFile.Access.ANYBODY);
      CeremonyCommand.show(speech(), "Plan of " + plan.ceremony(), plan.hash());
      Instant by = announced.by();
      if (announced.already()) {
        speech().result("It was announced already: nothing was added to the log.");
      }
      speech().result("In the log, as a quorum of witnesses says, by " + by + ".");
      speech()
          .say(
              "Next: put "
                  + Announcement.POLICY
                  + " and "
                  + Announcement.PROOF
                  + " on the stick, and publish them and "
                  + log.resolve("public")
                  + ".");
      speech()
          .result(
              new JsonWriter()
                  .put("ceremony", plan.ceremony())
                  .put("by", by.toString())
                  .put("already", announced.already()));
      return ExitCode.OK;
    } catch (CeremonyRefused e) {
      throw CeremonyCommand.failure(e);
    }
  }

  /**
   * A proof.
   *
   * @param already whether the log held the plan before
   */
  private record Announced(Bytes proof, Instant by, boolean already) {
    static final Announced NEVER = new Announced(Bytes.EMPTY, Instant.MAX, false);
  }

  /** A proof that lies there and holds for this plan: a later one would show less. */
  private Announced before(Plan plan, Bytes policy) throws IOException {
    Optional<Bytes> proof = new DirectoryFolder(to).read(Announcement.PROOF);
    try {
      return proof.isEmpty()
          ? Announced.NEVER
          : new Announced(proof.get(), Announcement.loggedBy(plan, policy, proof.get()), true);
    } catch (CeremonyRefused e) {
      // Of a plan that was changed since, for one: it is replaced.
      return Announced.NEVER;
    }
  }

  private boolean ahead(Instant by) {
    return by.isAfter(session().clock().instant().plus(CLOCKS));
  }

  /** What was begun and not finished is begun once: the next try is without {@code --create}. */
  private void create(LogConfig config) throws Failure, IOException {
    if (Files.exists(log.resolve(STATE))) {
      throw new Failure(
          ExitCode.USAGE,
          "There is a log in " + log + " already.",
          "Run the command without --create, or name another folder with --log.");
    }
    LogServer.create(config);
  }

  private Bytes policy() throws Failure, IOException {
    if (!Files.isRegularFile(policyFile) || Files.size(policyFile) > POLICY_MAX) {
      throw new Failure(
          ExitCode.USAGE,
          "There is no policy " + policyFile + ".",
          "Name the file whose SHA-256 is the plan's announced-by with --policy.");
    }
    return Bytes.wrap(Files.readAllBytes(policyFile));
  }

  private LogConfig config(Policy policy, LeafRule rule) throws Failure, IOException {
    if (policy.logs().size() != 1) {
      throw new Failure(
          ExitCode.USAGE,
          "The policy does not name exactly one log.",
          "Write one line log in it, and plan again.");
    }
    return new LogConfig(
        log,
        policy.logs().getFirst().key().name(),
        KeyPlace.parse(key, Path.of("").toAbsolutePath()),
        rule,
        Optional.of(policy),
        Listen.LOOPBACK,
        Duration.ofDays(1),
        PATIENCE);
  }

  private Announced logged(LogConfig config, Plan plan, Bytes policy)
      throws CeremonyRefused, Failure, IOException, InterruptedException {
    try (LogServer server = LogServer.start(config);
        Fetch fetch = new Fetch(PATIENCE.multipliedBy(3))) {
      long size = server.size();
      RemoteLog there = new RemoteLog(fetch, URI.create("http://127.0.0.1:" + server.port()));
      Instant by = Instant.MAX;
      for (int turn = 0; turn < TURNS; turn++) {
        TlogProof proof = there.add(Announcement.leaf(plan));
        var unused = config.policy().orElseThrow().check(proof.checkpoint());
        by = Announcement.loggedBy(plan, policy, proof.encode());
        if (!ahead(by)) {
          return new Announced(proof.encode(), by, proof.index() < size);
        }
        session().pause().await(Duration.ofSeconds(1));
      }
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "The plan is in the log, and by the clocks of its witnesses not before "
              + by
              + "; here it is "
              + session().clock().instant()
              + ".",
          "Have the clock that is wrong set, here or at a witness, and run this again.");
    } catch (Refused e) {
      throw new Failure(
          ExitCode.TRY_AGAIN,
          "The plan is in the log, and too few of its witnesses say so: " + e.what() + ".",
          "See that the witnesses run and know this log (coffer witness serve --also), and run this"
              + " again, without --create.");
    }
  }
}
