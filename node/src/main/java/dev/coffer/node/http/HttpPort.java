package dev.coffer.node.http;

import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Connections;
import dev.coffer.node.door.Door;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * A port that speaks HTTP/1.1 (decision 0060), with TLS or without: who may connect and for how
 * long is decided before anything is read, and each request has a virtual thread. Thread-safe.
 */
final class HttpPort implements AutoCloseable {
  /** Everything else has forward secrecy, too, and none has CBC (RFC 7457, RFC 9325 §4.2). */
  private static final String[] SUITES = {
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
  };

  private static final int HEAD_OCTETS_MAX = 16 << 10;
  private static final int SELECTORS = 2;
  private static final int THREADS_MAX = 12;
  private static final int THREADS_MIN = 4;
  private static final long LOOK_MILLIS = 250;

  private final Server server;
  private final GuardedConnector connector;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("http-watch").factory());

  /** What is done with a request; each runs on a thread of its own and may block. */
  interface Answerer {
    void answer(Exchange exchange);
  }

  private HttpPort(
      String host,
      int port,
      Optional<Supplier<SSLContext>> tls,
      Door door,
      Connections.Limits limits,
      NodeClock clock,
      Answerer answerer) {
    QueuedThreadPool pool = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
    pool.setName("http");
    pool.setDaemon(true);
    pool.setReservedThreads(0);
    this.server = new Server(pool, new ScheduledExecutorScheduler("http-times", true), null);
    HttpConnectionFactory http = new HttpConnectionFactory(configuration());
    this.connector =
        tls.isEmpty()
            ? new GuardedConnector(server, door, limits, clock, SELECTORS, http)
            : new GuardedConnector(
                server, door, limits, clock, SELECTORS, handshake(tls.get()), http);
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(TimeUnit.NANOSECONDS.toMillis(limits.nextNanos()));
    server.addConnector(connector);
    server.setHandler(new Entry(answerer));
    server.setErrorHandler(new Bare());
    server.setStopAtShutdown(false);
    server.setStopTimeout(0);
  }

  /**
   * Listens.
   *
   * @param tls what each connection is secured with; empty for plain HTTP
   * @throws IOException if the address cannot be had
   */
  static HttpPort open(
      String host,
      int port,
      Optional<Supplier<SSLContext>> tls,
      Door door,
      Connections.Limits limits,
      NodeClock clock,
      Answerer answerer)
      throws IOException {
    HttpPort opened = new HttpPort(host, port, tls, door, limits, clock, answerer);
    try {
      // Apart from the start: an address that cannot be had is no fault of the library's.
      opened.connector.open();
    } catch (IOException e) {
      opened.close();
      throw e.getCause() instanceof IOException cause ? cause : e;
    }
    try {
      opened.server.start();
    } catch (Exception e) {
      opened.close();
      throw new IOException("The HTTP server of this node does not start: see its log.", e);
    }
    var unused =
        opened.watch.scheduleWithFixedDelay(
            opened.connector::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return opened;
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration http = new HttpConfiguration();
    http.setRequestHeaderSize(HEAD_OCTETS_MAX);
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    // On the heap: the little memory outside of it is the ordering engine's.
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    return http;
  }

  private static SslConnectionFactory handshake(Supplier<SSLContext> context) {
    SslContextFactory.Server secured =
        new SslContextFactory.Server() {
          @Override
          public SSLContext getSslContext() {
            return context.get();
          }
        };
    secured.setSslContext(context.get());
    secured.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    secured.setExcludeCipherSuites();
    secured.setIncludeCipherSuites(SUITES);
    secured.setRenegotiationAllowed(false);
    SslConnectionFactory handshake =
        new SslConnectionFactory(secured, HttpVersion.HTTP_1_1.asString());
    // It would compare the Host header with the certificate: by which name a node is reached is the
    // client's and the network's business.
    handshake.setEnsureSecureRequestCustomizer(false);
    return handshake;
  }

  /** The port it listens on. */
  int port() {
    return connector.getLocalPort();
  }

  /** Never blocks the threads that read and write for all connections. */
  private final class Entry extends Handler.Abstract.NonBlocking {
    private final Answerer answerer;

    Entry(Answerer answerer) {
      this.answerer = answerer;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Exchange exchange = new Exchange(request, response, callback, connector.progress(request));
      threads.execute(() -> answerer.answer(exchange));
      return true;
    }
  }

  /** What is not HTTP gets its status and no words: nothing that came in goes out again. */
  private static final class Bare implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      response.getHeaders().put("Connection", "close");
      callback.succeeded();
      return true;
    }
  }

  /** Stops at once: clients ask again. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      // It holds nothing that lasts.
    }
    connector.close();
    watch.shutdownNow();
    threads.shutdownNow();
  }
}
