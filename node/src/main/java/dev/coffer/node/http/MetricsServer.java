package dev.coffer.node.http;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Connections;
import dev.coffer.node.door.Door;
import dev.coffer.node.peer.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Hands out the counters on a port of its own, in plain HTTP, for whoever watches this machine: at
 * most one rendering a second, however many ask. Thread-safe.
 */
public final class MetricsServer implements AutoCloseable {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Connections.Limits LIMITS =
      new Connections.Limits(
          64,
          0,
          TimeUnit.SECONDS.toNanos(5),
          TimeUnit.SECONDS.toNanos(120),
          TimeUnit.SECONDS.toNanos(10));

  private final HttpPort port;

  private MetricsServer(HttpPort port) {
    this.port = port;
  }

  /**
   * Listens and serves.
   *
   * @param port 0 for any free one
   * @param text the Prometheus text
   * @throws IOException if the address cannot be had
   */
  public static MetricsServer open(String host, int port, Supplier<String> text, NodeClock clock)
      throws IOException {
    Rendered rendered = new Rendered(text, clock);
    Door door = new Door(Door.Rates.NONE, clock, Meters.NONE);
    return new MetricsServer(
        HttpPort.open(host, port, Optional.empty(), door, LIMITS, clock, x -> answer(x, rendered)));
  }

  private static void answer(Exchange exchange, Rendered rendered) {
    boolean get = "GET".equals(exchange.method()) || "HEAD".equals(exchange.method());
    if (get && "/metrics".equals(exchange.path())) {
      exchange.send(200, TYPE, rendered.octets());
    } else {
      Problem.send(exchange, new Refusal(Refusal.Reason.NOT_FOUND, "here is GET /metrics alone"));
    }
  }

  /** The port it listens on. */
  public int port() {
    return port.port();
  }

  @Override
  public void close() {
    port.close();
  }

  /** What was rendered last, again for a second. */
  static final class Rendered {
    private final Supplier<String> text;
    private final NodeClock clock;
    private byte[] octets = {};
    private long atNanos;

    Rendered(Supplier<String> text, NodeClock clock) {
      this.text = text;
      this.clock = clock;
    }

    synchronized byte[] octets() {
      long now = clock.nanos();
      if (octets.length == 0 || now - atNanos >= FRESH_NANOS) {
        octets = text.get().getBytes(StandardCharsets.UTF_8);
        atNanos = now;
      }
      return octets;
    }
  }
}
