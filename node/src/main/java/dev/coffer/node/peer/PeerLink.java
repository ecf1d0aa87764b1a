package dev.coffer.node.peer;

import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing connection to one peer: asks and tells travel here, answers come back. Connects by
 * itself and again after every break. Thread-safe.
 */
final class PeerLink implements AutoCloseable {
  private static final int CONNECT_MILLIS = 1_000;
  private static final int HANDSHAKE_MILLIS = 3_000;
  private static final long PAUSE_MILLIS_MIN = 30;
  private static final long PAUSE_MILLIS_MAX = 500;

  private final int node;
  private final String host;
  private final int port;
  private final NodeTls tls;
  private final Consumer<String> troubles;
  private final AtomicLong correlations = new AtomicLong();
  private final Map<Long, CompletableFuture<Bytes>> waiting = new ConcurrentHashMap<>();
  private final Thread keeper;
  private volatile @Nullable FrameWriter writer;
  private volatile @Nullable Socket open;
  private volatile @Nullable String trouble;
  private volatile boolean closed;

  /**
   * @param troubles told once why the two nodes do not accept each other
   */
  PeerLink(int node, String host, int port, NodeTls tls, Consumer<String> troubles) {
    this.troubles = troubles;
    this.node = node;
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.keeper = Thread.ofVirtual().name("peer-link-" + node).unstarted(this::keep);
  }

  void start() {
    keeper.start();
  }

  boolean connected() {
    return writer != null;
  }

  boolean tell(PeerMethod method, Bytes body) {
    FrameWriter current = writer;
    return current != null && current.offer(new Frame(Frame.Kind.TELL, 0, method.number(), body));
  }

  Bytes ask(PeerMethod method, Bytes body, Duration deadline) throws Refusal, InterruptedException {
    FrameWriter current = writer;
    if (current == null) {
      throw new Refusal(Refusal.Reason.UNREACHABLE, "a node cannot be reached");
    }
    long correlation = correlations.incrementAndGet();
    CompletableFuture<Bytes> answer = new CompletableFuture<>();
    waiting.put(correlation, answer);
    try {
      if (!current.offer(new Frame(Frame.Kind.ASK, correlation, method.number(), body))) {
        throw new Refusal(Refusal.Reason.BUSY, "the link to a node is full");
      }
      if (writer != current) {
        // The connection broke in between, and its waiters may have been failed before this one was
        // entered.
        throw new Refusal(Refusal.Reason.UNREACHABLE, "the link to a node broke");
      }
      return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Refusal(Refusal.Reason.UNREACHABLE, "a node did not answer in time");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw new IllegalStateException("a peer call failed in an unknown way", e);
    } finally {
      waiting.remove(correlation);
    }
  }

  private void keep() {
    long pause = PAUSE_MILLIS_MIN;
    while (!closed) {
      long began = System.nanoTime();
      try {
        converse();
      } catch (SSLException e) {
        refused(e);
      } catch (IOException e) {
        // Not logged: a peer that is away for a day would fill the log.
      } catch (InterruptedException e) {
        return;
      }
      boolean lasted = System.nanoTime() - began > TimeUnit.SECONDS.toNanos(5);
      trouble = lasted ? null : trouble;
      pause = lasted ? PAUSE_MILLIS_MIN : Math.min(pause * 2, PAUSE_MILLIS_MAX);
      try {
        TimeUnit.MILLISECONDS.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Both listen, and do not accept each other: that does not pass by itself, and is said once. */
  private void refused(SSLException e) {
    String what;
    if (e instanceof SSLPeerUnverifiedException) {
      what = "is another node than its address says";
    } else if (e.getCause() instanceof CertificateException) {
      what = "shows a TLS certificate that this node's authority did not issue";
    } else {
      // The connection broke meanwhile.
      return;
    }
    String why =
        "node "
            + node
            + " at "
            + host
            + ":"
            + port
            + " "
            + what
            + ": look at the TLS files and the clock of both";
    if (!why.equals(trouble)) {
      trouble = why;
      troubles.accept(why);
    }
  }

  /** Why this node and the other do not accept each other; empty if they do or none answers. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  private void converse() throws IOException, InterruptedException {
    Socket plain = new Socket();
    open = plain;
    Thread sender = null;
    try (plain) {
      plain.setTcpNoDelay(true);
      plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      try (SSLSocket socket =
          (SSLSocket) tls.context().getSocketFactory().createSocket(plain, host, port, true)) {
        handshake(socket);
        FrameWriter fresh = new FrameWriter(socket.getOutputStream());
        writer = fresh;
        sender = Thread.ofVirtual().name("peer-send-" + node).start(() -> send(fresh, plain));
        receive(new DataInputStream(new BufferedInputStream(socket.getInputStream(), 16 << 10)));
      }
    } finally {
      writer = null;
      open = null;
      if (sender != null) {
        sender.interrupt();
      }
      Refusal broken = new Refusal(Refusal.Reason.UNREACHABLE, "the link to a node broke");
      waiting.values().forEach(answer -> answer.completeExceptionally(broken));
    }
  }

  /**
   * Whoever answers at that address must be the node meant: a reply from another peer would be
   * believed to be its own.
   */
  private void handshake(SSLSocket socket) throws IOException {
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    socket.setSoTimeout(HANDSHAKE_MILLIS);
    socket.startHandshake();
    if (NodeTls.peerIndex(socket) != node) {
      throw new SSLPeerUnverifiedException(
          "another node than the one configured answers at a peer address");
    }
    socket.setSoTimeout(0);
  }

  private static void send(FrameWriter frames, Socket socket) {
    try {
      frames.run();
    } catch (IOException e) {
      closeQuietly(socket);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void receive(DataInputStream in) throws IOException {
    for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
      trouble = null;
      CompletableFuture<Bytes> answer = waiting.remove(frame.correlation());
      if (answer == null) {
        continue;
      }
      switch (frame.kind()) {
        case ANSWER -> answer.complete(frame.body());
        case REFUSE -> answer.completeExceptionally(refusal(frame));
        case ASK, TELL -> throw new IOException("a peer asked on a connection that only answers");
      }
    }
  }

  private static Refusal refusal(Frame frame) throws IOException {
    try {
      String detail = new String(frame.body().toByteArray(), StandardCharsets.UTF_8);
      return new Refusal(
          Refusal.Reason.of(frame.number()), detail.substring(0, Math.min(detail.length(), 200)));
    } catch (Rejected e) {
      throw new IOException("a peer refused for an unknown reason", e);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing is left to do with it.
    }
  }

  @Override
  public void close() {
    closed = true;
    Socket socket = open;
    if (socket != null) {
      closeQuietly(socket);
    }
    keeper.interrupt();
  }
}
