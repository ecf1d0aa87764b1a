package dev.coffer.cli.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.cli.home.FleetAddress;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessProbeTest {
  @TempDir private Path home;

  /** Ends the connection with its answer: nothing can be asked of it afterwards. */
  private static void answer(ServerSocket listener, String status, String body) {
    try (Socket asked = listener.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(asked.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
        line = in.readLine();
      }
      String head = "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
      asked
          .getOutputStream()
          .write(("HTTP/1.1 " + status + head + body).getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // The probe says what it got.
    }
  }

  @Test
  void saysWhatANodeSaysAndUntilWhenItsCertificateCounts() throws Exception {
    Path authority = home.resolve("ca.pem");
    NodeTls tls = LoopbackTls.in(home);
    Optional<Instant> end = Optional.of(tls.certificate().getNotAfter().toInstant());
    InetAddress loopback = InetAddress.getLoopbackAddress();
    FleetAddress address;
    try (ServerSocket listener =
        tls.context().getServerSocketFactory().createServerSocket(0, 8, loopback)) {
      URI node = URI.create("https://127.0.0.1:" + listener.getLocalPort());
      address = new FleetAddress(new FleetId(Bytes.zeros(32)), List.of(node), authority);
      ReadinessProbe probe = new ReadinessProbe(address);
      Thread well = Thread.startVirtualThread(() -> answer(listener, "200 OK", ""));
      assertEquals(new ReadinessProbe.Readiness(true, true, "", end), probe.ask(1));
      well.join();
      Thread ill = Thread.startVirtualThread(() -> answer(listener, "503 No", "no\nquorum\n"));
      assertEquals(new ReadinessProbe.Readiness(true, false, "no quorum", end), probe.ask(1));
      ill.join();
    }
    assertEquals(ReadinessProbe.Readiness.NONE, new ReadinessProbe(address).ask(1));
  }
}
