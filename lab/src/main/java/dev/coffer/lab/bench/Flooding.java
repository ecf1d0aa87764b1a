package dev.coffer.lab.bench;

import dev.coffer.cli.Failure;
import dev.coffer.cli.Session;
import dev.coffer.client.https.HttpsTransport;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.lab.local.DevelopmentIssuer;
import dev.coffer.lab.local.LocalFleet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;

/**
 * A {@link Flood} that goes on until it is closed. What is sent is made before it begins: it shares
 * its cores with the fleet, and whoever floods one does not. Thread-safe.
 */
final class Flooding implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final Duration TIMEOUT = Duration.ofMillis(TIMEOUT_MILLIS);
  private static final int SCATTERED = 64;

  private final Session session;
  private final LocalFleet fleet;
  private final DevelopmentIssuer issuer;
  private final Flood flood;
  private final int seconds;
  private final List<Thread> threads = new ArrayList<>();
  private final LongAdder sent = new LongAdder();
  private final LongAdder served = new LongAdder();
  private volatile boolean over;

  /** One connection's work; again and again. */
  private interface Deed {
    /** Whether it was served. */
    boolean done() throws IOException, InterruptedException;
  }

  private Flooding(
      Session session, LocalFleet fleet, DevelopmentIssuer issuer, Flood flood, int seconds) {
    this.session = session;
    this.fleet = fleet;
    this.issuer = issuer;
    this.flood = flood;
    this.seconds = seconds;
  }

  /**
   * Begins.
   *
   * @param seconds for which there is to be something new to send; then it is sent once more
   */
  static Flooding begin(
      Session session, LocalFleet fleet, DevelopmentIssuer issuer, Flood flood, int seconds)
      throws Failure, IOException, Rejected {
    Flooding flooding = new Flooding(session, fleet, issuer, flood, seconds);
    List<Deed> deeds = new ArrayList<>();
    for (int i = 0; i < flood.connections(); i++) {
      deeds.add(flooding.deed(i));
    }
    for (int i = 0; i < flood.connections(); i++) {
      Deed deed = deeds.get(i);
      int turn = i;
      flooding.threads.add(
          Thread.ofVirtual().name("flood-" + i).start(() -> flooding.repeat(deed, turn)));
    }
    return flooding;
  }

  private void repeat(Deed deed, int turn) {
    long one = TimeUnit.SECONDS.toNanos(1) / flood.perSecond();
    long between = one * flood.connections();
    // Not all at the same moment.
    LockSupport.parkNanos(one * turn);
    while (!over) {
      long began = System.nanoTime();
      sent.increment();
      try {
        if (deed.done()) {
          served.increment();
        }
      } catch (IOException e) {
        // Refused or closed, as it should be.
      } catch (InterruptedException e) {
        return;
      }
      LockSupport.parkNanos(Math.max(between - (System.nanoTime() - began), 1_000_000));
    }
  }

  private Deed deed(int i) throws Failure, IOException, Rejected {
    int last = flood.kind() == Flood.Kind.SCATTERED_SILENCE ? i % SCATTERED : 0;
    SourceSockets sockets = new SourceSockets(fleet.address().sockets(), source(last));
    List<URI> nodes = fleet.address().nodes();
    URI node = nodes.get(i % nodes.size());
    InetSocketAddress address = new InetSocketAddress(node.getHost(), node.getPort());
    return switch (flood.kind()) {
      case QUIET -> () -> false;
      case ATTEMPTS -> attempts(sockets, i, false);
      case FALSE_LOGINS -> attempts(sockets, i, true);
      case SILENCE, SCATTERED_SILENCE -> () -> silence(sockets.plain(address, TIMEOUT_MILLIS));
      case HANDSHAKES -> () -> handshake(sockets, address);
      case SCRAPES -> {
        List<URI> metrics = fleet.metrics();
        yield () -> scrape(metrics.get(i % metrics.size()));
      }
    };
  }

  private static InetAddress source(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 66, (byte) (last + 1)});
  }

  private Deed attempts(SourceSockets sockets, int i, boolean damaged) throws Rejected {
    VaultTransport transport =
        new HttpsTransport(
            fleet.address().nodes(), Optional.of(sockets), TIMEOUT, TIMEOUT, System::nanoTime);
    // One login name, a device each: who shares a login shares no key.
    Nobody nobody = new Nobody(fleet.fleet(), issuer, "nobody-at-all", i, session.randomness());
    List<Nobody.Guess> guesses =
        nobody.attempts(1 + seconds * flood.perSecond() / flood.connections());
    List<Bytes> messages =
        guesses.stream()
            .map(Nobody.Guess::message)
            .map(message -> (damaged ? damaged(message) : message).encode())
            .toList();
    AtomicInteger turn = new AtomicInteger();
    return () -> {
      int next = turn.getAndIncrement() % guesses.size();
      return transport.post(
              messages.get(next),
              guesses.get(next).admittingIndex(),
              VaultTransport.Replies.QUORUM,
              0)
          instanceof VaultTransport.Answered;
    };
  }

  private static SealedMessage damaged(SealedMessage message) {
    LoginToken token = message.assertion().token();
    char first = token.jwt().charAt(0) == 'e' ? 'f' : 'e';
    LoginToken bent =
        new LoginToken(token.issuerKey(), token.rootSignature(), first + token.jwt().substring(1));
    return new SealedMessage(
        message.type(),
        message.admittingIndex(),
        message.sealed(),
        new LoginAssertion(bent, message.assertion().deviceSignature()));
  }

  /** Stays until the other side has had enough. */
  private static boolean silence(Socket socket) throws IOException {
    try (socket) {
      socket.setSoTimeout(60_000);
      return socket.getInputStream().read() >= 0;
    }
  }

  private static boolean handshake(SourceSockets sockets, InetSocketAddress address)
      throws IOException {
    try (Socket plain = sockets.plain(address, TIMEOUT_MILLIS);
        Socket secured =
            sockets.createSocket(plain, address.getHostString(), address.getPort(), true)) {
      secured.setSoTimeout(TIMEOUT_MILLIS);
      ((SSLSocket) secured).startHandshake();
      return true;
    }
  }

  private static boolean scrape(URI there) throws IOException {
    try (InputStream in = there.toURL().openStream()) {
      return in.readAllBytes().length > 0;
    }
  }

  /** Things sent, or connections opened. */
  long sent() {
    return sent.sum();
  }

  /** Of them answered as an honest one would be. */
  long served() {
    return served.sum();
  }

  @Override
  public void close() {
    over = true;
    threads.forEach(Thread::interrupt);
  }
}
