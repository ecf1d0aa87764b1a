package dev.coffer.lab.local;

import dev.coffer.cli.home.FleetHome;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.ChildEnvironment;
import dev.coffer.node.NodeConfig;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One node's processes: the node's JVM and its child, the HSM (SIMULATED). Only processes that a
 * {@link PidFile} proves to be ours are ever touched.
 */
final class LocalNode {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(8);

  /** What a node's process writes before the sentence with which it gives up. */
  private static final String SENTENCE = "coffer-node: ";

  private static final Pattern STACK_TRACE =
      Pattern.compile(
          "\\s|Caused by: |Suppressed: |Exception in thread |[a-z]\\w*(\\.\\w+)+(: |$)");

  private final int index;
  private final FleetHome home;
  private final PidFile pid;

  /**
   * Kept while it runs: with this object its standard input would be closed, which ends a tethered
   * node.
   */
  private @Nullable Process tethered;

  /** Octets of its output that earlier starts left: their words are not this one's. */
  private long saidBefore;

  LocalNode(int index, FleetHome home) {
    this.index = index;
    this.home = home;
    this.pid = new PidFile(home.pid(index));
  }

  /** 1 to n. */
  int index() {
    return index;
  }

  /** The node's JVM, if it runs. */
  Optional<ProcessHandle> running() {
    return pid.running();
  }

  /** Starts it, unless it runs. */
  void start(NodeLife life) throws IOException {
    if (running().isPresent()) {
      return;
    }
    AtomicFile.privateFolder(home.node(index));
    Path output = home.output(index);
    saidBefore = Files.exists(output) ? Files.size(output) : 0;
    boolean tether = life != NodeLife.BACKGROUND;
    ProcessBuilder builder =
        new ProcessBuilder(JavaCommand.node(life, home.config(index), home.recording(index)))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .directory(home.node(index).toFile());
    ChildEnvironment.clean(builder.environment(), NodeConfig.ENVIRONMENT, ChildEnvironment.HSM);
    // A tethered node reads the other end of a pipe that the system closes when this process is
    // gone.
    builder.redirectInput(
        tether
            ? ProcessBuilder.Redirect.PIPE
            : ProcessBuilder.Redirect.from(new File("/dev/null")));
    Process process = builder.start();
    pid.write(process.toHandle());
    tethered = tether ? process : null;
  }

  /** Asks it to end, and makes it after a while. */
  void stop() throws IOException, InterruptedException {
    stop(STOP_TIMEOUT);
  }

  /** The same with another while. */
  void stop(Duration timeout) throws IOException, InterruptedException {
    Optional<ProcessHandle> process = running();
    if (process.isPresent()) {
      List<ProcessHandle> all = family(process.get());
      process.get().destroy();
      if (!gone(process.get(), timeout)) {
        process.get().destroyForcibly();
      }
      end(all);
    }
    pid.erase();
  }

  /** {@code kill -9} of the node and its HSM, as a power failure would. */
  void kill() throws IOException, InterruptedException {
    Optional<ProcessHandle> process = running();
    if (process.isPresent()) {
      List<ProcessHandle> all = family(process.get());
      end(all);
    }
    pid.erase();
  }

  private static void end(List<ProcessHandle> all) throws InterruptedException {
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      gone(one, STOP_TIMEOUT);
    }
  }

  private static boolean gone(ProcessHandle process, Duration timeout) throws InterruptedException {
    CompletableFuture<ProcessHandle> end = process.onExit();
    try {
      end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return !process.isAlive();
    }
  }

  /**
   * The node and its descendants: handles, which the system does not confuse with later processes.
   */
  static List<ProcessHandle> family(ProcessHandle process) {
    List<ProcessHandle> all = new ArrayList<>(List.of(process));
    process.descendants().forEach(all::add);
    return all;
  }

  /**
   * What it said last since this object started it, for messages: the sentence with which a node
   * gives up, or else the last line that is no part of a stack trace. Empty if it said nothing.
   */
  String lastWords() {
    String last = "";
    String sentence = "";
    try {
      byte[] all = Files.readAllBytes(home.output(index));
      int from = (int) Math.min(saidBefore, all.length);
      String said = new String(all, from, all.length - from, StandardCharsets.UTF_8);
      for (String line : said.lines().toList()) {
        if (line.startsWith(SENTENCE)) {
          sentence = line.substring(SENTENCE.length());
        } else if (!line.isBlank() && !STACK_TRACE.matcher(line).lookingAt()) {
          last = line;
        }
      }
    } catch (IOException e) {
      // What cannot be read says nothing.
    }
    return sentence.isEmpty() ? last : sentence;
  }
}
