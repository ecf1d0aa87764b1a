package dev.coffer.node.http;

import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.NodeCore;
import dev.coffer.node.door.Connections;
import dev.coffer.node.door.Door;
import dev.coffer.node.door.Places;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.request.SealedMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTPS interface for clients: one virtual thread a request. Thread-safe. */
public final class VaultServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VaultServer.class);
  private static final String OCTETS = "application/octet-stream";
  private static final String TEXT = "text/plain; charset=utf-8";

  /** What takes a body, and everything else is read. */
  private static final List<String> POSTED = List.of("/v1/vault", "/v1/status", "/v1/attestation");

  private static final List<String> READ =
      List.of("/v1/bundle", "/v1/fleets", "/healthz", "/readyz");

  /** Messages that are worked on at once. */
  private static final int REQUESTS_MAX = 1_024;

  /**
   * Challenges to the HSM at once, of each of the two kinds: whoever asks without a login must not
   * keep it from its work.
   */
  private static final int CHALLENGES_MAX = 4;

  /** Of them from one address: a slow answer to one caller must not keep out all others. */
  private static final int CHALLENGES_PER_ADDRESS = 2;

  private final NodeCore core;
  private final Door door;
  private final Notices notices;
  private final List<String> origins;
  private final BiConsumer<String, Throwable> broken;
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);
  private final Places statuses = new Places(CHALLENGES_MAX, CHALLENGES_PER_ADDRESS);
  private final Places attestations = new Places(CHALLENGES_MAX, CHALLENGES_PER_ADDRESS);
  private final HttpPort port;

  /** What the server needs besides the core. */
  public record Settings(
      String host, int port, List<String> allowedOrigins, Connections.Limits connections) {
    public Settings {
      allowedOrigins = List.copyOf(allowedOrigins);
    }
  }

  private VaultServer(
      Settings settings,
      NodeTls tls,
      NodeCore core,
      Door door,
      NodeClock clock,
      Notices notices,
      BiConsumer<String, Throwable> broken)
      throws IOException {
    this.core = core;
    this.door = door;
    this.notices = notices;
    this.origins = settings.allowedOrigins();
    this.broken = broken;
    // The last: requests come from here on.
    this.port =
        HttpPort.open(
            settings.host(),
            settings.port(),
            Optional.of(tls::context),
            door,
            settings.connections(),
            clock,
            this::handle);
  }

  /**
   * Listens and serves.
   *
   * @param notices what the operator says
   * @param broken told of a broken invariant: the process must not go on
   * @throws IOException if the address cannot be had
   */
  public static VaultServer open(
      Settings settings,
      NodeTls tls,
      NodeCore core,
      Door door,
      NodeClock clock,
      Notices notices,
      BiConsumer<String, Throwable> broken)
      throws IOException {
    return new VaultServer(settings, tls, core, door, clock, notices, broken);
  }

  /** The port it listens on. */
  public int port() {
    return port.port();
  }

  private void handle(Exchange exchange) {
    try {
      // First: a page has to be able to read a refusal, too.
      allowOrigin(exchange);
      door.request(exchange.from());
      route(exchange);
    } catch (Refusal e) {
      Problem.send(exchange, e);
    } catch (IOException e) {
      // The client went away, or sent what is not HTTP.
      exchange.fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.fail(e);
    } catch (Invariant.Broken e) {
      broken.accept("an invariant", e);
      exchange.fail(e);
    } catch (RuntimeException e) {
      LOG.error("A request failed", e);
      fault(exchange, e);
    }
  }

  private static void fault(Exchange exchange, RuntimeException cause) {
    if (exchange.answered()) {
      exchange.fail(cause);
    } else {
      Problem.send(exchange, new Refusal(Refusal.Reason.FAULT, "this node met a fault of its own"));
    }
  }

  private void route(Exchange exchange) throws IOException, InterruptedException, Refusal {
    String path = exchange.path();
    String method = exchange.method();
    List<String> allowed = POSTED.contains(path) ? List.of("POST") : List.of("GET", "HEAD");
    if (!POSTED.contains(path) && !READ.contains(path)) {
      throw new Refusal(Refusal.Reason.NOT_FOUND, "there is nothing here: see the OpenAPI file");
    } else if ("OPTIONS".equals(method)) {
      exchange.send(204);
    } else if (!allowed.contains(method)) {
      exchange.set("Allow", String.join(", ", allowed));
      throw new Refusal(Refusal.Reason.METHOD, "this path takes another method");
    } else {
      switch (path) {
        case "/v1/vault" -> vault(exchange);
        case "/v1/status" -> challenge(exchange, Limits.DIGEST, statuses, core::status);
        case "/v1/attestation" ->
            challenge(exchange, EntityAttestation.NONCE, attestations, core::attestation);
        case "/v1/bundle" -> exchange.send(200, OCTETS, core.bundle().encode().toByteArray());
        case "/v1/fleets" -> exchange.send(200, TEXT, notices.fleets().toByteArray());
        case "/healthz" -> health(exchange);
        default -> readiness(exchange);
      }
    }
  }

  private void vault(Exchange exchange) throws IOException, InterruptedException, Refusal {
    if (notices.retired() && !insists(exchange)) {
      // With the bundle, which says where to go: whoever has the right code is never left standing.
      exchange.send(410, OCTETS, core.bundle().encode().toByteArray());
      return;
    }
    try {
      SealedMessage message = SealedMessage.decode(body(exchange));
      boolean all = wantsAll(exchange);
      door.beforeLogin(exchange.from());
      Bytes answer = worked(requests, () -> core.answer(message, all).encode());
      exchange.send(200, OCTETS, answer.toByteArray());
    } catch (Rejected e) {
      throw new Refusal(Refusal.Reason.MALFORMED, "the body is not a sealed message: " + e.code());
    } catch (Refusal e) {
      if (e.reason() == Refusal.Reason.LOGIN_INVALID) {
        door.badLogin(exchange.from());
      } else if (e.reason() == Refusal.Reason.LOGIN_EXPIRED) {
        door.expiredLogin(exchange.from());
      }
      throw e;
    }
  }

  /**
   * Whoever asks hears what other nodes hear: no HSM takes a status over a nonce but its own, and
   * what stands in one clients get with every answer.
   */
  private void challenge(Exchange exchange, int size, Places places, Answering hsm)
      throws IOException, Refusal {
    Bytes nonce = exchange.body(size + 1);
    if (nonce.size() != size) {
      throw new Refusal(Refusal.Reason.MALFORMED, "a nonce has " + size + " octets here");
    }
    if (!places.take(exchange.from())) {
      throw busy();
    }
    Bytes answer;
    try {
      answer = hsm.over(nonce);
    } finally {
      places.giveBack(exchange.from());
    }
    exchange.send(200, OCTETS, answer.toByteArray());
  }

  /** What the HSM signs over a nonce of somebody's. */
  private interface Answering {
    Bytes over(Bytes nonce) throws Refusal;
  }

  /** Something that takes a while. */
  private interface Work {
    Bytes done() throws InterruptedException, Refusal;
  }

  /** Bodies are here already: those that do not come take no share of what is worked on. */
  private static Bytes worked(Semaphore places, Work work) throws InterruptedException, Refusal {
    if (!places.tryAcquire()) {
      throw busy();
    }
    try {
      return work.done();
    } finally {
      places.release();
    }
  }

  private static Refusal busy() {
    return new Refusal(Refusal.Reason.BUSY, "too many requests are open here");
  }

  /**
   * A client that has asked the newer fleets, too. What was never moved is still here, and its
   * owner may have nothing but the code.
   */
  private static boolean insists(Exchange exchange) {
    return exchange.header("Coffer-Insist").filter("yes"::equals).isPresent();
  }

  private static Bytes body(Exchange exchange) throws IOException, Refusal {
    Bytes octets = exchange.body(Limits.BODY_MAX + 1);
    if (octets.size() > Limits.BODY_MAX) {
      throw new Refusal(Refusal.Reason.TOO_LARGE, "a body has at most 8 KiB");
    }
    return octets;
  }

  private static boolean wantsAll(Exchange exchange) throws Refusal {
    return switch (exchange.header("Coffer-Replies").orElse("quorum")) {
      case "quorum" -> false;
      case "all" -> true;
      default -> throw new Refusal(Refusal.Reason.MALFORMED, "Coffer-Replies is quorum or all");
    };
  }

  private void health(Exchange exchange) {
    Optional<String> stopped = core.stopped();
    exchange.send(stopped.isEmpty() ? 200 : 503, TEXT, utf8(stopped.orElse("ok") + "\n"));
  }

  private void readiness(Exchange exchange) {
    Optional<String> obstacle = core.obstacle();
    exchange.send(obstacle.isEmpty() ? 200 : 503, TEXT, utf8(obstacle.orElse("ready") + "\n"));
  }

  /** Browsers run the web client from another origin; nothing here depends on cookies. */
  private void allowOrigin(Exchange exchange) {
    Optional<String> origin = exchange.header("Origin");
    boolean any = origins.contains("*");
    if (origin.isPresent() && (any || origins.contains(origin.get()))) {
      // Never what the asker wrote, only what the operator did.
      exchange.set("Access-Control-Allow-Origin", any ? "*" : origin.get());
      exchange.set("Access-Control-Allow-Headers", "Content-Type, Coffer-Replies, Coffer-Insist");
      exchange.set("Access-Control-Allow-Methods", "GET, POST");
      // Otherwise a script does not see how long it is asked to wait, and asks leave every time.
      exchange.set("Access-Control-Expose-Headers", "Retry-After");
      exchange.set("Access-Control-Max-Age", "7200");
      exchange.set("Vary", "Origin");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Stops at once: clients ask again. */
  @Override
  public void close() {
    port.close();
  }
}
