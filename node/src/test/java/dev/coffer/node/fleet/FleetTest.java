package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Recovery;
import dev.coffer.client.https.TrustAnchors;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes end to end: what clients get, what happens when some are away, and what strangers
 * get.
 */
@Tag("long")
final class FleetTest {
  @TempDir Path home;

  @Test
  void theFleetServesWhileAQuorumLivesAndGoesOnWhenItReturns() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(home, 3, 2)) {
      FleetUser user = new FleetUser();
      fleet.startAll();
      user.enrols(fleet::client);
      user.recovers(fleet::client);
      Recovery wrong = user.verdict(fleet::client, "000000");
      assertEquals(9, assertInstanceOf(Recovery.WrongCode.class, wrong).guessesLeft());

      // An HSM's process dies and comes back.
      fleet.hsm(1).kill();
      user.recovers(fleet::client);
      fleet.hsm(1).start();

      // Each node goes away in turn, so that one of them was the leader.
      for (int away = 1; away <= 3; away++) {
        fleet.stop(away);
        fleet.hsm(away).kill();
        user.recovers(fleet::client);
        fleet.hsm(away).start();
        fleet.start(away);
        awaitReady(fleet, away);
      }

      // A second one is one too many: an honest answer, no guess burnt, and it goes on afterwards.
      fleet.stop(1);
      fleet.stop(2);
      assertInstanceOf(Recovery.TryAgain.class, user.tries(fleet::client));
      fleet.start(2);
      awaitReady(fleet, 2);
      user.recovers(fleet::client);
      fleet.start(1);
      awaitReady(fleet, 1);
      strangersAreRefused(fleet);
      assertEquals(0, fleet.broken.size());
    }
  }

  private static void awaitReady(LoopbackFleet fleet, int node) throws InterruptedException {
    LoopbackFleet.await(
        "node " + node,
        30,
        () -> {
          try {
            return get(fleet, node, "/readyz").status() == 200;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** An answer to a plain request. */
  record Answer(int status, String type, Bytes body) {
    String text() {
      return new String(body.toByteArray(), StandardCharsets.UTF_8);
    }
  }

  static Answer get(LoopbackFleet fleet, int node, String path) throws IOException {
    return exchange(fleet, node, "GET", path, null, "quorum");
  }

  private static Answer post(LoopbackFleet fleet, Bytes body) throws IOException {
    return exchange(fleet, 1, "POST", "/v1/vault", body, "quorum");
  }

  private static Answer exchange(
      LoopbackFleet fleet, int node, String method, String path, Bytes body, String replies)
      throws IOException {
    HttpsURLConnection connection =
        (HttpsURLConnection) fleet.uri(node).resolve(path).toURL().openConnection();
    connection.setSSLSocketFactory(TrustAnchors.of(fleet.authority()));
    connection.setConnectTimeout(5_000);
    connection.setReadTimeout(15_000);
    connection.setRequestMethod(method);
    connection.setRequestProperty("Coffer-Replies", replies);
    if (body != null) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.toByteArray());
    }
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      byte[] octets = in == null ? new byte[0] : in.readAllBytes();
      return new Answer(status, connection.getContentType(), Bytes.wrap(octets));
    }
  }

  /** The HSM's own word over that nonce, by its statement key; whether it is debugged is its. */
  private static void assertAttests(LoopbackFleet fleet, int index) throws Exception {
    for (int size : List.of(32, 63, 65)) {
      Bytes wrong = Bytes.zeros(size);
      assertProblem(
          400, "MALFORMED", exchange(fleet, index, "POST", "/v1/attestation", wrong, "quorum"));
    }
    Bytes nonce = Randomness.system().bytes(64);
    Bytes token = exchange(fleet, index, "POST", "/v1/attestation", nonce, "quorum").body();
    Bytes signature = token.slice(token.size() - 64, token.size());
    HsmIdentity hsm = fleet.fleet().hsm(index);
    List<Bytes> held = new ArrayList<>();
    for (boolean debugged : List.of(true, false)) {
      Bytes said =
          EntityAttestation.of(
                  fleet.fleet(),
                  index,
                  nonce,
                  new EntityAttestation.Device(hsm.model(), hsm.measurement(), debugged, ""))
              .encode();
      Bytes signed = CoseSign1.signed(CoseSign1.ED25519, said);
      if (Ed25519.verify(hsm.statementKey(), signed, signature)) {
        held.add(CoseSign1.message(said, signature));
      }
    }
    assertEquals(List.of(token), held);
  }

  private static void assertProblem(int status, String code, Answer answer) {
    assertEquals(status, answer.status(), answer.text());
    assertEquals("application/problem+json", answer.type());
    assertTrue(answer.text().contains("\"code\":\"" + code + "\""), answer.text());
    assertTrue(answer.text().contains("\"next\":\""));
  }

  private void strangersAreRefused(LoopbackFleet fleet) throws Exception {
    assertEquals("ok\n", get(fleet, 1, "/healthz").text());
    FleetDelivery delivery = FleetDelivery.decode(get(fleet, 1, "/v1/bundle").body());
    assertEquals(fleet.fleet().id(), delivery.fleet().id());
    delivery.certificates().get(0).verify(fleet.fleet());
    String metrics = fleet.metrics(1);
    assertTrue(metrics.contains("coffer_capture_seconds_count"));
    for (String entries : List.of("captured", "certified")) {
      assertTrue(metrics.matches("(?s).*\ncoffer_entries_" + entries + " [1-9].*"), metrics);
    }
    assertFalse(metrics.contains(FleetUser.ACCOUNT));
    assertProblem(404, "NOT_FOUND", get(fleet, 1, "/v2"));
    assertProblem(404, "NOT_FOUND", get(fleet, 1, "/metrics"));
    assertProblem(405, "METHOD", get(fleet, 1, "/v1/vault"));
    for (String path : List.of("/healthz", "/v1/bundle", "/v1/fleets")) {
      Answer head = exchange(fleet, 1, "HEAD", path, null, "quorum");
      assertEquals(200, head.status(), path);
      assertEquals(Bytes.EMPTY, head.body(), path);
    }
    awaitReady(fleet, 1);
    assertEquals(Bytes.EMPTY, exchange(fleet, 1, "HEAD", "/readyz", null, "quorum").body());
    assertEquals(405, exchange(fleet, 1, "HEAD", "/v1/vault", null, "quorum").status());
    assertProblem(405, "METHOD", exchange(fleet, 1, "POST", "/v1/bundle", Bytes.EMPTY, "quorum"));
    assertEquals(405, exchange(fleet, 1, "GET", "/v1/status", null, "quorum").status());
    for (int size : List.of(0, 31, 33)) {
      Bytes nonce = Bytes.zeros(size);
      assertProblem(400, "MALFORMED", exchange(fleet, 1, "POST", "/v1/status", nonce, "quorum"));
    }
    Bytes nonce = Randomness.system().bytes(32);
    Answer told = exchange(fleet, 2, "POST", "/v1/status", nonce, "quorum");
    SignedStatus status = SignedStatus.read(new CanonicalReader(told.body()));
    assertEquals(2, status.index());
    assertEquals(nonce, status.nonce());
    assertTrue(status.verifySignature(fleet.fleet()));
    assertAttests(fleet, 2);
    assertProblem(400, "MALFORMED", post(fleet, Bytes.EMPTY));
    assertProblem(400, "MALFORMED", post(fleet, Bytes.zeros(900)));
    assertProblem(413, "TOO_LARGE", post(fleet, Bytes.zeros(8193)));
    for (int admitting = 1; admitting <= 2; admitting++) {
      // The second travels to another node, which refuses for itself.
      Instant soon = Instant.now().plusSeconds(60);
      assertProblem(401, "LOGIN_EXPIRED", post(fleet, message(fleet, admitting, Instant.EPOCH)));
      assertProblem(421, "WRONG_FLEET", post(fleet, message(fleet, admitting, soon)));
    }
    assertProblem(421, "WRONG_FLEET", post(fleet, message(fleet, 7, Instant.EPOCH)));
    Bytes good = message(fleet, 1, Instant.now().plusSeconds(60));
    assertProblem(400, "MALFORMED", exchange(fleet, 1, "POST", "/v1/vault", good, "some"));
  }

  /** A message whose form is good and whose sealed part is noise. */
  private static Bytes message(LoopbackFleet fleet, int admitting, Instant expires) {
    SecretBytes device = SecretBytes.random(Randomness.system(), 32);
    LoginToken token =
        fleet
            .logins()
            .login(fleet.fleet().id(), FleetUser.ACCOUNT, Ed25519.publicKey(device), expires);
    Bytes sealed = Randomness.system().bytes(32 + 640 + 16);
    Bytes text =
        LoginAssertion.text(
            fleet.fleet().id(),
            admitting,
            SealedMessage.sealedHash(RequestType.ATTEMPT, admitting, sealed),
            token.tokenHash());
    LoginAssertion assertion = new LoginAssertion(token, Ed25519.sign(device, text));
    return new SealedMessage(RequestType.ATTEMPT, admitting, sealed, assertion).encode();
  }
}
