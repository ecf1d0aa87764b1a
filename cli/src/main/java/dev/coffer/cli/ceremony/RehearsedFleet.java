package dev.coffer.cli.ceremony;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.cli.device.Device;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.home.FleetHome;
import dev.coffer.cli.terminal.Output;
import dev.coffer.cli.vault.LoginSource;
import dev.coffer.cli.vault.ReadinessProbe;
import dev.coffer.cli.vault.UserVault;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.secret.BackupSecret;
import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.client.secret.UnacceptableCode;
import dev.coffer.files.ChildEnvironment;
import dev.coffer.node.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The nodes of a rehearsed fleet, while it is tried; they end with this. Not thread-safe. */
final class RehearsedFleet implements AutoCloseable {
  private static final int HEAP_MIB = 160;
  private static final Duration START = Duration.ofSeconds(180);
  private static final Duration BETWEEN = Duration.ofMillis(500);
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final int END_SECONDS = 8;
  private static final String ACCOUNT = "rehearsal";

  private final Session session;
  private final Output speech;
  private final Path folder;
  private final int n;
  private final List<Process> nodes = new ArrayList<>();

  RehearsedFleet(Session session, Output speech, Path folder, int n) {
    this.session = session;
    this.speech = speech;
    this.folder = folder;
    this.n = n;
  }

  private FleetHome home(int site) {
    return new FleetHome(folder.resolve("site-" + site));
  }

  /** Starts all nodes and returns once all of them say that they would serve. */
  void start() throws Failure, IOException, InterruptedException {
    speech.say("Starting " + n + " nodes, each with the files its site wrote.");
    for (int i = 1; i <= n; i++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(NodeProcess.jvmFlags(HEAP_MIB));
      command.add("-XX:TieredStopAtLevel=1");
      command.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(List.of(NodeProcess.class.getName(), "--config"));
      command.add(home(i).config(i).toString());
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(home(i).output(i).toFile());
      ChildEnvironment.clean(builder.environment(), ChildEnvironment.HSM);
      nodes.add(builder.start());
    }
    ReadinessProbe probe = new ReadinessProbe(FleetAddress.read(home(1).directory()));
    for (long waited = 0; waited < START.toMillis(); waited += BETWEEN.toMillis()) {
      if (IntStream.rangeClosed(1, n).allMatch(probe::ready)) {
        return;
      }
      for (int i = 1; i <= n; i++) {
        if (!nodes.get(i - 1).isAlive()) {
          throw new Failure(
              ExitCode.FAILED,
              "The node of site " + i + " ended: " + Files.readString(home(i).output(i)).strip(),
              "See its node.log.0.");
        }
      }
      session.pause().await(BETWEEN);
    }
    throw new Failure(
        ExitCode.TRY_AGAIN, "The nodes were not ready in time.", "Try it on a quieter machine.");
  }

  /**
   * One code is registered from one device, and gives the same key to another.
   *
   * @return false if nobody here logs users in
   */
  boolean registerAndRecover() throws Failure, IOException, InterruptedException {
    Device phone = Device.of(folder.resolve("phone"), ACCOUNT);
    Device another = Device.of(folder.resolve("new-phone"), ACCOUNT);
    Path fleet = home(1).directory();
    try (RecoveryCode code = RecoveryCode.chosen("rehearsed 2718".toCharArray())) {
      try (UserVault vault = UserVault.open(session, fleet, phone, WAIT, logins())) {
        Enrolment enrolment = vault.enrol(code, false);
        if (!(enrolment instanceof Enrolment.Enrolled)) {
          throw refused("registration", enrolment.getClass().getSimpleName());
        }
      }
      try (UserVault vault = UserVault.open(session, fleet, another, WAIT, logins())) {
        Recovery recovery = vault.recover(code);
        if (!(recovery instanceof Recovery.Recovered)) {
          throw refused("recovery", recovery.getClass().getSimpleName());
        }
      }
    } catch (UnacceptableCode e) {
      throw new IllegalStateException("a code that everybody may have", e);
    } catch (NoLogins e) {
      return false;
    }
    try (BackupSecret first = phone.secret().orElseThrow()) {
      if (another.holdsAnother(first)) {
        throw refused("recovery", "another key");
      }
    }
    speech.say("A code was registered, and a new device got the same key with it.");
    return true;
  }

  /** Nobody here logs users in. */
  private static final class NoLogins extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private LoginSource logins() throws IOException {
    try {
      return session.deployment().logins(session, folder, ACCOUNT);
    } catch (Failure e) {
      throw new NoLogins();
    }
  }

  private static Failure refused(String what, String verdict) {
    return new Failure(
        ExitCode.FAILED, "The " + what + " ended with " + verdict + ".", "See the nodes' logs.");
  }

  @Override
  public void close() {
    nodes.forEach(Process::destroy);
    for (Process node : nodes) {
      try {
        if (!node.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
          node.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        node.destroyForcibly();
      }
    }
  }
}
