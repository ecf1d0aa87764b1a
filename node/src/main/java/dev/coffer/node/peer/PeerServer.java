package dev.coffer.node.peer;

import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeThreads;
import dev.coffer.node.core.Occurrences;
import dev.coffer.node.door.Connections;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incoming half of the links between nodes. Only holders of a certificate that names another
 * member get past the handshake; each connection may have 512 questions open, then it is no longer
 * read. Whoever has not shown a certificate has one of the places of {@link
 * Connections.Limits#STRANGERS} for three seconds, and the one that came first makes room for the
 * next: strangers never use up what the members need. Thread-safe.
 */
public final class PeerServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);
  private static final Connections.Limits STRANGERS = Connections.Limits.STRANGERS;
  private static final int HANDSHAKE_MILLIS =
      (int) TimeUnit.NANOSECONDS.toMillis(STRANGERS.firstNanos());
  private static final int OPEN_QUESTIONS_MAX = 512;

  /** So long it does not try again when no connection can be taken. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Connections of one member: the newest counts, an older one may not have noticed its end. */
  private static final int OF_A_MEMBER_MAX = 4;

  private final ServerSocket listener;
  private final IntPredicate member;
  private final PeerCalls calls;
  private final NodeThreads threads;
  private final NodeClock clock;
  private final Connections<SSLSocket> strangers = new Connections<>(STRANGERS);
  private final Map<Integer, Deque<SSLSocket>> members = new HashMap<>();
  private final Set<SSLSocket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private PeerServer(
      ServerSocket listener,
      IntPredicate member,
      PeerCalls calls,
      NodeThreads threads,
      NodeClock clock) {
    this.listener = listener;
    this.member = member;
    this.calls = calls;
    this.threads = threads;
    this.clock = clock;
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   * @param member the indices that may connect
   * @throws IOException if the address cannot be had
   */
  public static PeerServer open(
      String host, int port, NodeTls tls, IntPredicate member, PeerCalls calls) throws IOException {
    ServerSocket listener = new SecuredListener(tls);
    listener.setReuseAddress(true);
    try {
      listener.bind(new InetSocketAddress(InetAddress.getByName(host), port), STRANGERS.total());
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    return serving(listener, member, calls, NodeThreads.system(), NodeClock.system());
  }

  /** Secures each connection with what the node shows when it comes. */
  private static final class SecuredListener extends ServerSocket {
    private final NodeTls tls;

    SecuredListener(NodeTls tls) throws IOException {
      this.tls = tls;
    }

    @Override
    public Socket accept() throws IOException {
      return secured(super.accept(), tls.context().getSocketFactory());
    }
  }

  /** A connection that cannot be secured is closed: nobody else has it. */
  static SSLSocket secured(Socket plain, SSLSocketFactory factory) throws IOException {
    try {
      SSLSocket socket = (SSLSocket) factory.createSocket(plain, null, true);
      socket.setNeedClientAuth(true);
      socket.setEnabledProtocols(new String[] {"TLSv1.3"});
      return socket;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /** Takes connections from {@code listener}, whose sockets speak TLS, until it is closed. */
  static PeerServer serving(
      ServerSocket listener,
      IntPredicate member,
      PeerCalls calls,
      NodeThreads threads,
      NodeClock clock) {
    PeerServer server = new PeerServer(listener, member, calls, threads, clock);
    threads.start("peer-accept", server::accept);
    return server;
  }

  /** The port it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    Failures failures = new Failures();
    while (!closed) {
      try {
        SSLSocket socket = (SSLSocket) listener.accept();
        for (SSLSocket late : strangers.overdue(clock.nanos())) {
          closeQuietly(late);
        }
        Connections.Entrance<SSLSocket> entrance =
            strangers.enter(socket, socket.getInetAddress(), clock.nanos());
        entrance.instead().ifPresent(PeerServer::closeQuietly);
        if (entrance.admitted()) {
          Thread.ofVirtual().name("peer-serve").start(() -> serve(socket));
        } else {
          closeQuietly(socket);
        }
      } catch (IOException e) {
        if (closed || !failures.pause(e)) {
          return;
        }
      }
    }
  }

  /**
   * Accepting that fails, as without file descriptors it does at once and again: neither the
   * processor nor the log is filled by it. For one thread.
   */
  private final class Failures {
    private final Occurrences occurrences = new Occurrences();

    /** Waits a little; false if the node is stopping. */
    boolean pause(IOException cause) {
      long times = occurrences.again(clock.nanos());
      if (times > 0) {
        LOG.warn(
            "Accepting a peer failed, {} times since this was said last: {}. If files are too many,"
                + " raise the process's limit",
            times,
            cause.toString());
      }
      try {
        threads.sleep(PAUSE_NANOS);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  private void serve(SSLSocket socket) {
    open.add(socket);
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      socket.startHandshake();
      int node = NodeTls.peerIndex(socket);
      if (!member.test(node)) {
        throw new SSLException("a node that is no peer of this one connected");
      }
      socket.setSoTimeout(0);
      strangers.leave(socket);
      enter(node, socket);
      converse(node, socket);
    } catch (IOException e) {
      LOG.debug("A peer connection ended: {}", e.toString());
    } finally {
      open.remove(socket);
      strangers.leave(socket);
      leave(socket);
    }
  }

  private void enter(int node, SSLSocket socket) {
    synchronized (members) {
      Deque<SSLSocket> own = members.computeIfAbsent(node, unused -> new ArrayDeque<>());
      own.add(socket);
      if (own.size() > OF_A_MEMBER_MAX) {
        closeQuietly(own.remove());
      }
    }
  }

  private void leave(SSLSocket socket) {
    synchronized (members) {
      members.values().forEach(own -> own.remove(socket));
    }
  }

  /** On a thread of its own: TLS tells the other side, who may not be reading. */
  private static void closeQuietly(SSLSocket socket) {
    Thread.ofVirtual()
        .name("peer-close")
        .start(() -> {
          try {
            socket.close();
          } catch (IOException e) {
            // The end it was to come to.
          }
        });
  }

  private void converse(int node, SSLSocket socket) throws IOException {
    FrameWriter writer = new FrameWriter(socket.getOutputStream());
    Thread sender = Thread.ofVirtual().name("peer-reply-" + node).start(() -> send(writer, socket));
    Semaphore questions = new Semaphore(OPEN_QUESTIONS_MAX);
    try {
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 16 << 10));
      for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
        take(node, frame, questions, writer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sender.interrupt();
    }
  }

  private void take(int node, Frame frame, Semaphore questions, FrameWriter writer)
      throws IOException, InterruptedException {
    PeerMethod method;
    try {
      method = PeerMethod.of(frame.number());
    } catch (Rejected unknown) {
      // A newer version's method: refuse it, keep the link (nodes of neighbouring versions work
      // together).
      writer.offer(
          refuse(frame, Refusal.Reason.NOT_FOUND, "this node's version does not know that method"));
      return;
    }
    switch (frame.kind()) {
      case TELL -> {
        try {
          calls.told(node, method, frame.body());
        } catch (Rejected e) {
          LOG.warn("Node {} told something malformed with {}: {}", node, method, e.code());
        }
      }
      case ASK -> {
        questions.acquire();
        Thread.ofVirtual()
            .name("peer-answer")
            .start(() -> {
              try {
                writer.offer(answer(node, method, frame));
              } finally {
                questions.release();
              }
            });
      }
      case ANSWER, REFUSE ->
          throw new IOException("a peer answered on a connection that only asks");
    }
  }

  private Frame answer(int node, PeerMethod method, Frame question) {
    try {
      Bytes body = calls.asked(node, method, question.body());
      return new Frame(Frame.Kind.ANSWER, question.correlation(), 0, body);
    } catch (Refusal e) {
      return refuse(question, e.reason(), e.detail());
    } catch (Rejected e) {
      return refuse(question, Refusal.Reason.MALFORMED, e.code().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refuse(question, Refusal.Reason.TRY_AGAIN, "this node is stopping");
    } catch (RuntimeException e) {
      LOG.error("Answering {} failed", method, e);
      return refuse(question, Refusal.Reason.TRY_AGAIN, "this node is in trouble");
    }
  }

  private static Frame refuse(Frame question, Refusal.Reason reason, String detail) {
    Bytes text = Bytes.wrap(detail.getBytes(StandardCharsets.UTF_8));
    return new Frame(Frame.Kind.REFUSE, question.correlation(), reason.number(), text);
  }

  private static void send(FrameWriter writer, SSLSocket socket) {
    try {
      writer.run();
    } catch (IOException e) {
      closeQuietly(socket);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    listener.close();
    for (SSLSocket socket : open) {
      socket.close();
    }
  }
}
