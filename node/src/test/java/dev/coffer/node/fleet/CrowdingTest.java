package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.https.TrustAnchors;
import dev.coffer.node.door.Door;
import dev.coffer.node.door.Rate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One login sends without end to a real fleet: it is sent away, and nobody else feels it. */
@Tag("long")
final class CrowdingTest {
  private static final Rate NONE = new Rate(0, 1);

  @TempDir Path home;

  private record Answer(int status, String after, String text) {}

  private static Answer post(LoopbackFleet fleet, int node, Bytes body) throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection) fleet.uri(node).resolve("/v1/vault").toURL().openConnection();
    connection.setSSLSocketFactory(TrustAnchors.of(fleet.authority()));
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.getOutputStream().write(body.toByteArray());
    int status = connection.getResponseCode();
    try (InputStream in = connection.getErrorStream()) {
      return new Answer(
          status,
          String.valueOf(connection.getHeaderField("Retry-After")),
          in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Its form is good, its sealed part noise: what the HSM makes of it does not matter here. */
  private static Bytes message(
      LoopbackFleet fleet, TestLogins logins, String account, Instant expires) {
    SecretBytes device = SecretBytes.random(Randomness.system(), 32);
    LoginToken token =
        logins.login(fleet.fleet().id(), account, Ed25519.publicKey(device), expires);
    Bytes sealed = Randomness.system().bytes(32 + 640 + 16);
    Bytes text =
        LoginAssertion.text(
            fleet.fleet().id(),
            1,
            SealedMessage.sealedHash(RequestType.ATTEMPT, 1, sealed),
            token.tokenHash());
    LoginAssertion assertion = new LoginAssertion(token, Ed25519.sign(device, text));
    return new SealedMessage(RequestType.ATTEMPT, 1, sealed, assertion).encode();
  }

  private static List<Answer> flood(LoopbackFleet fleet, TestLogins logins) throws IOException {
    return flood(fleet, 1, message(fleet, logins, "mallory", Instant.now().plusSeconds(600)), 100);
  }

  private static List<Answer> flood(LoopbackFleet fleet, int node, Bytes message, int times)
      throws IOException {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(post(fleet, node, message));
    }
    return answers;
  }

  private static void assertLimited(Answer answer) {
    assertEquals(429, answer.status());
    assertEquals("1", answer.after());
    assertTrue(answer.text().contains("\"code\":\"LIMITED\""), answer.text());
  }

  @Test
  void oneLoginsFloodIsSentAwayAndNobodyElseFeelsIt() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.limit(new Door.Rates(NONE, new Rate(1, 20), NONE, new Rate(1, 20)));
      fleet.startAll();
      List<Answer> answers = flood(fleet, fleet.logins());
      for (Answer early : answers.subList(0, 20)) {
        assertEquals(421, early.status(), "noise is for another HSM");
      }
      assertLimited(answers.stream().filter(a -> a.status() == 429).findFirst().orElseThrow());

      FleetUser user = new FleetUser();
      user.enrols(fleet::client);
      user.recovers(fleet::client);

      List<Answer> over =
          flood(fleet, 2, message(fleet, fleet.logins(), "carol", Instant.EPOCH), 300);
      for (Answer early : over.subList(0, 80)) {
        assertTrue(early.text().contains("LOGIN_EXPIRED"), early.text());
      }
      assertLimited(over.stream().filter(a -> a.status() == 429).findFirst().orElseThrow());
      List<Answer> strangers = flood(fleet, new TestLogins());
      assertEquals(401, strangers.getFirst().status());
      assertLimited(strangers.stream().filter(a -> a.status() == 429).findFirst().orElseThrow());
      String counted = fleet.metrics(1);
      assertTrue(counted.contains("limited_account"), counted);
      assertTrue(counted.contains("limited_logins"), counted);
      assertFalse(counted.contains("mallory"), counted);
    }
  }

  /** Opens so many connections that say nothing; they stay until the list is closed. */
  private static void standBefore(LoopbackFleet fleet, int node, List<Socket> silent)
      throws IOException {
    int port = fleet.config(node).self().raftPort();
    for (int i = 0; i < 2_000; i++) {
      silent.add(new Socket("127.0.0.1", port));
    }
  }

  @Test
  void whoSaysNothingAtThePortOfRaftKeepsNoVoterOut() throws Exception {
    FleetUser user = new FleetUser();
    List<Socket> silent = new ArrayList<>();
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      fleet.startAll();
      standBefore(fleet, 1, silent);
      silent.getFirst().setSoTimeout(10_000);
      assertEquals(-1, silent.getFirst().getInputStream().read(), "it made room");
      user.enrols(fleet::client);
      fleet.stop(2);
      // From here on nothing is certified unless 1 and 3 hear each other.
      standBefore(fleet, 1, silent);
      user.recovers(fleet::client);
      standBefore(fleet, 1, silent);
      fleet.start(2);
      LoopbackFleet.await("node 2 to serve again", 60, () -> fleet.ready(2));
      user.recovers(fleet::client);
      silent.getLast().setSoTimeout(10_000);
      assertEquals(-1, silent.getLast().getInputStream().read(), "its three seconds are over");
      assertTrue(fleet.metrics(1).contains("limited_raft_connection"), fleet.metrics(1));
      assertTrue(fleet.broken.isEmpty(), fleet.broken::toString);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }
}
