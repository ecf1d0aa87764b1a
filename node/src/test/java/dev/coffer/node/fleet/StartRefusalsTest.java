package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.https.TrustAnchors;
import dev.coffer.node.NodeProcess;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that cannot start say on their standard error which file it is, why, and what to
 * do. One fleet, since founding is dear; each test puts back what it changed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("long")
final class StartRefusalsTest {
  private static final List<String> TLS = List.of("node.key", "node.pem", "ca.pem");

  private Path home;
  private ProcessFleet fleet;

  @BeforeAll
  void found(@TempDir Path folder) throws Exception {
    home = folder.toRealPath();
    fleet = new ProcessFleet(home, 3, 2);
  }

  @AfterAll
  void end() throws InterruptedException {
    if (fleet != null) {
      fleet.close();
    }
  }

  private Path node(int number) {
    return home.resolve("node-" + number);
  }

  /** Starts node 1, which must end by itself, and returns what it says. */
  private String refusal() throws Exception {
    fleet.spawn(1);
    assertEquals(NodeProcess.UNAVAILABLE, fleet.process(1).waitFor());
    List<String> lines = Files.readAllLines(node(1).resolve("stderr"));
    return lines.stream().filter(line -> line.startsWith("coffer-node: ")).toList().getLast();
  }

  private static void assertSays(String said, Object... parts) {
    for (Object part : parts) {
      assertTrue(said.contains(part.toString()), () -> part + " is not in: " + said);
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Other TLS files in node 1's place while {@code step} runs. */
  private void withTls(Path others, Step step) throws Exception {
    Path own = node(1).resolve("tls");
    Path aside = home.resolve("tls-aside");
    Files.createDirectories(aside);
    for (String name : TLS) {
      Files.move(own.resolve(name), aside.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(others.resolve(name), own.resolve(name));
    }
    try {
      step.run();
    } finally {
      for (String name : TLS) {
        Files.move(aside.resolve(name), own.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private Path issue(String name, Clock clock) throws IOException {
    Path under = Files.createDirectories(home.resolve(name));
    Path own = under.resolve("tls");
    FleetCertificates.write(
        under.resolve("ca.pem"),
        List.of(new FleetCertificates.NodeHome(1, own, List.of())),
        clock,
        new SecureRandom());
    return own;
  }

  private void exchange(Path one, Path other) throws IOException {
    Path between = home.resolve("between");
    Files.move(one, between);
    Files.move(other, one);
    Files.move(between, other);
  }

  @Test
  @Order(1)
  void theFilesOfTwoNodesExchanged() throws Exception {
    withTls(
        node(2).resolve("tls"),
        () ->
            assertSays(
                refusal(),
                node(1).resolve("tls/node.pem"),
                "is node 2's, and this is node 1",
                "put node 1's node.key, node.pem and ca.pem back"));
  }

  @Test
  @Order(2)
  void anotherFleetsFiles() throws Exception {
    withTls(
        issue("strangers", Clock.systemUTC()),
        () ->
            assertSays(
                refusal(),
                "are another fleet's",
                node(1).resolve("tls/ca.pem"),
                home.resolve("ca.pem"),
                "put node 1's"));
  }

  @Test
  @Order(3)
  void halfOfAnotherSet() throws Exception {
    Path others = issue("half", Clock.systemUTC());
    Files.copy(
        home.resolve("ca.pem"), others.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
    withTls(others, () -> assertSays(refusal(), "was not issued by the authority in"));
    Path own = node(1).resolve("tls");
    Files.copy(
        own.resolve("ca.pem"), others.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(
        own.resolve("node.pem"), others.resolve("node.pem"), StandardCopyOption.REPLACE_EXISTING);
    withTls(
        others,
        () -> assertSays(refusal(), own.resolve("node.key"), "is not the one of the certificate"));
  }

  /** To a clock three days back, a certificate made just now is one made in three days to this. */
  @Test
  @Order(4)
  void aClockThatIsWrong() throws Exception {
    Path ca = home.resolve("ca.pem");
    byte[] was = Files.readAllBytes(ca);
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofDays(3));
    Path others = issue("tomorrow", ahead);
    Files.copy(others.resolve("ca.pem"), ca, StandardCopyOption.REPLACE_EXISTING);
    String from = ahead.instant().minus(Duration.ofDays(1)).toString().substring(0, 10);
    String today = Clock.systemUTC().instant().toString().substring(0, 10);
    withTls(
        others,
        () ->
            assertSays(
                refusal(),
                "The clock of this machine says " + today,
                "is valid from " + from,
                "set the clock"));
    Path expired = issue("expired", Clock.offset(Clock.systemUTC(), Duration.ofDays(-3651)));
    Files.copy(expired.resolve("ca.pem"), ca, StandardCopyOption.REPLACE_EXISTING);
    withTls(expired, () -> assertSays(refusal(), "has expired at", "the clock of this machine"));
    Files.write(ca, was);
  }

  @Test
  @Order(5)
  void anEmptyDescriptionBeforeTheNodeKnowsItsFleet() throws Exception {
    Path description = home.resolve("fleet.bin");
    byte[] was = Files.readAllBytes(description);
    Files.write(description, new byte[0]);
    assertSays(
        refusal(),
        description,
        node(1).resolve("voter.properties"),
        "copy the description from another node");
    assertEquals(0, Files.size(description));
    Files.write(description, was);
  }

  @Test
  @Order(6)
  void anEmptyDescriptionIsTakenFromTheHsmAndComparedWithTheMarker() throws Exception {
    fleet.spawn(1);
    fleet.awaitReady(1);
    fleet.kill(1);
    Path description = home.resolve("fleet.bin");
    byte[] was = Files.readAllBytes(description);
    Files.write(description, new byte[0]);
    fleet.spawn(1);
    fleet.awaitReady(1);
    fleet.kill(1);
    assertArrayEquals(was, Files.readAllBytes(description));

    Path marker = node(1).resolve("voter.properties");
    String names = Files.readString(marker);
    Files.writeString(marker, names.replaceFirst("fleet=.{4}", "fleet=0000"));
    Files.write(description, new byte[3]);
    assertSays(refusal(), description, "the HSM is of another fleet", marker, "check hsm.home");
    assertEquals(3, Files.size(description));
    Files.writeString(marker, names);
    Files.write(description, was);
  }

  @Test
  @Order(7)
  void theHomesOfTwoHsmsExchanged() throws Exception {
    exchange(node(1).resolve("hsm"), node(2).resolve("hsm"));
    assertSays(
        refusal(), node(1).resolve("hsm"), "is number 2, and this is node 1", "check hsm.home");
    exchange(node(1).resolve("hsm"), node(2).resolve("hsm"));
  }

  @Test
  @Order(8)
  void anHsmWithoutMemoryOrKey() throws Exception {
    Path hsm = node(1).resolve("hsm");
    Path aside = home.resolve("hsm-aside");
    Files.move(hsm, aside);
    assertSays(refusal(), hsm, "is of no fleet", "Put the home back");
    fleet.kill(1);
    exchange(hsm, aside);

    Path key = hsm.resolve("SIMULATED-sealing.key");
    byte[] was = Files.readAllBytes(key);
    Files.delete(key);
    assertSays(refusal(), hsm, "the sealing key is lost", "put SIMULATED-sealing.key back");
    assertFalse(Files.exists(key), "no other key is in the way of the lost one");
    Files.write(key, was);
  }

  @Test
  @Order(9)
  void anotherFleetsStore() throws Exception {
    Path marker = node(1).resolve("store/COFFER-STORE");
    String was = Files.readString(marker);
    Files.writeString(marker, was.replaceFirst("fleet .{4}", "fleet 0000"));
    assertSays(
        refusal(),
        node(1).resolve("store"),
        "names another fleet",
        "check the configured directory");
    Files.writeString(marker, was);
  }

  @Test
  @Order(10)
  void aFolderThatCannotBeUsed() throws Exception {
    Path store = node(1).resolve("store");
    Path aside = home.resolve("store-aside");
    Files.move(store, aside);
    Files.write(store, new byte[1]);
    assertSays(refusal(), store, "cannot be used", "see to its folder");
    Files.delete(store);
    Files.move(aside, store);
  }

  /** After all that the node starts as if nothing had been. */
  @Test
  @Order(11)
  void whatWasPutBackStarts() throws Exception {
    fleet.spawn(1);
    fleet.awaitReady(1);
  }

  /** Its HSM dies, and comes back without its memory: said by the node, which runs on. */
  @Test
  @Order(12)
  void anHsmThatIsWipedWhileTheNodeRuns() throws Exception {
    Path hsm = node(1).resolve("hsm");
    List<ProcessHandle> processes = fleet.process(1).descendants().toList();
    assertEquals(1, processes.size());
    try (Stream<Path> all = Files.walk(hsm)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    processes.getFirst().destroyForcibly();
    LoopbackFleet.await("node 1 to stop", 60, () -> get("/healthz").contains("503"));
    assertSays(get("/healthz"), "503", "the HSM is of no fleet", "Put the home back");
    assertSays(get("/readyz"), "503", "the HSM is of no fleet");
    assertSays(fleet.metrics(1).orElseThrow(), "coffer_stopped 1.0", "coffer_serving 0.0");
    assertTrue(fleet.process(1).isAlive());
  }

  private String get(String path) {
    try {
      HttpsURLConnection connection =
          (HttpsURLConnection) fleet.uri(1).resolve(path).toURL().openConnection();
      connection.setSSLSocketFactory(
          TrustAnchors.of(Bytes.wrap(Files.readAllBytes(home.resolve("ca.pem")))));
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        return status + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      return "";
    }
  }
}
