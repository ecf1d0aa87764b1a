package dev.coffer.verification.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One node's processes on its host: the node's JVM and, as its child, the HSM. One thread. */
final class NodeOnHost {
  private static final long GONE_MILLIS = 10_000;
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final Optional<Path> FAKETIME = faketime();

  private final int index;
  private final Hosts hosts;
  private final Path home;
  private final FleetOfProcesses.JavaProgram java;
  private final NodeProbe probe;
  private @Nullable Process process;
  private boolean wanted;
  private boolean fakeClock;
  private int endedByItself;
  private long startedNanos;

  NodeOnHost(
      int index, Hosts hosts, Path home, FleetOfProcesses.JavaProgram java, NodeProbe probe) {
    this.index = index;
    this.hosts = hosts;
    this.home = home;
    this.java = java;
    this.probe = probe;
  }

  /** From 1. */
  int index() {
    return index;
  }

  boolean ready() {
    return runs() && probe.ready();
  }

  int leader() {
    return runs() ? probe.leader() : 0;
  }

  boolean runs() {
    Process running = process;
    return running != null && running.isAlive();
  }

  int endedByItself() {
    return endedByItself;
  }

  /** Whether clocks can be moved on this machine. */
  static boolean clocksMove() {
    return FAKETIME.isPresent();
  }

  /** Debian keeps it in a folder named after the machine's architecture. */
  private static Optional<Path> faketime() {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(Path.of("/usr/lib"), Files::isDirectory)) {
      for (Path folder : found) {
        Path library = folder.resolve("faketime").resolve("libfaketimeMT.so.1");
        if (Files.isRegularFile(library)) {
          return Optional.of(library);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Whether it was ended, and not by itself. */
  boolean down() {
    return !wanted && !runs();
  }

  /** Starts it unless it runs. */
  void start() throws IOException {
    wanted = true;
    if (runs()) {
      return;
    }
    ProcessBuilder builder =
        new ProcessBuilder(hosts.on(index, java.node(home.resolve("config.properties"))))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    home.resolveSibling("node-" + index + ".out").toFile()))
            .directory(home.toFile());
    if (fakeClock) {
      builder.environment().put("LD_PRELOAD", FAKETIME.orElseThrow().toString());
      builder.environment().put("FAKETIME_TIMESTAMP_FILE", clockFile().toString());
      builder.environment().put("FAKETIME_CACHE_DURATION", "1");
      builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
      builder.environment().put("DONT_FAKE_MONOTONIC", "1");
    }
    process = builder.start();
    startedNanos = System.nanoTime();
  }

  private Path clockFile() {
    return home.resolveSibling("clock-" + index);
  }

  /** From the next start on, this node and its HSM see the date shifted by {@link #jump}. */
  void fakeClock(boolean fake) throws IOException {
    fakeClock = fake;
    jump(0);
  }

  /** The date jumps to so many seconds before or after the true one. */
  void jump(long seconds) throws IOException {
    Files.writeString(clockFile(), (seconds < 0 ? "-" : "+") + Math.abs(seconds) + "s\n");
  }

  /** Starts it again if it ended by itself, and returns what it said; empty if it runs. */
  Optional<String> supervise() throws IOException {
    if (!wanted || runs() || System.nanoTime() - startedNanos < AGAIN_NANOS) {
      return Optional.empty();
    }
    endedByItself++;
    Path output = home.resolveSibling("node-" + index + ".out");
    List<String> said =
        Files.exists(output) ? Files.readAllLines(output, StandardCharsets.ISO_8859_1) : List.of();
    Process ended = process;
    start();
    return Optional.of(
        "node "
            + index
            + " ended by itself with status "
            + (ended == null ? -1 : ended.exitValue())
            + ": "
            + (said.isEmpty() ? "nothing said" : said.getLast()));
  }

  /** Its HSM's process. */
  Optional<ProcessHandle> hsm() {
    Process running = process;
    return running == null ? Optional.empty() : running.toHandle().children().findFirst();
  }

  private List<ProcessHandle> family() {
    List<ProcessHandle> all = new ArrayList<>();
    Process running = process;
    if (running != null) {
      all.add(running.toHandle());
      running.toHandle().descendants().forEach(all::add);
    }
    return all;
  }

  /** {@code kill -9} of node and HSM; returns once they are gone. */
  void kill() throws InterruptedException {
    List<ProcessHandle> all = strike();
    for (ProcessHandle one : all) {
      gone(one, GONE_MILLIS);
    }
  }

  /** {@code kill -9} of node and HSM; returns at once. */
  List<ProcessHandle> strike() {
    wanted = false;
    List<ProcessHandle> all = family();
    all.forEach(ProcessHandle::destroyForcibly);
    return all;
  }

  /** {@code kill -9} of the node alone: the HSM sees the end of its input. */
  void strikeNode() {
    wanted = false;
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }

  /** {@code kill -9} of the HSM alone: the node starts it again. */
  void strikeHsm() {
    hsm().ifPresent(ProcessHandle::destroyForcibly);
  }

  /** SIGTERM, as an operator ends it; kills what stays. */
  void stop() throws InterruptedException {
    wanted = false;
    List<ProcessHandle> all = family();
    Process running = process;
    if (running != null) {
      running.destroy();
      gone(running.toHandle(), GONE_MILLIS);
    }
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      gone(one, GONE_MILLIS);
    }
  }

  private static void gone(ProcessHandle one, long millis) throws InterruptedException {
    CompletableFuture<ProcessHandle> end = one.onExit();
    try {
      end.get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("process " + one.pid() + " does not end", e);
    }
  }

  /** Stops the clock of the node's JVM. */
  void pauseNode() throws IOException, InterruptedException {
    Process running = process;
    if (running != null && running.isAlive()) {
      Shell.run("kill -STOP " + running.pid());
    }
  }

  /** Stops the clock of the HSM. */
  void pauseHsm() throws IOException, InterruptedException {
    if (hsm().isPresent()) {
      Shell.run("kill -STOP " + hsm().get().pid());
    }
  }

  /** Lets both go on. */
  void resume() throws InterruptedException {
    for (ProcessHandle one : family()) {
      Shell.succeeds("kill -CONT " + one.pid());
    }
  }
}
