package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.https.TrustAnchors;
import dev.coffer.node.NodeCertificate;
import dev.coffer.node.NodeConfig;
import dev.coffer.node.tls.CertificateRequest;
import dev.coffer.node.tls.FleetAuthority;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.PeerIdentity;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificates of a fleet of processes are renewed one after the other while it works. */
@Tag("long")
final class RenewalTest {
  private static final int NODES = 3;

  @TempDir Path home;

  /** Somebody who recovers without end. */
  private static final class Load implements AutoCloseable {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger verdicts = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;

    Load(ProcessFleet fleet, FleetUser user) {
      thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (!ended.get()) {
                    user.recovers(fleet::client);
                    verdicts.incrementAndGet();
                  }
                } catch (Exception | AssertionError e) {
                  failure.set(e);
                }
              });
    }

    /** Waits for three more verdicts: the first may have begun before. */
    void goesOn() throws InterruptedException {
      int enough = verdicts.get() + 3;
      LoopbackFleet.await("verdicts", 60, () -> failure.get() != null || verdicts.get() >= enough);
      assertEquals(null, failure.get());
    }

    @Override
    public void close() throws InterruptedException {
      ended.set(true);
      thread.join();
    }
  }

  private X509Certificate renew(NodeConfig config) throws IOException {
    NodeCertificate node = new NodeCertificate(config);
    CertificateRequest request = node.request(List.of(), new SecureRandom());
    FleetAuthority authority =
        FleetAuthority.open(home.resolve("authority.key"), home.resolve("ca.pem"));
    X509Certificate issued =
        NodeCertificate.sign(
            request, config.node(), config.fleet(), authority, Instant.now(), new SecureRandom());
    Path file = home.resolve("issued-" + config.node() + ".pem");
    TlsFiles.write(file, issued);
    return node.install(file, Instant.now());
  }

  private NodeTls tls(ProcessFleet fleet, int node) throws IOException {
    return fleet.config(node).tls().load(node, Optional.empty(), Instant.now());
  }

  /** What whoever listens there shows. */
  private static X509Certificate shown(SSLSocketFactory as, int port) throws IOException {
    try (SSLSocket socket = (SSLSocket) as.createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static void awaitShown(SSLSocketFactory as, int port, X509Certificate renewed)
      throws InterruptedException {
    LoopbackFleet.await(
        "the other certificate at port " + port,
        60,
        () -> {
          try {
            return shown(as, port).equals(renewed);
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** What the other nodes show to whoever listens at that port in {@code absent}'s place. */
  private void assertShownBy(
      NodeTls absent, int port, Map<Integer, X509Certificate> renewed, int except)
      throws IOException {
    Map<Integer, X509Certificate> seen = new HashMap<>();
    try (SSLServerSocket listener =
        (SSLServerSocket) absent.context().getServerSocketFactory().createServerSocket()) {
      listener.setReuseAddress(true);
      listener.setNeedClientAuth(true);
      listener.setSoTimeout(60_000);
      listener.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
      while (seen.size() < NODES - 1) {
        try (SSLSocket caller = (SSLSocket) listener.accept()) {
          caller.setSoTimeout(10_000);
          caller.startHandshake();
          X509Certificate theirs = (X509Certificate) caller.getSession().getPeerCertificates()[0];
          seen.put(PeerIdentity.indexIn(theirs).orElseThrow(), theirs);
        }
      }
    }
    for (Map.Entry<Integer, X509Certificate> one : seen.entrySet()) {
      assertTrue(one.getKey() != except);
      assertEquals(renewed.get(one.getKey()), one.getValue(), "node " + one.getKey());
    }
  }

  @Test
  void allAreRenewedWithoutARestartAndNobodyFeelsIt() throws Exception {
    FleetUser user = new FleetUser();
    Map<Integer, X509Certificate> renewed = new HashMap<>();
    try (ProcessFleet fleet = new ProcessFleet(home, NODES, 2)) {
      for (int node = 1; node <= NODES; node++) {
        fleet.spawn(node);
      }
      for (int node = 1; node <= NODES; node++) {
        fleet.awaitReady(node);
      }
      user.enrols(fleet::client);
      SSLSocketFactory client =
          TrustAnchors.of(Bytes.wrap(Files.readAllBytes(home.resolve("ca.pem"))));
      try (Load load = new Load(fleet, user)) {
        load.goesOn();
        for (int node = 1; node <= NODES; node++) {
          X509Certificate next = renew(fleet.config(node));
          renewed.put(node, next);
          NodeTls other = tls(fleet, node % NODES + 1);
          NodeConfig.Member self = fleet.config(node).self();
          awaitShown(client, URI.create(fleet.uri(node).toString()).getPort(), next);
          // New sessions with the two ports between nodes: the engine's TLS, and ours.
          assertEquals(next, shown(other.context().getSocketFactory(), self.peerPort()));
          assertEquals(next, shown(other.context().getSocketFactory(), self.raftPort()));
          load.goesOn();
          long ends = next.getNotAfter().toInstant().getEpochSecond();
          assertTrue(
              fleet
                  .metrics(node)
                  .orElseThrow()
                  .lines()
                  .filter(line -> line.contains("coffer_certificate_expires_seconds{file=\"node"))
                  .anyMatch(line -> Double.parseDouble(line.split(" ")[1]) == ends));
        }
        int absent = fleet.leader();
        NodeTls stands = tls(fleet, absent);
        NodeConfig.Member place = fleet.config(absent).self();
        fleet.kill(absent);
        assertShownBy(stands, place.peerPort(), renewed, absent);
        assertShownBy(stands, place.raftPort(), renewed, absent);
        load.goesOn();
        fleet.spawn(absent);
        fleet.awaitReady(absent);
        load.goesOn();
      }
    }
  }
}
