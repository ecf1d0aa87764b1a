package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.Publisher;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Times;
import dev.coffer.notary.operator.Issuance;
import dev.coffer.notary.operator.OperatorFailure;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.json.JsonWriter;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Step;
import dev.coffer.transparency.verify.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coffer bundle}: what tells clients which fleets there are. */
@CommandLine.Command(
    name = "bundle",
    description = "The signed and logged bundle that tells clients which fleets to trust.",
    subcommands = {
      BundleCommand.Propose.class,
      BundleCommand.Publish.class,
      BundleCommand.Refresh.class,
      BundleCommand.Show.class,
      BundleCommand.Verify.class
    })
public final class BundleCommand extends CommandGroup {
  /** The bundle as people read it. */
  public static void tell(Output speech, VaultHome vault, Bundle bundle)
      throws Failure, OperatorFailure, IOException {
    speech.result(
        "Epoch "
            + bundle.epoch()
            + " of "
            + bundle.namespace()
            + ", valid until "
            + Times.local(Instant.ofEpochSecond(bundle.notAfter()))
            + ".");
    List<JsonWriter> fleets = new ArrayList<>();
    for (ListedFleet fleet : bundle.fleets()) {
      String name = vault.nameOf(fleet.id());
      String members =
          fleet
              .members()
              .map(m -> ", n " + m.n() + ", q " + m.q() + (m.simulated() ? ", SIMULATED" : ""))
              .orElse("");
      speech.result(
          "  "
              + fleet.id().value().hex()
              + " "
              + fleet.state().word()
              + " ("
              + name
              + members
              + ")");
      fleets.add(
          new JsonWriter()
              .put("id", fleet.id().value().hex())
              .put("name", name)
              .put("state", fleet.state().word()));
    }
    speech.result(
        new JsonWriter()
            .put("namespace", bundle.namespace().value())
            .put("epoch", bundle.epoch())
            .put("notAfter", bundle.notAfter())
            .putAll("fleets", fleets));
  }

  /** What changed. */
  public static void tell(Output speech, KeyDelta delta) {
    delta.lines().forEach(line -> speech.say("  " + line));
  }

  /** {@code coffer bundle propose}. */
  @CommandLine.Command(
      name = "propose",
      description =
          "Propose the next bundle to the notary, and print its hash for the two people who approve it.")
  static final class Propose extends Command {
    @Mixin private HomeOption where = new HomeOption();

    @Option(
        names = "--set",
        paramLabel = "FLEET=STATE",
        description =
            "A fleet, by name or beginning of its id, that comes or changes: announced, active, retiring, revoked."
                + " May be repeated. All others stay as they are, and the validity starts anew.")
    private Map<String, String> states = new LinkedHashMap<>();

    Propose(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      VaultHome vault = new VaultHome(where.home(session()));
      try (Publisher publisher = new Publisher(session(), vault)) {
        Issuance.Proposed proposed = publisher.propose(parsed(vault));
        String hash = proposed.hash().hex();
        tell(speech(), proposed.delta());
        speech().result("Proposed epoch " + proposed.bundle().epoch() + ": " + hash);
        speech()
            .say(
                "Two people approve it, each with a key of their own: coffer notary approve "
                    + hash
                    + " --notary "
                    + publisher.notary()
                    + " --policy FILE --key FILE --name NAME");
        speech().say("Then: coffer bundle publish " + hash);
        speech()
            .result(new JsonWriter().put("proposal", hash).put("epoch", proposed.bundle().epoch()));
      }
      return ExitCode.OK;
    }

    private Map<FleetId, FleetState> parsed(VaultHome vault)
        throws Failure, OperatorFailure, IOException {
      Map<FleetId, FleetState> parsed = new HashMap<>();
      for (Map.Entry<String, String> one : states.entrySet()) {
        FleetState state =
            Arrays.stream(FleetState.values())
                .filter(known -> known.word().equals(one.getValue()))
                .findFirst()
                .orElseThrow(() ->
                    new Failure(
                        ExitCode.USAGE,
                        "This is no state of a fleet.",
                        "Say announced, active, retiring or revoked."));
        parsed.put(vault.named(one.getKey()).fleet().id(), state);
      }
      return parsed;
    }
  }

  /** {@code coffer bundle publish}. */
  @CommandLine.Command(
      name = "publish",
      description =
          "Counter-sign what the notary has signed, log it, have it cosigned, hand it to the nodes. May be repeated.")
  static final class Publish extends Command {
    @Mixin private HomeOption where = new HomeOption();

    @Parameters(
        paramLabel = "HASH",
        arity = "0..1",
        description = "What coffer bundle propose printed (default: whichever is signed).")
    private @Nullable String hash;

    Publish(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      VaultHome vault = new VaultHome(where.home(session()));
      Optional<Bytes> proposal =
          hash == null ? Optional.empty() : Optional.of(ProposalHash.parse(hash));
      try (Publisher publisher = new Publisher(session(), vault)) {
        tell(speech(), vault, newest(publisher.publish(proposal)));
      }
      return ExitCode.OK;
    }
  }

  private static Bundle newest(Optional<Bundle> bundle) throws Failure, OperatorFailure {
    return bundle.orElseThrow(() ->
        new Failure(
            ExitCode.FAILED,
            "The log holds no bundle.",
            "Issue one with coffer bundle issue, or coffer bundle propose."));
  }

  /** {@code coffer bundle refresh}. */
  @CommandLine.Command(
      name = "refresh",
      description =
          "Hand the newest bundle to the nodes under the log's newest checkpoint. To be done daily. Ends with 7 if"
              + " no quorum of witnesses has looked since the day before.")
  static final class Refresh extends Command {
    @Mixin private HomeOption where = new HomeOption();

    Refresh(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException, InterruptedException {
      VaultHome vault = new VaultHome(where.home(session()));
      try (Publisher publisher = new Publisher(session(), vault)) {
        Optional<Issuance.HandedOut> handed = publisher.refresh();
        tell(speech(), vault, newest(handed.map(Issuance.HandedOut::bundle)));
        publisher.checkFresh(handed.orElseThrow());
      }
      return ExitCode.OK;
    }
  }

  /** Verifies as a client would. */
  private static Verdict verdict(
      Session session, BundleSource source, Fleet fleet, boolean development)
      throws Failure, OperatorFailure, IOException {
    FleetVerifier verifier =
        new FleetVerifier(
            new Anchor.Roots(source.policy(session)),
            development ? ClientFloor.DEVELOPMENT : ClientFloor.DEFAULT);
    return verifier.verify(
        source.read(session),
        fleet,
        Purpose.RECOVER,
        session.clock().instant().getEpochSecond(),
        Memory.EMPTY);
  }

  private static Fleet fleet(Path file) throws Failure, OperatorFailure, IOException {
    try {
      return Fleet.decode(Bytes.wrap(Files.readAllBytes(file)));
    } catch (Rejected e) {
      throw new Failure(
          ExitCode.HERE, "The file " + file + " describes no fleet.", "Fetch it again.");
    }
  }

  /** {@code coffer bundle show}. */
  @CommandLine.Command(
      name = "show",
      description = "Show which fleets the bundle lists, after verifying it as a client does.")
  static final class Show extends Command {
    @Mixin private BundleSource source = new BundleSource();

    Show(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      Path home = source.home(session());
      Verdict verdict = verdict(session(), source, fleet(home.resolve("fleet.bin")), true);
      Optional<Verdict.Authentic> bundle =
          switch (verdict) {
            case Verdict.Trusted trusted -> trusted.bundle();
            case Verdict.Distrusted no -> no.bundle();
          };
      if (bundle.isEmpty()) {
        throw new Failure(
            ExitCode.UNTRUSTED,
            "The bundle does not hold.",
            "See where with coffer bundle verify.");
      }
      tell(speech(), new VaultHome(home), bundle.get().bundle());
      if (bundle.get().stale()) {
        speech().warn("No quorum of witnesses has seen it lately: run coffer bundle refresh.");
      }
      return ExitCode.OK;
    }
  }

  /** {@code coffer bundle verify}. */
  @CommandLine.Command(
      name = "verify",
      description = "Go through every step of a client's verification and say which one fails.")
  static final class Verify extends Command {
    @Mixin private BundleSource source = new BundleSource();

    @Option(
        names = "--fleet",
        paramLabel = "FILE",
        description = "The description of the fleet that answers (default: the home's fleet.bin).")
    private @Nullable Path fleet;

    @Option(
        names = "--strict",
        description = "With the floor of an app: five HSMs, none SIMULATED.")
    private boolean strict;

    Verify(Session session) {
      super(session);
    }

    @Override
    protected ExitCode run() throws Failure, OperatorFailure, IOException {
      Path described = fleet == null ? source.home(session()).resolve("fleet.bin") : fleet;
      Verdict verdict = verdict(session(), source, fleet(described), !strict);
      Optional<Verdict.Distrusted> no =
          verdict instanceof Verdict.Distrusted failed ? Optional.of(failed) : Optional.empty();
      for (Step step : Step.values()) {
        if (no.isPresent() && no.get().step() == step) {
          break;
        }
        if (step != Step.PIN) {
          speech().result("PASS " + step);
        }
      }
      no.ifPresent(failed -> speech().result("FAIL " + failed.step() + ": " + failed.reason()));
      JsonWriter line = new JsonWriter().put("trusted", no.isEmpty());
      no.ifPresent(failed -> line.put("step", failed.step().name()).put("reason", failed.reason()));
      speech().result(line);
      return no.isEmpty() ? ExitCode.OK : ExitCode.UNTRUSTED;
    }
  }
}
