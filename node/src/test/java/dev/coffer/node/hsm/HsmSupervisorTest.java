package dev.coffer.node.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real HSM processes on real sockets: founded, used, killed, started again. */
@Tag("long")
final class HsmSupervisorTest {
  @TempDir private Path folder;

  private final List<HsmSupervisor> supervisors = new ArrayList<>();
  private final BlockingQueue<RemoteHsm> starts = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    supervisors.forEach(HsmSupervisor::close);
  }

  private HsmCommand command(String name) {
    String classes =
        Stream.of("hsm-simulated", "hsm-process", "hsm", "protocol", "files")
            .map(module -> Path.of("..", module, "target", "classes").toAbsolutePath().normalize())
            .map(Path::toString)
            .collect(Collectors.joining(":"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new HsmCommand(
        List.of(
            java,
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-cp",
            classes,
            "dev.coffer.hsm.simulated.HsmProcess"),
        folder.resolve(name),
        folder.resolve(name + ".sock"),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60));
  }

  private HsmSupervisor start(String name) throws IOException {
    HsmSupervisor supervisor = HsmSupervisor.start(command(name), starts::add);
    supervisors.add(supervisor);
    return supervisor;
  }

  private void hear(RemoteHsm hsm) throws Rejected {
    Bytes nonce = hsm.challenge(0);
    for (HsmSupervisor other : supervisors) {
      if (other.hsm() != hsm) {
        hsm.hear(0, List.of(other.hsm().status(0, nonce)));
      }
    }
  }

  @Test
  void aFleetOfProcessesOutlivesTheDeathOfOne() throws Exception {
    List<FoundingPort> ports = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      ports.add(start("hsm" + i).hsm());
    }
    List<TenantIssuer> tenants = List.of(new TenantIssuer("acme", Bytes.zeros(32)));
    Fleet fleet = Founding.run(new FleetSettings(3, 2, 10, 2, tenants, true, false), ports);
    assertTrue(fleet.hsm(1).simulated());
    assertEquals(fleet.encode(), supervisors.get(2).hsm().fleet().encode());

    Bytes entry = Bytes.zeros(1);
    List<Statement> statements = new ArrayList<>();
    for (HsmSupervisor supervisor : supervisors) {
      hear(supervisor.hsm());
      supervisor
          .hsm()
          .capture(0, 1, entry, List.of(), Bytes.zeros(1))
          .statement()
          .ifPresent(statements::add);
    }
    Certificate certificate = Certificate.of(statements);
    certificate.verify(fleet);
    assertEquals(3, certificate.signatures().size());
    RemoteHsm first = supervisors.get(0).hsm();
    assertEquals(List.of(), first.release(certificate, List.of()));
    assertEquals(1, first.position(0).highestCertified());

    starts.clear();
    supervisors.get(0).kill();
    assertEquals(first, starts.poll(60, TimeUnit.SECONDS));
    assertEquals(1, first.position(0).values().k());
    assertFalse(first.position(0).maySign());
    Rejected silent = assertThrows(Rejected.class, () -> first.restate(0, 1));
    assertEquals(RejectionCode.NOT_YET_HEARD, silent.code());
    hear(first);
    assertEquals(statements.get(0), first.restate(0, 1));
  }

  @Test
  void twoProcessesNeverShareAHome() throws Exception {
    start("hsm1");
    HsmCommand again = command("hsm1");
    HsmCommand other =
        new HsmCommand(
            again.launch(),
            again.home(),
            folder.resolve("other.sock"),
            again.startDeadline(),
            again.callDeadline());
    assertThrows(IOException.class, () -> HsmSupervisor.start(other, hsm -> {}));
  }

  @Test
  void anHsmSeesItsSettingsAndNothingElseOfTheNodesEnvironment() throws Exception {
    HsmCommand plain = command("hsm1");
    Path seen = folder.resolve("seen");
    List<String> launch =
        new ArrayList<>(List.of("sh", "-c", "env >" + seen + "; exec \"$@\"", ""));
    launch.addAll(plain.launch());
    HsmCommand command =
        new HsmCommand(
            launch, plain.home(), plain.socket(), plain.startDeadline(), plain.callDeadline());
    HsmSupervisor.start(command, hsm -> {}).close();
    String environment = Files.readString(seen);
    assertTrue(environment.contains("COFFER_HSM_PLANTED=passes"), environment);
    assertFalse(environment.contains("OTHER_PLANTED"), environment);
  }

  /** A lost key is told, and no other is put in its place. */
  @Test
  void whatKeepsAnHsmFromStartingIsSaid() throws Exception {
    HsmCommand command = command("hsm1");
    try (HsmSupervisor first = HsmSupervisor.start(command, hsm -> {})) {
      first.hsm().identify();
    }
    Path key = command.home().resolve("SIMULATED-sealing.key");
    Files.delete(key);
    IOException why =
        assertThrows(IOException.class, () -> HsmSupervisor.start(command, hsm -> {}));
    assertTrue(
        String.valueOf(why.getMessage()).contains("the sealing key is lost"), why::getMessage);
    assertTrue(
        String.valueOf(why.getMessage()).contains(command.home().toString()), why::getMessage);
    assertFalse(Files.exists(key));
  }
}
