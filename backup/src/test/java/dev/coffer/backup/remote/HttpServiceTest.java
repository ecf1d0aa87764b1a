package dev.coffer.backup.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException;
import dev.coffer.backup.s3.ScriptedService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that stop in the middle, over connections that stay open. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpServiceTest {
  private static final byte[] WHOLE = "whole".getBytes(StandardCharsets.US_ASCII);

  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private volatile int stopping;
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "stopping-service");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        answer(server.accept());
      } catch (IOException e) {
        // The client hung up, or the test is over.
        continue;
      }
    }
  }

  private void answer(Socket connection) throws IOException {
    connections.add(connection);
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
    byte[] answer = ScriptedService.answer(200, "", WHOLE);
    boolean stops = connections.size() <= stopping;
    connection.getOutputStream().write(answer, 0, answer.length - (stops ? 3 : 0));
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
    HttpService service =
        new HttpService(authority, HttpClient.newBuilder(), duration -> {}, Duration.ofMillis(500));
    return service.call(
        () -> HttpRequest.newBuilder(URI.create("http://" + authority + "/")),
        sizeMax,
        answer -> false);
  }

  @Test
  void aBodyThatStopsComingIsAskedForAgain() throws Exception {
    stopping = 1;
    assertArrayEquals(WHOLE, call(WHOLE.length).body());
    assertTrue(connections.size() > 1);
    assertTrue(call(WHOLE.length - 1).tooLong());
  }

  @Test
  void oneThatAlwaysStopsIsGivenUp() {
    stopping = Integer.MAX_VALUE;
    assertEquals(
        BackupException.Reason.STORE_UNREACHABLE,
        assertThrows(BackupException.class, () -> call(WHOLE.length)).reason());
  }
}
