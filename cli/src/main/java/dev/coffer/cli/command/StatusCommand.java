package dev.coffer.cli.command;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.schedule.LastBackup;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Sizes;
import dev.coffer.cli.vault.NoLogin;
import dev.coffer.cli.vault.NodeHealth;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Presence;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultStatus;
import dev.coffer.node.tls.CertificateWatch;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import picocli.CommandLine;

/**
 * {@code coffer status}: the fleet, and what this device knows of its account. No guess is used.
 */
@CommandLine.Command(
    name = "status",
    description =
        "Show how the fleet is, and what this device knows of its account. Uses no guess.")
final class StatusCommand extends VaultCommand {
  StatusCommand(Session session) {
    super(session);
  }

  @Override
  protected ExitCode run() throws Failure, IOException, InterruptedException {
    if (device().exists() && !Files.exists(home().resolve("fleet.bin"))) {
      return withoutFleet();
    }
    Output speech = speech();
    VaultHome.Member fleet = new VaultHome(home()).first();
    List<NodeHealth> nodes = session().deployment().nodes(session(), fleet);
    // Each node answers for the fleet: would an operation that came to it now be certified?
    boolean served = nodes.stream().anyMatch(NodeHealth::ready);
    VaultStatus status;
    OptionalInt guessesLeft;
    boolean asked;
    try (UserVault vault = vault()) {
      status = vault.status();
      asked = served && status instanceof VaultStatus.Known && ask(speech, vault);
      guessesLeft = vault.guessesLeft();
    } catch (NoLogin e) {
      return withoutLogin(fleet, nodes, served, e);
    }
    boolean serving = served && status instanceof VaultStatus.Known;
    say(speech, fleet, nodes, status, serving);
    JsonWriter json = json(fleet, nodes, status, serving).put("codeAsked", asked);
    if (guessesLeft.isPresent()) {
      json.put("guessesLeft", guessesLeft.getAsInt());
    }
    speech.result(json);
    known(status);
    return served ? ExitCode.OK : ExitCode.TRY_AGAIN;
  }

  /**
   * Whether the code is still registered. An account that this device knows nothing of is not asked
   * for: its name may be mistyped, and whatever is asked leaves a record.
   */
  private static boolean ask(Output speech, UserVault vault)
      throws Failure, IOException, InterruptedException {
    Device device = vault.device();
    if (!device.hasSecret() && CodeState.of(device).word().isEmpty()) {
      return false;
    }
    Presence presence = vault.registered(Slot.CODE);
    vault.heard(presence);
    if (presence instanceof Presence.TryAgain again) {
      speech.warn(CodeInquiry.NOT_ASKED + ErrorMessages.of(again.cause()).what());
      return false;
    }
    Verdicts.present(presence);
    return true;
  }

  /** What the device alone knows. How the fleet is, and so whether all is well, stays open. */
  private ExitCode withoutFleet() throws Failure, IOException {
    Output speech = speech();
    speech.warn("There is no fleet in " + home() + ": name its directory with --home.");
    sayDevice(speech, Optional.empty());
    speech.result(device(new JsonWriter().put("fleet", "").put("home", home().toString())));
    return ExitCode.HERE;
  }

  /** An operator has a fleet and no account: nodes and HSMs answer anybody. */
  private ExitCode withoutLogin(
      VaultHome.Member fleet, List<NodeHealth> nodes, boolean served, NoLogin nobody)
      throws Failure, IOException {
    Output speech = speech();
    sayFleet(speech, fleet, nodes);
    int q = fleet.fleet().settings().q();
    speech.result(
        (served ? "  serving: " : "  not serving: ")
            + q
            + " of "
            + fleet.fleet().settings().n()
            + " are needed");
    speech.say("No account was asked about. " + nobody.what() + " " + nobody.next());
    if (device().exists()) {
      sayDevice(speech, Optional.empty());
    }
    speech.result(device(fleet(fleet, nodes, served)));
    return served ? ExitCode.OK : ExitCode.TRY_AGAIN;
  }

  /** Whoever reads this has seen the status: it cannot be the next step. */
  private void known(VaultStatus status) throws Failure {
    if (status instanceof VaultStatus.TryAgain again) {
      Failure failure = ErrorMessages.of(again.cause());
      boolean down =
          switch (again.cause()) {
            case UNREACHABLE, BUSY, TOO_FEW_HSMS -> true;
            case REFUSED,
                MOVED,
                CONTENTION,
                LOGIN_EXPIRED,
                LOGIN_INVALID,
                MEMORY,
                STRETCHING,
                INTERRUPTED ->
                false;
          };
      throw down ? new Failure(failure.exitCode(), failure.what(), start()) : failure;
    }
    Verdicts.known(status);
  }

  private String start() {
    return "Start what is down with coffer up --home "
        + home()
        + "; what runs and is not ready says above what it waits for.";
  }

  private void sayFleet(Output speech, VaultHome.Member fleet, List<NodeHealth> nodes) {
    speech.result(
        "Fleet " + fleet.fleet().id().value().hex().substring(0, 16) + "… in " + fleet.home());
    for (NodeHealth node : nodes) {
      speech.result(
          String.format(
              Locale.ROOT,
              "  node %d  %-9s HSM: %s%s",
              node.index(),
              node.ready() ? "ready" : node.running() ? "not ready" : "down",
              node.model(),
              node.memoryBytes() > 0 ? "  (" + Sizes.bytes(node.memoryBytes()) + ")" : ""));
      if (!node.why().isEmpty()) {
        speech.result("          " + node.why());
      }
    }
    Instant soon = session().clock().instant().plus(CertificateWatch.SOON);
    for (NodeHealth node : nodes) {
      if (node.certificateEnds().filter(end -> end.isBefore(soon)).isPresent()) {
        speech.warn(
            "  node "
                + node.index()
                + "'s certificate counts until "
                + node.certificateEnds().get()
                + ": coffer node certificate show says what to do");
      }
    }
    for (Map.Entry<HsmPromises, List<Integer>> same : promises(fleet.fleet()).entrySet()) {
      speech.result(
          "  HSM "
              + same.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "))
              + " by its own word: "
              + String.join("; ", same.getKey().meaning()));
    }
  }

  private void say(
      Output speech,
      VaultHome.Member fleet,
      List<NodeHealth> nodes,
      VaultStatus status,
      boolean serving)
      throws Failure, IOException {
    sayFleet(speech, fleet, nodes);
    int q = fleet.fleet().settings().q();
    speech.result(
        serving
            ? "  serving: "
                + q
                + " of "
                + fleet.fleet().settings().n()
                + " are needed; secrets stay safe unless "
                + fleet.fleet().settings().t()
                + " HSMs are broken"
            : "  not serving: "
                + q
                + " of "
                + fleet.fleet().settings().n()
                + " are needed."
                + (status instanceof VaultStatus.Known ? " " + start() : ""));
    sayDevice(speech, Optional.of(status));
  }

  private void sayDevice(Output speech, Optional<VaultStatus> status) throws Failure, IOException {
    Device device = device();
    speech.result("Account " + device.account() + " on this device");
    if (status.isPresent() && status.get() instanceof VaultStatus.Known known) {
      speech.result("  " + trust(known));
      speech.result("  newest certified entry of its partition: k = " + known.k());
      if (known.registeredGeneration().isPresent() && CodeState.of(device).registered()) {
        speech.result(
            "  registered (generation "
                + known.registeredGeneration().getAsLong()
                + ") when this device last saw it");
      }
      if (known.unfinished()) {
        speech.result(
            "  an operation is unfinished: run the same command again with the same code");
      }
    }
    CodeState code = CodeState.of(device);
    speech.result("  recovery code: " + code.sentence());
    if (device.hasSecret() || code.word().isPresent()) {
      code.warning().ifPresent(speech::warn);
    }
    speech.result(
        "  backup key: "
            + (device.hasSecret()
                ? "here"
                : code.word().isPresent()
                    ? "not here (coffer recover brings it)"
                    : "none here (coffer enroll makes one, coffer recover brings the one of a"
                        + " code)"));
    LastBackup last = LastBackup.of(device, session().clock().instant());
    speech.result("  last backup: " + last.sentence());
    last.warning().ifPresent(speech::warn);
  }

  /** Which HSMs promise what of themselves; nothing here verifies it. */
  private static Map<HsmPromises, List<Integer>> promises(Fleet fleet) {
    Map<HsmPromises, List<Integer>> promises = new LinkedHashMap<>();
    for (int index = 1; index <= fleet.settings().n(); index++) {
      HsmPromises own = HsmPromises.of(fleet.hsm(index));
      promises.computeIfAbsent(own, none -> new ArrayList<>()).add(index);
    }
    return promises;
  }

  private static String trust(VaultStatus.Known known) {
    if (known.fleet().listing().isEmpty()) {
      return "trusted by its pin";
    }
    return "trusted over the air: bundle "
        + known.fleet().epoch()
        + (known.fleet().retiring() ? ", retiring: the next recovery moves the code" : "")
        + (known.fleet().listing().get().stale()
            ? ", not witnessed lately: run coffer bundle refresh"
            : "");
  }

  private static JsonWriter fleet(VaultHome.Member fleet, List<NodeHealth> nodes, boolean serving) {
    return new JsonWriter()
        .put("fleet", fleet.fleet().id().value().hex())
        .put("home", fleet.home().toString())
        .put("quorum", fleet.fleet().settings().q())
        .put("serving", serving)
        .put("simulated", fleet.fleet().hsms().stream().anyMatch(hsm -> hsm.simulated()))
        .putAll("nodes", nodes.stream().map(node -> json(fleet.fleet(), node)).toList());
  }

  private JsonWriter json(
      VaultHome.Member fleet, List<NodeHealth> nodes, VaultStatus status, boolean serving)
      throws Failure, IOException {
    JsonWriter json = device(fleet(fleet, nodes, serving));
    if (status instanceof VaultStatus.Known known) {
      json.put("k", known.k())
          .put("epoch", known.fleet().epoch())
          .put("retiring", known.fleet().retiring())
          .put("registered", CodeState.of(device()).registered())
          .put("generation", known.registeredGeneration().orElse(0))
          .put("unfinished", known.unfinished());
    }
    return json;
  }

  private JsonWriter device(JsonWriter json) throws Failure, IOException {
    Device device = device();
    CodeState code = CodeState.of(device);
    json.put("account", device.account())
        .put("keyOnDevice", device.hasSecret())
        .put("code", code.word().orElse(""))
        .put("codeRegistered", code.registered())
        .put("codeChanged", code.changed())
        .put("lastBackup", device.note(LastBackup.TIME_NOTE).orElse(""));
    return ScheduleCommand.json(json, LastBackup.of(device, session().clock().instant()));
  }

  private static JsonWriter json(Fleet fleet, NodeHealth node) {
    HsmPromises promises = HsmPromises.of(fleet.hsm(node.index()));
    return new JsonWriter()
        .put("index", node.index())
        .put("running", node.running())
        .put("ready", node.ready())
        .put("why", node.why())
        .put("model", node.model())
        .put("certificateEnds", node.certificateEnds().map(Instant::toString).orElse(""))
        .put(
            "saysOfItself",
            new JsonWriter()
                .put("keys", HsmPromises.word(promises.keys()))
                .put("memory", HsmPromises.word(promises.memory()))
                .put("voucher", HsmPromises.word(promises.voucher())))
        .put("pid", node.pid())
        .put("memoryBytes", node.memoryBytes());
  }
}
