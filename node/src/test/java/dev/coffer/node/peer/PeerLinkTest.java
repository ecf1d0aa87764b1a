package dev.coffer.node.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.core.Mailbox;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeThreads;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links connect the nodes they name and nobody else, and get over breaks. */
final class PeerLinkTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir Path home;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CountDownLatch never = new CountDownLatch(1);

  private final PeerCalls calls =
      new PeerCalls() {
        @Override
        public Bytes asked(int node, PeerMethod method, Bytes body)
            throws Refusal, InterruptedException {
          if (method == PeerMethod.SUBMIT) {
            throw new Refusal(Refusal.Reason.BUSY, "too much");
          }
          if (method == PeerMethod.ADMIT) {
            never.await();
          }
          return Bytes.wrap(new byte[] {(byte) node}).concat(body);
        }

        @Override
        public void told(int node, PeerMethod method, Bytes body) {
          heard.add(node + " " + method + " " + body.hex());
        }
      };

  @BeforeEach
  void certificates() throws IOException {
    issue(home);
    issue(home.resolve("strangers"));
  }

  private static void issue(Path under) throws IOException {
    java.nio.file.Files.createDirectories(under);
    FleetCertificates.write(
        under.resolve("ca.pem"),
        List.of(
            new FleetCertificates.NodeHome(1, under.resolve("1"), List.of()),
            new FleetCertificates.NodeHome(2, under.resolve("2"), List.of()),
            new FleetCertificates.NodeHome(3, under.resolve("3"), List.of())),
        Clock.systemUTC(),
        new SecureRandom());
  }

  private NodeTls tls(Path under, int node) throws IOException {
    Path folder = under.resolve(Integer.toString(node));
    return TlsFiles.in(folder).load(node, Optional.empty(), Instant.now());
  }

  private PeerServer server(int node, int port) throws IOException {
    return PeerServer.open(
        "127.0.0.1", port, tls(home, node), index -> index != node && index < 3, calls);
  }

  private PeerMesh mesh(Path under, int self, int to, int port) throws IOException {
    return PeerMesh.open(List.of(new PeerMesh.Address(to, "127.0.0.1", port)), tls(under, self));
  }

  private static void awaitLink(PeerMesh mesh, int node) throws InterruptedException {
    LoopbackFleet.await("a link", 10, () -> mesh.reachable(node));
  }

  @Test
  void asksAndTellsReachTheNodeAndSayWhoSentThem() throws Exception {
    try (PeerServer server = server(2, 0);
        PeerMesh mesh = mesh(home, 1, 2, server.port())) {
      awaitLink(mesh, 2);
      Bytes body = Bytes.fromHex("0a0b");
      assertEquals(Bytes.fromHex("010a0b"), mesh.ask(2, PeerMethod.STATUS, body, SOON));
      assertTrue(mesh.tell(2, PeerMethod.BEAT, body));
      assertEquals("1 BEAT 0a0b", heard.poll(5, TimeUnit.SECONDS));
      Refusal refused =
          assertThrows(Refusal.class, () -> mesh.ask(2, PeerMethod.SUBMIT, body, SOON));
      assertEquals(Refusal.Reason.BUSY, refused.reason());
      Refusal late =
          assertThrows(
              Refusal.class, () -> mesh.ask(2, PeerMethod.ADMIT, body, Duration.ofMillis(50)));
      assertEquals(Refusal.Reason.UNREACHABLE, late.reason());
      assertEquals(
          Refusal.Reason.NOT_FOUND,
          assertThrows(Refusal.class, () -> mesh.ask(3, PeerMethod.STATUS, body, SOON)).reason());
    }
  }

  @Test
  void aLinkComesBackAfterTheOtherSideRestarts() throws Exception {
    PeerServer first = server(2, 0);
    int port = first.port();
    try (PeerMesh mesh = mesh(home, 1, 2, port)) {
      awaitLink(mesh, 2);
      first.close();
      LoopbackFleet.await("the break", 10, () -> !mesh.reachable(2));
      assertThrows(Refusal.class, () -> mesh.ask(2, PeerMethod.STATUS, Bytes.EMPTY, SOON));
      assertFalse(mesh.tell(2, PeerMethod.BEAT, Bytes.EMPTY));
      try (PeerServer second = server(2, port)) {
        awaitLink(mesh, 2);
        assertEquals(Bytes.fromHex("01"), mesh.ask(2, PeerMethod.STATUS, Bytes.EMPTY, SOON));
      }
    }
  }

  @Test
  void anotherNodeAtThatAddressIsNotBelieved() throws Exception {
    try (PeerServer server = server(2, 0);
        PeerMesh mesh = mesh(home, 1, 3, server.port())) {
      assertNeverLinked(mesh, 3);
      assertTroubled(mesh, 3, "is another node than its address says");
    }
  }

  @Test
  void strangersAndNonMembersAreTurnedAway() throws Exception {
    try (PeerServer server = server(2, 0);
        PeerMesh stranger = mesh(home.resolve("strangers"), 1, 2, server.port());
        PeerMesh outsider = mesh(home, 3, 2, server.port())) {
      assertNeverAnswered(stranger);
      assertNeverAnswered(outsider);
      assertTroubled(stranger, 2, "that this node's authority did not issue");
    }
  }

  private static void assertTroubled(PeerMesh mesh, int node, String why)
      throws InterruptedException {
    LoopbackFleet.await(
        why, 10, () -> mesh.trouble(node).filter(said -> said.contains(why)).isPresent());
  }

  @Test
  void strangersWhoSayNothingKeepNoMemberOut() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (PeerServer server = server(2, 0);
        PeerMesh before = mesh(home, 1, 2, server.port())) {
      awaitLink(before, 2);
      for (int i = 0; i < 700; i++) {
        silent.add(new Socket("127.0.0.1", server.port()));
      }
      silent.getFirst().setSoTimeout(10_000);
      byte[] ending = silent.getFirst().getInputStream().readAllBytes();
      assertTrue(ending.length < 100, "it made room: an alert, then the end");
      assertEquals(Bytes.fromHex("01"), before.ask(2, PeerMethod.STATUS, Bytes.EMPTY, SOON));
      try (PeerMesh after = mesh(home, 1, 2, server.port())) {
        awaitLink(after, 2);
        assertEquals(Bytes.fromHex("01"), after.ask(2, PeerMethod.STATUS, Bytes.EMPTY, SOON));
      }
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  /** Its waits move that clock on, and it is interrupted at {@code end}. */
  private static NodeThreads pausing(AtomicLong nanos, long end) {
    return new NodeThreads() {
      @Override
      public void start(String name, Runnable what) {
        what.run();
      }

      @Override
      public void startLasting(String name, Runnable what) {
        what.run();
      }

      @Override
      public void sleep(long wait) throws InterruptedException {
        if (nanos.addAndGet(wait) >= end) {
          throw new InterruptedException();
        }
      }

      @Override
      public <T> Mailbox<T> mailbox(int capacity) {
        return NodeThreads.system().mailbox(capacity);
      }
    };
  }

  private static NodeClock clock(AtomicLong nanos) {
    return new NodeClock() {
      @Override
      public long nanos() {
        return nanos.get();
      }

      @Override
      public Instant now() {
        return Instant.EPOCH;
      }
    };
  }

  /** As where the process has no file descriptor left: accepting fails at once, each time. */
  @Test
  void whereNoConnectionCanBeTakenItPausesAndSaysSoOnceASecond() throws Exception {
    AtomicInteger tried = new AtomicInteger();
    AtomicLong nanos = new AtomicLong();
    List<String> said = new ArrayList<>();
    Handler listening =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            said.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    NodeThreads threads = pausing(nanos, TimeUnit.SECONDS.toNanos(10));
    NodeClock clock = clock(nanos);
    ServerSocket full =
        new ServerSocket() {
          @Override
          public Socket accept() throws IOException {
            tried.incrementAndGet();
            throw new IOException("Too many open files");
          }
        };
    Logger log = Logger.getLogger(PeerServer.class.getName());
    log.addHandler(listening);
    try {
      PeerServer.serving(full, index -> true, calls, threads, clock).close();
    } finally {
      log.removeHandler(listening);
      assertTrue(Thread.interrupted(), "it ends when it is told to");
    }
    assertEquals(500, tried.get(), "every 20 ms of 10 s");
    assertEquals(10, said.size(), said::toString);
    assertTrue(said.getFirst().contains(" 1 times"), said::toString);
    assertTrue(said.getLast().contains(" 50 times"), said::toString);
  }

  private static void assertNeverLinked(PeerMesh mesh, int node) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
    while (System.nanoTime() < until) {
      assertFalse(mesh.reachable(node));
      Thread.onSpinWait();
    }
  }

  /** With TLS 1.3 the client's side may look open until the server has judged its certificate. */
  private static void assertNeverAnswered(PeerMesh mesh) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
    while (System.nanoTime() < until) {
      assertThrows(
          Refusal.class, () -> mesh.ask(2, PeerMethod.STATUS, Bytes.EMPTY, Duration.ofMillis(100)));
    }
  }

  @Test
  void impossibleFramesEndTheConnection() throws Exception {
    try (PeerServer server = server(2, 0)) {
      for (byte[] hostile :
          List.of(
              new byte[] {0x7f, -1, -1, -1},
              new byte[] {0, 0, 0, 1, 0},
              new byte[] {0, 0, 0, 11, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
              new byte[] {0, 0, 0, 11, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})) {
        try (SSLSocket socket =
            (SSLSocket)
                tls(home, 1)
                    .context()
                    .getSocketFactory()
                    .createSocket("127.0.0.1", server.port())) {
          socket.setSoTimeout(5_000);
          socket.getOutputStream().write(hostile);
          socket.getOutputStream().flush();
          int end = readEnd(socket);
          assertEquals(-1, end);
        }
      }
    }
  }

  private static int readEnd(SSLSocket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SSLException | java.net.SocketException closed) {
      return -1;
    }
  }

  @Test
  void framesAreReadAsTheyWereWritten() throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    Frame frame = new Frame(Frame.Kind.REFUSE, 77, 306, Bytes.fromHex("0102"));
    frame.write(new DataOutputStream(octets));
    byte[] written = octets.toByteArray();
    assertEquals(frame, Frame.read(new DataInputStream(new ByteArrayInputStream(written))));
    assertNull(Frame.read(new DataInputStream(new ByteArrayInputStream(new byte[0]))));
    for (int cut = 1; cut < written.length; cut++) {
      byte[] part = java.util.Arrays.copyOf(written, cut);
      assertThrows(
          IOException.class, () -> Frame.read(new DataInputStream(new ByteArrayInputStream(part))));
    }
  }
}
