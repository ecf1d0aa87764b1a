package dev.coffer.analysis.world;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs world after world for some minutes and says what came of them: exit code 0 if every promise
 * held, 1 if one did not, 2 if the arguments make no sense. No minutes are one world, told with its
 * trace: that is how a seed is replayed. With {@code --json} the result is one line on standard
 * output, and all else goes to standard error.
 */
public final class TortureProgram {
  private static final String USAGE =
      "usage: TortureProgram [--minutes N] [--seed S] [--workers N] [--json]";
  private static final String REPLAY =
      "./mvnw -q -pl analysis -am -Ptorture process-test-classes -Dminutes=0 -Dseed=";
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int STORIES_MAX = 3;
  private static final int WORKERS_MAX = 64;

  private record Options(double minutes, long seed, int workers, boolean json) {}

  private final Options options;
  private final PrintStream talk;
  private final Campaign campaign = new Campaign();
  private final long began = System.nanoTime();
  private final AtomicLong next;
  private final AtomicLong said = new AtomicLong(began);
  private final AtomicLong stories = new AtomicLong();

  private TortureProgram(Options options) {
    this.options = options;
    this.talk = options.json() ? System.err : System.out;
    this.next = new AtomicLong(options.seed());
  }

  public static void main(String[] args) throws Exception {
    Options options = null;
    try {
      options = parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(USAGE);
    }
    System.exit(options == null ? 2 : new TortureProgram(options).run());
  }

  private static Options parse(String[] args) {
    double minutes = 5;
    long seed = 1;
    int workers = 1;
    boolean json = false;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--json")) {
        json = true;
        continue;
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(USAGE);
      }
      String value = args[i + 1];
      switch (args[i++]) {
        case "--minutes" -> minutes = Double.parseDouble(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--workers" -> workers = Integer.parseInt(value);
        default -> throw new IllegalArgumentException(USAGE);
      }
    }
    if (!(minutes >= 0) || workers < 1 || workers > WORKERS_MAX) {
      throw new IllegalArgumentException(USAGE);
    }
    return new Options(minutes, seed, workers, json);
  }

  private int run() throws Exception {
    if (options.minutes() == 0) {
      replay();
    } else {
      talk.println("worlds from seed " + options.seed() + " for " + options.minutes() + " minutes");
      try (ExecutorService threads = Executors.newFixedThreadPool(options.workers())) {
        Callable<Void> worker = this::work;
        List<Future<Void>> all =
            threads.invokeAll(
                IntStream.range(0, options.workers()).mapToObj(unused -> worker).toList());
        for (Future<Void> one : all) {
          one.get();
        }
      }
      summary();
    }
    if (options.json()) {
      System.out.println(json());
    }
    return campaign.broken().isEmpty() ? 0 : 1;
  }

  /** One world, in full. */
  private void replay() {
    String story = campaign.run(options.seed());
    if (story.isEmpty()) {
      World.Verdict verdict = new World(options.seed()).run();
      talk.println(verdict.setting());
      summary();
      talk.println("trace " + verdict.trace().hex());
    } else {
      broken(options.seed(), story);
    }
  }

  private Void work() {
    long until = began + (long) (options.minutes() * 60e9);
    do {
      long seed = next.getAndIncrement();
      String story = campaign.run(seed);
      if (!story.isEmpty()) {
        broken(seed, story);
      }
      long last = said.get();
      long now = System.nanoTime();
      if (now - last > SAY_NANOS && said.compareAndSet(last, now)) {
        progress();
      }
    } while (System.nanoTime() < until);
    return null;
  }

  private void broken(long seed, String story) {
    if (stories.getAndIncrement() < STORIES_MAX) {
      talk.println("BROKEN by seed " + seed + ": " + story);
    }
    talk.println("seed " + seed + " again: " + REPLAY + seed);
  }

  private double hours() {
    return (System.nanoTime() - began) / 3600e9;
  }

  /** Of the whole program: what does not depend on how busy the machine is otherwise. */
  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private long operations() {
    return campaign.doings().getOrDefault("operations ordered", 0L);
  }

  private void progress() {
    talk.printf(
        "%6.1f min: %,d worlds, %d broken, %,d faults, %,d operations, %,.0f worlds an hour%n",
        hours() * 60,
        campaign.worlds(),
        campaign.broken().size(),
        sum(campaign.faults()),
        operations(),
        campaign.worlds() / hours());
  }

  private void summary() {
    print("faults", campaign.faults());
    print("done", campaign.doings());
    print("most guesses evaluated in a period, and the bound", campaign.guesses());
    print("ends", campaign.ends());
    talk.printf(
        "%s: %,d worlds from seed %d, %d broken, %,d faults, %,d operations, %,.0f worlds an hour,"
            + " %.2f CPU seconds a world%n",
        campaign.broken().isEmpty() ? "HELD" : "BROKEN",
        campaign.worlds(),
        options.seed(),
        campaign.broken().size(),
        sum(campaign.faults()),
        operations(),
        campaign.worlds() / hours(),
        cpuSeconds() / campaign.worlds());
    campaign.broken().forEach((seed, why) -> talk.println("broken by seed " + seed + ": " + why));
  }

  private void print(String title, TreeMap<String, Long> counts) {
    talk.println(title);
    counts.forEach((kind, count) -> talk.printf("  %,12d  %s%n", count, kind));
  }

  private String json() {
    String broken =
        campaign.broken().entrySet().stream()
            .map(e ->
                "{\"seed\":"
                    + e.getKey()
                    + ",\"why\":"
                    + quoted(e.getValue())
                    + ",\"replay\":"
                    + quoted(REPLAY + e.getKey())
                    + "}")
            .collect(Collectors.joining(",", "[", "]"));
    return "{\"verdict\":"
        + (campaign.broken().isEmpty() ? "\"held\"" : "\"broken\"")
        + ",\"firstSeed\":"
        + options.seed()
        + ",\"worlds\":"
        + campaign.worlds()
        + ",\"worldsPerHour\":"
        + Math.round(campaign.worlds() / hours())
        + ",\"cpuSecondsPerWorld\":"
        + Math.round(cpuSeconds() / campaign.worlds() * 100) / 100.0
        + ",\"faults\":"
        + sum(campaign.faults())
        + ",\"operations\":"
        + operations()
        + ",\"broken\":"
        + broken
        + ",\"faultsByKind\":"
        + object(campaign.faults())
        + ",\"done\":"
        + object(campaign.doings())
        + ",\"guesses\":"
        + object(campaign.guesses())
        + ",\"ends\":"
        + object(campaign.ends())
        + "}";
  }

  private static String object(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(e -> quoted(e.getKey()) + ":" + e.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
