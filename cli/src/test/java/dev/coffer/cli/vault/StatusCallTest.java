package dev.coffer.cli.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetAddress;
import dev.coffer.client.port.Pause;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are asked for their status, on loopback. */
class StatusCallTest {
  private static final Duration MINUTES = Duration.ofMinutes(2);
  private static final Bytes NONCE = Bytes.zeros(32);
  private static final List<Optional<Bytes>> SILENCE = List.of(Optional.empty());
  private static final List<Optional<Bytes>> SAID =
      List.of(Optional.of(Bytes.wrap(new byte[] {'x'})));

  /** None of them says where somebody could be asked. */
  private static final List<String> ODD =
      List.of(
          "https://vault_1.example",
          "https://127.0.0.1:99999",
          "https://127.0.0.1:0",
          "https:///v1",
          "https:vault.example",
          "vault.example",
          "");

  @TempDir private Path home;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Duration> waited = new ArrayList<>();

  private ServerSocket listen() throws Exception {
    NodeTls tls = LoopbackTls.in(home);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return tls.context().getServerSocketFactory().createServerSocket(0, 8, loopback);
  }

  private FleetAddress address(ServerSocket listener) {
    URI node = URI.create("https://127.0.0.1:" + listener.getLocalPort());
    return new FleetAddress(new FleetId(NONCE), List.of(node), home.resolve("ca.pem"));
  }

  private static OutputStream heard(Socket asked) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(asked.getInputStream(), StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
      line = in.readLine();
    }
    for (int octet = 0; octet < NONCE.size(); octet++) {
      in.read();
    }
    return asked.getOutputStream();
  }

  private static byte[] head(String status, int size) {
    return ("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + size + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Every octet in time for a limit on reads, and never the last. */
  private void drip(ServerSocket listener) {
    try (Socket asked = listener.accept()) {
      OutputStream out = heard(asked);
      out.write(head("200 OK", 4096));
      while (!over.await(200, TimeUnit.MILLISECONDS)) {
        out.write(1);
        out.flush();
      }
    } catch (IOException | InterruptedException e) {
      // Whoever asked has gone.
    }
  }

  @Test
  void oneThatDripsHoldsNobody() throws Exception {
    try (ServerSocket listener = listen()) {
      Thread node = Thread.startVirtualThread(() -> drip(listener));
      StatusCall call = new StatusCall(address(listener), Pause.blocking(), Duration.ofSeconds(2));
      assertEquals(SILENCE, assertTimeoutPreemptively(MINUTES, () -> call.statuses(1, NONCE)));
      over.countDown();
      node.join();
    }
  }

  private static void answer(ServerSocket listener, List<String> statuses) {
    for (String status : statuses) {
      try (Socket asked = listener.accept()) {
        OutputStream out = heard(asked);
        out.write(head(status, 1));
        out.write('x');
      } catch (IOException e) {
        // The call says what it got.
      }
    }
  }

  private List<Optional<Bytes>> answered(String... statuses) throws Exception {
    try (ServerSocket listener = listen()) {
      Thread node = Thread.startVirtualThread(() -> answer(listener, List.of(statuses)));
      List<Optional<Bytes>> said =
          new StatusCall(address(listener), waited::add, MINUTES).statuses(1, NONCE);
      node.join();
      return said;
    }
  }

  @Test
  void oneThatIsBusyIsAskedAgainAndNoOther() throws Exception {
    assertEquals(SAID, answered("503 Busy", "429 Too many", "200 OK"));
    assertEquals(2, waited.size());
    assertEquals(SILENCE, answered("404 Nothing"));
    assertEquals(2, waited.size());
  }

  /** As often as it takes: the deadline alone ends it. */
  @Test
  void oneThatIsBusyForLongIsAskedOn() throws Exception {
    List<String> statuses = new ArrayList<>(Collections.nCopies(9, "503 Busy"));
    statuses.add("200 OK");
    assertEquals(SAID, answered(statuses.toArray(String[]::new)));
  }

  /** Each answers once all have been asked. */
  @Test
  void allAreAskedAtOnce() throws Exception {
    try (ServerSocket listener = listen()) {
      CountDownLatch asked = new CountDownLatch(3);
      Thread node =
          Thread.startVirtualThread(() -> {
            for (int each = 0; each < 3; each++) {
              Socket one = accept(listener);
              Thread.startVirtualThread(() -> answerAfter(one, asked));
            }
          });
      FleetAddress three =
          new FleetAddress(
              new FleetId(NONCE),
              Collections.nCopies(3, address(listener).nodes().getFirst()),
              home.resolve("ca.pem"));
      List<Optional<Bytes>> said =
          new StatusCall(three, Pause.blocking(), Duration.ofSeconds(30)).statuses(4, NONCE);
      assertEquals(
          List.of(SAID.getFirst(), SAID.getFirst(), SAID.getFirst(), Optional.empty()), said);
      node.join();
    }
  }

  private static Socket accept(ServerSocket listener) {
    try {
      return listener.accept();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answerAfter(Socket one, CountDownLatch asked) {
    try (one) {
      OutputStream out = heard(one);
      asked.countDown();
      asked.await();
      out.write(head("200 OK", 1));
      out.write('x');
    } catch (IOException | InterruptedException e) {
      // The call says what it got.
    }
  }

  /** What others wrote, as a host that is not there. */
  @Test
  void anOddAddressIsSilence() throws Exception {
    try (ServerSocket listener = listen()) {
      String there = "https://127.0.0.1:" + listener.getLocalPort();
      for (String odd : ODD) {
        FleetAddress address =
            new FleetAddress(
                new FleetId(NONCE),
                List.of(URI.create(odd), URI.create(there)),
                home.resolve("ca.pem"));
        Thread node = Thread.startVirtualThread(() -> answer(listener, List.of("200 OK")));
        StatusCall call = new StatusCall(address, Pause.blocking(), MINUTES);
        assertEquals(List.of(Optional.empty(), SAID.getFirst()), call.statuses(2, NONCE), odd);
        node.join();
      }
    }
  }

  @Test
  void aHomeHasAddressesThatCanBeAsked() throws Exception {
    try (ServerSocket listener = listen()) {
      address(listener).write(home);
      Path file = home.resolve("fleet.properties");
      String text = Files.readString(file);
      String sound = "127.0.0.1\\:" + listener.getLocalPort();
      for (String odd : ODD) {
        Files.writeString(file, text.replace("https\\://" + sound, odd));
        assertThrows(Failure.class, () -> FleetAddress.read(home), odd);
      }
      Files.writeString(file, text.replace("https", "http"));
      assertThrows(Failure.class, () -> FleetAddress.read(home));
      Files.writeString(file, text);
      assertEquals(address(listener), FleetAddress.read(home));
    }
  }

  /** Nothing else of this machine is read in its place, and nothing large. */
  @Test
  void theDescriptionOfAHomeThatOthersGaveIsAFileInIt() throws Exception {
    try (ServerSocket listener = listen()) {
      FleetAddress address = address(listener);
      address.write(home);
      Path file = home.resolve("fleet.properties");
      Files.writeString(file, Files.readString(file) + "#".repeat(64 << 10));
      assertThrows(Failure.class, () -> FleetAddress.readFromOthers(home));
      address.write(home);
      Path away = Files.move(file, home.resolve("away"));
      Files.createSymbolicLink(file, away);
      assertEquals(address, FleetAddress.read(home));
      assertThrows(Failure.class, () -> FleetAddress.readFromOthers(home));
      Files.delete(file);
      Files.createDirectory(file);
      assertThrows(Failure.class, () -> FleetAddress.readFromOthers(home));
    }
  }

  @Test
  void theAuthorityOfAHomeThatOthersGaveIsAFileInIt() throws Exception {
    try (ServerSocket listener = listen()) {
      FleetAddress address = address(listener);
      address.write(home);
      assertEquals(address, FleetAddress.read(home));
      assertEquals(address, FleetAddress.readFromOthers(home));
      Path file = home.resolve("fleet.properties");
      String text = Files.readString(file);
      for (String other : List.of("../ca.pem", "/etc/passwd", "..", "tls/ca.pem")) {
        Files.writeString(file, text.replace("authority=ca.pem", "authority=" + other));
        assertThrows(Failure.class, () -> FleetAddress.readFromOthers(home), other);
      }
      Path link = Files.createSymbolicLink(home.resolve("link.pem"), home.resolve("ca.pem"));
      FleetAddress linked = new FleetAddress(address.pin(), address.nodes(), link);
      linked.write(home);
      assertThrows(Failure.class, () -> FleetAddress.readFromOthers(home));
    }
  }
}
