package dev.coffer.cli.operations;

import dev.coffer.notary.http.Fetch;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.json.JsonWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks all parties at once how they are, however many ask this: at most one round a second. Who is
 * slow, silent or says too much is reported as such, and holds nobody up for longer than the
 * deadline that {@link Fetch} was given. Thread-safe.
 */
public final class Watch implements AutoCloseable {
  /** Octets of one party's counters; a node has some 40,000. */
  static final int METRICS_MAX = 256 << 10;

  private static final int SENTENCE_MAX = 1_024;
  private static final int SHOWN_MAX = 300;
  private static final long FRESH_MILLIS = 1_000;

  private final List<Party> parties;
  private final JsonWriter fleet;
  private final Fetch nodes;
  private final Fetch others;
  private final Clock clock;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock round = new ReentrantLock();
  private String told = "";
  private long atMillis;

  /**
   * @param parties who is asked, in the order in which they are told
   * @param fleet what else the page should know, the same in each answer
   * @param nodes the way to where nodes say whether they serve, with their fleet's authority
   * @param others the way to everything else; the deadline of both is that of one question, and
   *     both are closed with this
   */
  public Watch(List<Party> parties, JsonWriter fleet, Fetch nodes, Fetch others, Clock clock) {
    this.parties = List.copyOf(parties);
    this.fleet = fleet;
    this.nodes = nodes;
    this.others = others;
    this.clock = clock;
  }

  /**
   * One JSON object: {@code at} in milliseconds since 1970, {@code fleet}, and of each of {@code
   * parties} its {@code kind}, {@code name}, {@code state} ({@code answers}, {@code silent}, {@code
   * odd} if what came back is no answer, {@code unwatched} if nobody said where its counters are),
   * {@code why} in words, {@code metrics}, and {@code well} where it was asked whether it serves
   * and answered.
   */
  public String look() throws InterruptedException {
    round.lockInterruptibly();
    try {
      long now = clock.millis();
      if (told.isEmpty() || now < atMillis || now - atMillis >= FRESH_MILLIS) {
        told = ask();
        atMillis = clock.millis();
      }
      return told;
    } finally {
      round.unlock();
    }
  }

  private record Answer(String state, String why, Bytes body) {}

  private String ask() throws InterruptedException {
    long at = clock.millis();
    List<Future<Answer>> counters = new ArrayList<>();
    List<Future<Answer>> words = new ArrayList<>();
    for (Party party : parties) {
      Fetch health = party.kind() == Party.Kind.NODE ? nodes : others;
      counters.add(threads.submit(() -> get(others, party.metrics(), METRICS_MAX)));
      words.add(threads.submit(() -> get(health, party.health(), SENTENCE_MAX)));
    }
    List<JsonWriter> all = new ArrayList<>();
    for (int i = 0; i < parties.size(); i++) {
      all.add(told(parties.get(i), got(counters.get(i)), got(words.get(i))));
    }
    return new JsonWriter().put("at", at).put("fleet", fleet).putAll("parties", all).toString();
  }

  private static Answer got(Future<Answer> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a question has no other end", e);
    }
  }

  private static Answer get(Fetch fetch, Optional<URI> address, int max)
      throws InterruptedException {
    if (address.isEmpty()) {
      return new Answer("unwatched", "", Bytes.EMPTY);
    }
    try {
      Fetch.Reply reply = fetch.get(address.get(), max);
      return reply.status() == 200
          ? new Answer("answers", "", reply.body())
          : new Answer("odd", "HTTP " + reply.status(), reply.body());
    } catch (IOException e) {
      String cause = e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage());
      return cause.startsWith("The answer is longer")
          ? new Answer("odd", cause, Bytes.EMPTY)
          : new Answer("silent", String.valueOf(e.getMessage()), Bytes.EMPTY);
    }
  }

  private static JsonWriter told(Party party, Answer counters, Answer words) {
    JsonWriter metrics = new JsonWriter();
    String state = counters.state();
    String why = counters.why();
    if (state.equals("answers")) {
      try {
        Map<String, String> samples = MetricText.read(counters.body());
        samples.forEach(metrics::put);
        state = samples.isEmpty() ? "odd" : state;
      } catch (IOException e) {
        state = "odd";
        why = String.valueOf(e.getMessage());
      }
    }
    JsonWriter out = new JsonWriter();
    if (words.state().equals("answers") || words.state().equals("odd")) {
      boolean well = words.state().equals("answers");
      out.put("well", well);
      why = well ? why : sentence(words);
    }
    return out.put("kind", party.kind().name())
        .put("name", party.name())
        .put("state", state)
        .put("why", why)
        .put("metrics", metrics);
  }

  /** What somebody else says goes onto a page: one line of it. */
  private static String sentence(Answer words) {
    String said =
        new String(words.body().toByteArray(), StandardCharsets.UTF_8)
            .replaceAll("\\p{Cntrl}", " ")
            .strip();
    return said.isEmpty() ? words.why() : said.substring(0, Math.min(said.length(), SHOWN_MAX));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    nodes.close();
    others.close();
  }
}
