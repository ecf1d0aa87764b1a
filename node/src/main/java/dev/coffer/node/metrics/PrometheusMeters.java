package dev.coffer.node.metrics;

import dev.coffer.node.core.Meters;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.request.RequestType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** {@link Meters} as a Prometheus scrape. Thread-safe. */
public final class PrometheusMeters implements Meters {
  private static final Duration[] BOUNDS = {
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(1_000)
  };

  /** Names of events come from the code; this bounds what a mistake there could do. */
  private static final int EVENTS_MAX = 64;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<RequestType, Timer> answers = new EnumMap<>(RequestType.class);
  private final Map<Refusal.Reason, Counter> refusals = new EnumMap<>(Refusal.Reason.class);
  private final Map<String, Counter> events = new ConcurrentHashMap<>();
  private final Timer captures;
  private final Timer certificates;
  private final Timer releases;
  private final Counter operations;
  private final Counter replies;

  /** All meters at zero. */
  public PrometheusMeters() {
    for (RequestType type : RequestType.values()) {
      answers.put(
          type, timer("coffer.answer", "Operations answered here, by type", "type", type.name()));
    }
    for (Refusal.Reason reason : Refusal.Reason.values()) {
      refusals.put(
          reason,
          Counter.builder("coffer.refusals")
              .description("Requests refused here, by reason")
              .tag("reason", reason.name())
              .register(registry));
    }
    captures = timer("coffer.capture", "From an entry's turn to its records stored");
    certificates = timer("coffer.certify", "From the own capture to the certificate");
    releases = timer("coffer.release", "One entry's releases by the own HSM");
    operations =
        Counter.builder("coffer.operations")
            .description("Operations captured by the own HSM")
            .register(registry);
    replies =
        Counter.builder("coffer.replies")
            .description("Replies sealed by the own HSM")
            .register(registry);
    Gauge.builder(
            "coffer.heap.octets",
            () -> ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed())
        .description("Heap in use")
        .register(registry);
  }

  private Timer timer(String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BOUNDS)
        .register(registry);
  }

  /**
   * Adds a value that is read when it is asked for. {@code source} is kept alive by its own holder.
   * Of several with one name, {@code tags} (names and values in turn) tell which is which.
   */
  public <T> void gauge(
      String name, String description, T source, ToDoubleFunction<T> value, String... tags) {
    Gauge.builder(name, source, value)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /** The scrape, Prometheus text format 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void answered(RequestType type, long nanos) {
    Timer timer = answers.get(type);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void refused(Refusal.Reason reason) {
    Counter counter = refusals.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void captured(int count, long nanos) {
    captures.record(nanos, TimeUnit.NANOSECONDS);
    operations.increment(count);
  }

  @Override
  public void certified(long nanos) {
    certificates.record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void released(int count, long nanos) {
    releases.record(nanos, TimeUnit.NANOSECONDS);
    replies.increment(count);
  }

  @Override
  public void event(String name) {
    if (events.size() < EVENTS_MAX || events.containsKey(name)) {
      events
          .computeIfAbsent(
              name,
              unused ->
                  Counter.builder("coffer.events")
                      .description("Things that should not happen often")
                      .tag("event", name)
                      .register(registry))
          .increment();
    }
  }
}
