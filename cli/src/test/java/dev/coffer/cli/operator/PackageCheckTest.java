package dev.coffer.cli.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.cli.vault.LoopbackTls;
import dev.coffer.evidence.Claim;
import dev.coffer.evidence.SamplePackage;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.bundle.ListedFleet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A notary's shelf with a sound package on it, whose HSMs answer on loopback. */
class PackageCheckTest {
  @TempDir private Path shelf;
  private final List<HttpsServer> nodes = new ArrayList<>();
  private Path home = Path.of("");
  private SamplePackage sample;
  private PackageCheck check;

  /** What happens when HSM 1 is asked, and who answers for HSM 2. */
  private Runnable whenAsked = () -> {};

  private int inPlaceOfTwo = 2;

  @BeforeEach
  void start() throws Exception {
    home = Files.createDirectory(shelf.resolve("first"));
    sample = SamplePackage.in(home);
    check =
        new PackageCheck(
            shelf,
            SamplePackage.SIGNATURES,
            sample.signer(),
            Optional.empty(),
            Randomness.system());
    NodeTls tls = LoopbackTls.in(home);
    for (int index = 1; index <= SamplePackage.HSMS; index++) {
      nodes.add(node(tls, index));
    }
    address().write(home);
  }

  @AfterEach
  void stop() {
    nodes.forEach(node -> node.stop(0));
  }

  private HttpsServer node(NodeTls tls, int index) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/v1/status",
        exchange -> {
          Bytes nonce = Bytes.wrap(exchange.getRequestBody().readAllBytes());
          if (index == 1) {
            whenAsked.run();
          }
          Bytes status = sample.status(index == 2 ? inPlaceOfTwo : index, nonce);
          exchange.sendResponseHeaders(200, status.size());
          exchange.getResponseBody().write(status.toByteArray());
          exchange.close();
        });
    server.start();
    return server;
  }

  private FleetAddress address() {
    List<URI> addresses =
        nodes.stream()
            .map(node -> URI.create("https://127.0.0.1:" + node.getAddress().getPort()))
            .toList();
    return new FleetAddress(sample.fleet().id(), addresses, home.resolve("ca.pem"));
  }

  private static Bundle bundle(ListedFleet fleet) {
    return new TransparencyWorld().next(TransparencyWorld.START, fleet);
  }

  private List<String> objections(FleetState state) throws IOException {
    Bundle bundle = bundle(sample.listed(state));
    return check.objections(bundle, KeyDelta.between(Optional.empty(), bundle));
  }

  private void assertObjection(String what) throws IOException {
    List<String> said = objections(FleetState.ACTIVE);
    assertEquals(1, said.size(), said.toString());
    String name = "fleet " + sample.fleet().id().value().hex().substring(0, 8) + ": ";
    assertTrue(said.getFirst().startsWith(name + what), said.toString());
  }

  private List<String> failures() {
    return check.failures(bundle(sample.listed(FleetState.ACTIVE)));
  }

  @Test
  void nothingSpeaksAgainstWhatHoldsAndAnswers() throws Exception {
    for (FleetState state : List.of(FleetState.ANNOUNCED, FleetState.ACTIVE)) {
      assertEquals(List.of(), objections(state));
    }
    assertEquals(List.of(), failures());
  }

  @Test
  void whoeverIsSilentIsNotKnown() throws Exception {
    nodes.get(1).stop(0);
    assertObjection(
        "it is not known that " + Claim.POSSESSION.says() + " (nobody answers for HSM 2");
    assertEquals(List.of(), failures(), "to a monitor, hosts are down at times");
    assertEquals(List.of(), objections(FleetState.RETIRING), "its HSMs may be gone");
    Files.delete(home.resolve("fleet.properties"));
    assertObjection("it is not known that " + Claim.POSSESSION.says() + " (no node was asked");
  }

  @Test
  void anotherHsmInItsPlaceIsNone() throws Exception {
    inPlaceOfTwo = 3;
    String what = "it does not hold that " + Claim.POSSESSION.says() + " (HSM 2: ";
    assertObjection(what);
    assertTrue(failures().getFirst().contains(what));
  }

  /** Slow hosts, and those who mean ill, hold one request and no more. */
  @Test
  void twoAreNotLookedAtAtOnce() throws Exception {
    List<IOException> refused = new ArrayList<>();
    whenAsked =
        () -> refused.add(assertThrows(IOException.class, () -> objections(FleetState.ANNOUNCED)));
    assertEquals(List.of(), objections(FleetState.ACTIVE));
    assertEquals(1, refused.size());
    whenAsked = () -> {};
    assertEquals(List.of(), objections(FleetState.ACTIVE), "afterwards it is looked at");
  }

  /**
   * Of a home from others no file is used that leads elsewhere, and each is refused in a sentence.
   */
  @Test
  void aHomeThatLeadsElsewhereIsNotAsked() throws Exception {
    String what = "its HSMs cannot be asked: ";
    Path file = home.resolve("fleet.properties");
    String text = Files.readString(file);
    Path elsewhere = Files.writeString(shelf.resolve("elsewhere"), text);
    for (String odd : List.of("https://vault_1.example", "https://127.0.0.1:99999", "https://")) {
      Files.writeString(file, text.replaceAll("nodes=\\S*", "nodes=" + odd));
      assertObjection(what);
      assertTrue(failures().getFirst().contains(what), "a monitor goes on");
    }
    Files.writeString(file, text.replace("=ca.pem", "=../first/ca.pem"));
    assertObjection(what);
    Files.delete(file);
    Files.createSymbolicLink(file, elsewhere);
    assertObjection(what);
    Files.delete(file);
    Files.writeString(file, text);
    Files.writeString(home.resolve("ca.pem"), "no certificate");
    assertObjection(what);
  }

  @Test
  void whatIsMissingOrCannotBeReadIsSaid() throws Exception {
    Path evidence = home.resolve("evidence");
    Path manifest = evidence.resolve("manifest.json");
    Path away = Files.move(manifest, shelf.resolve("manifest.json"));
    Files.createSymbolicLink(manifest, away);
    assertObjection("there is no evidence sha256:");
    assertTrue(failures().getFirst().endsWith("here; no package can be read in first"));
    Files.delete(manifest);
    Files.move(away, manifest);
    Files.move(home, shelf.resolve("second"));
    assertEquals(List.of(), failures(), "by its manifest, whatever it is called");
    Files.move(shelf, shelf.resolveSibling("gone"));
    assertThrows(IOException.class, () -> objections(FleetState.ACTIVE));
    assertTrue(failures().getFirst().contains("its evidence cannot be looked at now: "));
    Files.move(shelf.resolveSibling("gone"), shelf);
  }
}
