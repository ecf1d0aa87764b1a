package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.plan.Words;
import dev.coffer.ceremony.record.DirectoryFolder;
import dev.coffer.ceremony.record.Signatures;
import dev.coffer.ceremony.record.SshKeygen;
import dev.coffer.ceremony.record.Verification;
import dev.coffer.ceremony.run.Standing;
import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.RehearsalHome;
import dev.coffer.cli.home.VaultHome;
import dev.coffer.cli.operator.EvidenceKey;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.terminal.Progress;
import dev.coffer.cli.vault.StatusCall;
import dev.coffer.evidence.Audit;
import dev.coffer.evidence.Claim;
import dev.coffer.evidence.EvidenceMaker;
import dev.coffer.evidence.Expectations;
import dev.coffer.evidence.Finding;
import dev.coffer.evidence.Inquiry;
import dev.coffer.evidence.PublicKeyPem;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.ChildEnvironment;
import dev.coffer.files.LoopbackPorts;
import dev.coffer.files.SettingMistake;
import dev.coffer.notary.key.Ed25519Key;
import dev.coffer.notary.key.KeyFile;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A ceremony with all sites on one machine, each with a directory, an HSM process and a node of its
 * own, over one folder in the place of a stick. Its settings are written as people write them, and
 * every step goes through what the commands go through.
 */
final class Rehearsal {
  /** Each site comes by this often at most: once a step, with some to spare. */
  private static final int ROUNDS = 10;

  private static final int PORTS_A_SITE = 3;
  private static final int SECONDS_MAX = 30;
  private static final String SSH_KEYGEN = "ssh-keygen";

  /** The tenant that stands in for an app's login service; its keys lie in the directory. */
  private static final String TENANT = "local";

  private final Session session;
  private final Output speech;
  private final Path folder;
  private final RehearsalHome home;
  private final int n;
  private final Path program;

  /**
   * What came of it.
   *
   * @param evidence SHA-256 of the manifest of its evidence
   */
  record Outcome(FleetId fleet, Bytes evidence, boolean recovered, String said) {}

  Rehearsal(Session session, Output speech, Path folder, int n, Path program) {
    this.session = session;
    this.speech = speech;
    this.folder = folder.toAbsolutePath().normalize();
    this.home = new RehearsalHome(this.folder);
    this.n = n;
    this.program = program;
  }

  Outcome run() throws Failure, IOException, InterruptedException {
    AtomicFile.privateFolder(home.exchange());
    Plan plan = plan();
    CeremonyCommand.show(speech, "Plan of " + plan.ceremony(), plan.hash());
    List<CeremonySite> sites = new CopyOnWriteArrayList<>();
    CeremonySite.Carriers carriers =
        new CeremonySite.Carriers(List.of(home.exchange()), Optional.empty());
    // Ctrl-C does not reach the HSMs, which outlive the commands of a real ceremony.
    Thread stopped = new Thread(() -> abandon(sites), "end the HSMs");
    Runtime.getRuntime().addShutdownHook(stopped);
    FleetId fleet;
    try {
      for (int i = 1; i <= n; i++) {
        Signatures signatures = new SshKeygen(SSH_KEYGEN);
        sites.add(CeremonySite.open(session, plan, i, home.site(i), carriers, program, signatures));
      }
      fleet = found(plan, sites);
    } finally {
      abandon(sites);
      Runtime.getRuntime().removeShutdownHook(stopped);
    }
    Verification verification =
        Verification.of(new DirectoryFolder(home.exchange()), new SshKeygen(SSH_KEYGEN));
    if (!verification.holds()) {
      var told = CeremonyVerifyCommand.tell(speech, verification);
      throw new Failure(
          ExitCode.UNTRUSTED, "What is left does not verify (" + told + ").", "See above.");
    }
    speech.say("All " + verification.checks().size() + " claims of what is left hold.");
    try (RehearsedFleet nodes = new RehearsedFleet(session, speech, folder, n)) {
      nodes.start();
      Bytes evidence = evidence();
      audit();
      boolean recovered = nodes.registerAndRecover();
      return new Outcome(
          fleet,
          evidence,
          recovered,
          recovered
              ? "founded, verified, served; a code was registered and gave the same key back"
              : "founded, verified, served; nobody logs in here, so no code was registered");
    }
  }

  /** The package that its operator would publish, where its first site's home has it. */
  private Bytes evidence() throws Failure, IOException {
    try (SecretBytes seed = SecretBytes.random(session.randomness(), 32)) {
      KeyFile.write(home.operatorKey(), seed);
    }
    Path there = VaultHome.evidence(home.site(1));
    try (Ed25519Key key = new KeyFile(home.operatorKey()).open()) {
      AtomicFile.replace(
          home.operatorPublicKey(),
          PublicKeyPem.encode(key.publicKey()).toByteArray(),
          AtomicFile.Access.OWNER);
      return EvidenceMaker.make(
              home.exchange(),
              there,
              new SshKeygen(SSH_KEYGEN),
              new EvidenceKey(key),
              HsmProgramOption.imageOf(program),
              Optional.of(
                  new Inquiry(
                      Optional.empty(),
                      session.randomness().bytes(Limits.DIGEST),
                      new StatusCall(FleetAddress.read(home.site(1))))))
          .manifest();
    } catch (CeremonyRefused e) {
      throw new Failure(ExitCode.UNTRUSTED, e.what(), e.next());
    }
  }

  /** As anybody does it, while the HSMs can be asked. */
  private void audit() throws Failure, IOException {
    FleetAddress address = FleetAddress.read(home.site(1));
    Audit audit =
        Audit.of(
            VaultHome.evidence(home.site(1)),
            new SshKeygen(SSH_KEYGEN),
            new Expectations(
                Optional.empty(),
                Optional.of(address.pin()),
                Optional.empty(),
                Optional.empty(),
                Optional.of(
                    new Expectations.Challenge(
                        session.randomness().bytes(Limits.DIGEST), new StatusCall(address)))));
    Finding possession = Objects.requireNonNull(audit.findings().get(Claim.POSSESSION));
    if (!audit.clean() || possession.outcome() != Finding.Outcome.PASS) {
      throw new Failure(
          ExitCode.UNTRUSTED,
          "The evidence does not hold: " + audit.with(Finding.Outcome.FAIL) + possession.why(),
          "See which claim with coffer audit fleet --used-by " + home.site(1) + ".");
    }
    speech.say(
        "Its evidence holds: "
            + audit.with(Finding.Outcome.PASS).size()
            + " claims passed; "
            + possession.why()
            + ".");
  }

  private static void abandon(List<CeremonySite> sites) {
    for (CeremonySite site : sites) {
      try (site) {
        site.abandon();
      } catch (IOException e) {
        // What is left of this one ends with the machine at the latest; the others end now.
      }
    }
  }

  private FleetId found(Plan plan, List<CeremonySite> sites)
      throws Failure, IOException, InterruptedException {
    int founded = 0;
    FleetId fleet = null;
    try (Progress progress = speech.progress("ceremony", (long) ROUNDS * n, Progress.Unit.STEPS)) {
      for (int round = 0; round < ROUNDS && founded < n; round++) {
        founded = 0;
        for (int i = 0; i < n; i++) {
          Standing standing = sites.get(i).advance();
          if (standing instanceof Standing.Comparing comparing) {
            if (i == 0) {
              CeremonyCommand.show(speech, "Identities of all sites", comparing.roll().hash());
            }
            sites.get(i).confirm(Words.of(comparing.roll().hash()));
            standing = sites.get(i).advance();
          }
          if (standing instanceof Standing.Waiting waiting && i == n - 1) {
            speech.say("   the last site waits for " + waiting.why());
          }
          if (standing instanceof Standing.Founded done) {
            fleet = done.fleet();
            founded++;
          }
          progress.at((long) round * n + i + 1, (long) ROUNDS * n);
        }
        sign(plan);
      }
    }
    if (fleet == null || founded < n) {
      throw new Failure(
          ExitCode.FAILED, "The sites did not come to an end.", "Report this as a defect.");
    }
    return fleet;
  }

  private Plan plan() throws Failure, IOException, InterruptedException {
    AtomicFile.privateFolder(home.people());
    StringBuilder text = new StringBuilder("# A rehearsal.\nceremony = rehearsal\n");
    text.append("hsms = ").append(n).append("\nguess-limit = 10\n");
    text.append("replace-by-login = yes\ndelete-by-login = no\nsimulated = yes\n");
    text.append("tenant.1.name = ").append(TENANT).append("\ntenant.1.root-key = ");
    text.append(issuer()).append('\n');
    List<Integer> ports = LoopbackPorts.take(n * PORTS_A_SITE);
    for (int i = 1; i <= n; i++) {
      text.append("site.%d.name = site-%d\nsite.%d.host = 127.0.0.1\n".formatted(i, i, i));
      int first = (i - 1) * PORTS_A_SITE;
      text.append("site.%d.http-port = %d\n".formatted(i, ports.get(first)));
      text.append("site.%d.peer-port = %d\n".formatted(i, ports.get(first + 1)));
      text.append("site.%d.raft-port = %d\n".formatted(i, ports.get(first + 2)));
      Path key = home.people().resolve("person-" + i);
      ssh(List.of("-q", "-t", "ed25519", "-N", "", "-C", "rehearsal", "-f", key.toString()));
      String shown = Files.readString(key.resolveSibling("person-" + i + ".pub")).strip();
      text.append("participant.%d.name = person-%d\n".formatted(i, i));
      text.append("participant.%d.key = %s\n".formatted(i, shown));
    }
    Path settings = folder.resolve("ceremony.settings");
    byte[] octets = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.replace(settings, octets, AtomicFile.Access.OWNER);
    try {
      return PlanSettings.read(settings);
    } catch (SettingMistake e) {
      throw new Failure(
          ExitCode.FAILED, String.valueOf(e.getMessage()), "Report this as a defect.");
    }
  }

  /** Keys as the development issuer of a vault on this machine keeps them. */
  private String issuer() throws IOException {
    String root = "";
    for (String name : List.of("issuer.key", "root.key")) {
      try (SecretBytes seed = SecretBytes.random(session.randomness(), 32)) {
        byte[] octets = seed.copy();
        try {
          Path file = folder.resolve("issuer").resolve(name);
          AtomicFile.replace(file, octets, AtomicFile.Access.OWNER);
        } finally {
          Arrays.fill(octets, (byte) 0);
        }
        root = Ed25519.publicKey(seed).hex();
      }
    }
    return root;
  }

  /** Every participant signs the transcript, once it is there. */
  private void sign(Plan plan) throws Failure, IOException, InterruptedException {
    Path transcript = home.exchange().resolve(Signatures.TRANSCRIPT);
    Path made = home.exchange().resolve(Signatures.TRANSCRIPT + ".sig");
    if (!Files.exists(transcript)) {
      return;
    }
    for (Participant participant : plan.participants()) {
      Path signature = home.exchange().resolve(Signatures.file(participant));
      if (!Files.exists(signature)) {
        String key = home.people().resolve(participant.name()).toString();
        ssh(
            List.of(
                "-q", "-Y", "sign", "-f", key, "-n", Signatures.NAMESPACE, transcript.toString()));
        Files.move(made, signature, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private void ssh(List<String> arguments) throws Failure, IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(SSH_KEYGEN));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    ChildEnvironment.clean(builder.environment());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.HERE, "There is no " + SSH_KEYGEN + " here.", "Install openssh-client.");
    }
    boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new Failure(
          ExitCode.HERE,
          SSH_KEYGEN + " made no key or signature.",
          "See whether the disk is full.");
    }
  }
}
