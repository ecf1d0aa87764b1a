package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One connection to a server on loopback, used as a hostile client would: u8 manner ‖ what is sent.
 * The manner says whether it comes in pieces, whether the sending half is closed before an answer
 * was seen, whether the connection is broken off. Returns what came back until the server closed,
 * and does not wait longer than {@link #PATIENCE_MILLIS} for that.
 */
final class SocketTalk {
  /** In pieces of some octets, each in a packet of its own. */
  static final int PIECES = 1;

  /** The first answer is waited for before the sending half is closed. */
  static final int KEEP_OPEN = 2;

  /** Broken off as soon as everything is sent. */
  static final int BREAK_OFF = 4;

  /** In the clear, where the server wants TLS. */
  static final int CLEAR = 8;

  /** A server that answers at all answers within seconds, a busy machine included. */
  private static final int PATIENCE_MILLIS = 20_000;

  /** A request that is not whole gets no answer: after this long nobody waits for one. */
  private static final int FIRST_ANSWER_MILLIS = 40;

  private static final int NOTICED_MILLIS = 100;
  private static final int PIECES_MAX = 24;
  private static final int ANSWER_MAX = 8 << 20;

  private final int port;
  private final Optional<SSLContext> tls;

  SocketTalk(int port, Optional<SSLContext> tls) {
    this.port = port;
    this.tls = tls;
  }

  /** What came back; empty if nothing was waited for. */
  Bytes say(Bytes input) throws IOException {
    int manner = input.size() == 0 ? 0 : input.at(0);
    byte[] octets = input.size() == 0 ? new byte[0] : input.slice(1, input.size()).toByteArray();
    try (Socket plain = new Socket()) {
      plain.setTcpNoDelay(true);
      plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      plain.setSoTimeout(PATIENCE_MILLIS);
      boolean clear = tls.isEmpty() || (manner & CLEAR) != 0;
      Socket socket = clear ? plain : shaken(plain);
      Bytes answers = exchange(socket, plain, manner, octets);
      // To what is no TLS the answer is an alert.
      return clear && tls.isPresent() ? Bytes.EMPTY : answers;
    }
  }

  private SSLSocket shaken(Socket plain) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.orElseThrow().getSocketFactory().createSocket(plain, "localhost", port, true);
    socket.startHandshake();
    return socket;
  }

  private static Bytes exchange(Socket socket, Socket plain, int manner, byte[] octets)
      throws IOException {
    try {
      send(socket.getOutputStream(), manner, octets);
      if ((manner & BREAK_OFF) != 0) {
        plain.setSoLinger(true, 0);
        return Bytes.EMPTY;
      }
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      boolean over = (manner & KEEP_OPEN) != 0 && read(plain, in, got, FIRST_ANSWER_MILLIS);
      socket.shutdownOutput();
      if (!over && socket instanceof SSLSocket && !read(plain, in, got, NOTICED_MILLIS)) {
        // In TLS that was only a notice, after which the platform's server goes on waiting for the
        // rest of a request until its 15 seconds are over. The end of the stream it sees at once.
        plain.shutdownOutput();
      }
      if (!over && !read(plain, in, got, PATIENCE_MILLIS)) {
        throw new AssertionError("the server neither answers nor closes");
      }
      return Bytes.wrap(got.toByteArray());
    } catch (IOException closed) {
      // The server may close while something is still being sent to it.
      return Bytes.EMPTY;
    }
  }

  private static void send(OutputStream out, int manner, byte[] octets) throws IOException {
    if ((manner & PIECES) == 0) {
      out.write(octets);
      out.flush();
      return;
    }
    int piece = Math.max(1 + (manner >> 4), octets.length / PIECES_MAX);
    for (int at = 0; at < octets.length; at += piece) {
      out.write(octets, at, Math.min(piece, octets.length - at));
      out.flush();
    }
  }

  /** Adds what comes in; whether that was all, to the end, before so many pass in silence. */
  private static boolean read(
      Socket plain, InputStream in, ByteArrayOutputStream got, int silentMillis)
      throws IOException {
    plain.setSoTimeout(silentMillis);
    byte[] buffer = new byte[16 << 10];
    try {
      for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
        got.write(buffer, 0, size);
        if (got.size() > ANSWER_MAX) {
          throw new AssertionError("more than " + ANSWER_MAX + " octets came back");
        }
      }
      return true;
    } catch (SocketTimeoutException silence) {
      return false;
    }
  }
}
