package dev.coffer.backup.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that come slowly, or stop in the middle, over connections that stay open. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpServiceTest {
  private static final int PIECES = 12;

  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final ServersTime time = new ServersTime();
  private volatile int stopping;
  private volatile int hurried = PIECES;
  private ServerSocket server;

  /** Time goes by as the server says; it does one thing whenever the client begins to wait. */
  private static final class ServersTime implements Pause {
    private final Semaphore turns = new Semaphore(0);
    private long nanos;

    @Override
    public void of(Duration duration) {
      pass(duration);
    }

    @Override
    public synchronized long nanoTime() {
      return nanos;
    }

    synchronized void pass(Duration duration) {
      nanos += duration.toNanos();
      notifyAll();
    }

    private synchronized void wake() {
      notifyAll();
    }

    @Override
    public synchronized boolean ends(CompletableFuture<?> work, Duration limit)
        throws InterruptedException {
      if (work.isDone()) {
        return true;
      }
      long end = nanos + limit.toNanos();
      CompletableFuture<?> unused = work.whenComplete((done, trouble) -> wake());
      turns.release();
      while (nanos < end && !work.isDone()) {
        wait();
      }
      return nanos < end;
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "slow-service");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        answer(server.accept());
      } catch (IOException | InterruptedException e) {
        // The client hung up, or the test is over.
        continue;
      }
    }
  }

  /**
   * The head, then a step at each turn, which takes 100 seconds; or almost one, and no more; or all
   * that is left at once.
   */
  private void answer(Socket connection) throws IOException, InterruptedException {
    connections.add(connection);
    boolean stops = connections.size() <= stopping;
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
    time.turns.acquire();
    send(
        connection,
        ("HTTP/1.1 200 X\r\nContent-Length: " + PIECES * Movement.STEP + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    for (int piece = 0; piece < PIECES; piece++) {
      if (piece >= hurried) {
        send(connection, new byte[Movement.STEP]);
        continue;
      }
      time.turns.acquire();
      if (stops) {
        send(connection, new byte[Movement.STEP - 1]);
        time.pass(Duration.ofSeconds(120));
        return;
      }
      time.pass(Duration.ofSeconds(100));
      send(connection, new byte[Movement.STEP]);
    }
  }

  private static void send(Socket connection, byte[] octets) throws IOException {
    connection.getOutputStream().write(octets);
    connection.getOutputStream().flush();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private HttpAnswer call(int sizeMax) throws BackupException {
    String authority = "127.0.0.1:" + server.getLocalPort();
    HttpService service = new HttpService(authority, HttpClient.newBuilder(), time);
    return service.call(
        () -> HttpRequest.newBuilder(URI.create("http://" + authority + "/")),
        sizeMax,
        answer -> false);
  }

  @Test
  void aBodyThatComesSlowlyMayTakeItsTime() throws Exception {
    assertArrayEquals(new byte[PIECES * Movement.STEP], call(1 << 20).body());
    assertEquals(1, connections.size());
    assertTrue(time.nanoTime() >= Duration.ofSeconds(100L * PIECES).toNanos());
  }

  @Test
  void oneThatStopsComingIsAskedForAgain() throws Exception {
    stopping = 1;
    assertArrayEquals(new byte[PIECES * Movement.STEP], call(1 << 20).body());
    assertEquals(2, connections.size());
  }

  @Test
  void oneThatAlwaysStopsIsGivenUp() {
    stopping = Integer.MAX_VALUE;
    assertEquals(
        BackupException.Reason.STORE_UNREACHABLE,
        assertThrows(BackupException.class, () -> call(1 << 20)).reason());
    assertEquals(2, connections.size(), "its time is over with the second");
  }

  /** A step at a time would hold a restore up for hours, object by object. */
  @Test
  void oneThatTricklesIsGivenUp() {
    hurried = 8;
    assertEquals(
        BackupException.Reason.STORE_UNREACHABLE,
        assertThrows(BackupException.class, () -> call(PIECES * Movement.STEP)).reason());
    assertEquals(2, connections.size(), "ten minutes and 192 seconds each");
  }

  @Test
  void oneThatIsTooLongIsNotReadToItsEnd() throws Exception {
    assertTrue(call(PIECES * Movement.STEP - 1).tooLong());
    assertTrue(time.nanoTime() < Duration.ofSeconds(100L * PIECES / 2).toNanos());
  }

  /** A slow line upwards: what goes out is movement as what comes in. */
  @Test
  void whatIsSentMovesToo() {
    Movement movement = new Movement();
    byte[] content = new byte[3 * Movement.STEP];
    HttpRequest watched =
        movement
            .watched(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1/"))
                    .header("X-Kept", "yes")
                    .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                    .build())
            .build();
    assertEquals("PUT", watched.method());
    assertEquals("yes", watched.headers().firstValue("X-Kept").orElseThrow());
    HttpRequest.BodyPublisher body = watched.bodyPublisher().orElseThrow();
    assertEquals(content.length, body.contentLength());
    AtomicReference<Flow.Subscription> line = new AtomicReference<>();
    body.subscribe(
        new Flow.Subscriber<ByteBuffer>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            line.set(subscription);
          }

          @Override
          public void onNext(ByteBuffer octets) {
            assertTrue(octets.hasRemaining());
          }

          @Override
          public void onError(Throwable trouble) {
            throw new AssertionError(trouble);
          }

          @Override
          public void onComplete() {}
        });
    assertFalse(movement.next().isDone(), "nothing was taken yet");
    line.get().request(1);
    assertTrue(movement.next().isDone());
    assertFalse(movement.next().isDone(), "each step is told once");
    line.get().request(1);
    assertTrue(movement.next().isDone());
  }
}
