package dev.coffer.node.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.client.https.TrustAnchors;
import dev.coffer.protocol.codec.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What anybody may ask an HSM without a login, while it is slow to answer somebody. */
class ChallengesTest {
  @TempDir private Path folder;

  /** The status of an answer to that many octets, asked from an address of this machine. */
  private static int asked(LoopbackFleet fleet, String from, String path, int size)
      throws IOException {
    URI there = fleet.uri(1);
    SSLSocketFactory tls = TrustAnchors.of(fleet.authority());
    try (Socket plain =
            new Socket(
                InetAddress.getByName(there.getHost()),
                there.getPort(),
                InetAddress.getByName(from),
                0);
        Socket socket = tls.createSocket(plain, there.getHost(), there.getPort(), true)) {
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      String head =
          "POST %s HTTP/1.1\r\nHost: node\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(path, size);
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(Bytes.zeros(size).toByteArray());
      out.flush();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      return Integer.parseInt(in.readLine().split(" ")[1]);
    }
  }

  @Test
  void whoeverWaitsForAnAttestationKeepsNobodyElseOut() throws Exception {
    try (LoopbackFleet fleet = new LoopbackFleet(folder, 3, 2);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      fleet.start(1);
      fleet.hsm(1).hold(2);
      List<Future<Integer>> slow = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        slow.add(callers.submit(() -> asked(fleet, "127.0.0.1", "/v1/attestation", 64)));
      }
      try {
        LoopbackFleet.await("two that wait", 30, () -> fleet.hsm(1).held() == 2);
        assertEquals(429, asked(fleet, "127.0.0.1", "/v1/attestation", 64), "its share");
        assertEquals(200, asked(fleet, "127.0.0.2", "/v1/attestation", 64));
        for (String from : List.of("127.0.0.1", "127.0.0.2")) {
          assertEquals(200, asked(fleet, from, "/v1/status", 32));
        }
      } finally {
        fleet.hsm(1).letGo();
      }
      for (Future<Integer> one : slow) {
        assertEquals(200, one.get());
      }
      assertEquals(200, asked(fleet, "127.0.0.1", "/v1/attestation", 64), "it has it back");
    }
  }
}
