package dev.coffer.backup.s3;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A server on loopback that answers the n-th request with whatever octets a test wants, and closes.
 */
public final class ScriptedService implements AutoCloseable {
  private final ServerSocket socket;
  private final IntFunction<byte[]> script;
  private final AtomicInteger requests = new AtomicInteger();

  /** The heads of the requests so far. */
  public final List<String> seen = new ArrayList<>();

  /** Answers the n-th request, from 0 on, by {@code script}. */
  public ScriptedService(IntFunction<byte[]> script) throws IOException {
    this.script = script;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "scripted-service");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where it is. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** How many came. */
  public int requests() {
    return requests.get();
  }

  /** An answer of HTTP. */
  public static byte[] answer(int status, String headers, byte[] body) {
    byte[] head =
        ("HTTP/1.1 "
                + status
                + " X\r\n"
                + headers
                + "Content-Length: "
                + body.length
                + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] all = java.util.Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  /** An answer of HTTP. */
  public static byte[] answer(int status, String body) {
    return answer(status, "", body.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers whose heads no client can make sense of. */
  public static List<byte[]> brokenHeads() {
    return List.of(
            "200 X\r\nContent-Length: abc",
            "200 X\r\nContent-Length: 12345678901234567890",
            "200 X\r\nContent-Length: -5",
            "200 X\r\nOdd\u0001Name: x",
            "200 X\r\nTransfer-Encoding: chunked\r\nContent-Length: abc",
            "200 X\r\nTransfer-Encoding: chunked",
            "abc X")
        .stream()
        .map(head -> ("HTTP/1.1 " + head + "\r\nConnection: close\r\n\r\nabc"))
        .map(answer -> answer.getBytes(StandardCharsets.ISO_8859_1))
        .toList();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket connection = socket.accept()) {
        InputStream in = new BufferedInputStream(connection.getInputStream());
        String head = readHead(in);
        int at = head.toLowerCase(Locale.ROOT).indexOf("content-length:");
        if (at >= 0) {
          in.readNBytes(Integer.parseInt(head.substring(at + 15, head.indexOf('\r', at)).trim()));
        }
        synchronized (seen) {
          seen.add(head);
        }
        connection.getOutputStream().write(script.apply(requests.getAndIncrement()));
        connection.getOutputStream().flush();
      } catch (IOException e) {
        // The client hung up, or the test is over.
        continue;
      }
    }
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("no request");
      }
      head.append((char) octet);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
