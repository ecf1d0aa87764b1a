package dev.coffer.lab.local;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.ChildEnvironment;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One of our servers that is no node: a log, a witness, a notary, each a {@code coffer … serve} in
 * a process of its own. Not thread-safe.
 */
public final class LocalService {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final Path home;
  private final List<String> words;
  private final PidFile pid;
  private @Nullable Process tethered;

  /**
   * @param name for people
   * @param home its directory; what it prints goes to {@code serve.out} there
   * @param words the command line after {@code coffer}
   */
  public LocalService(String name, Path home, List<String> words) {
    this.name = name;
    this.home = home;
    this.words = List.copyOf(words);
    this.pid = new PidFile(home.resolve("serve.pid"));
  }

  /** What people call it. */
  public String name() {
    return name;
  }

  /** Its process, if it runs. */
  public Optional<ProcessHandle> running() {
    return pid.running();
  }

  /** Starts it, unless it runs. */
  public void start(NodeLife life) throws IOException {
    if (running().isPresent()) {
      return;
    }
    AtomicFile.privateFolder(home);
    boolean tether = life != NodeLife.BACKGROUND;
    ProcessBuilder builder =
        new ProcessBuilder(JavaCommand.service(life, words))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("serve.out").toFile()))
            .redirectInput(
                tether
                    ? ProcessBuilder.Redirect.PIPE
                    : ProcessBuilder.Redirect.from(new File("/dev/null")))
            .directory(home.toFile());
    // All that these need to know, their command lines say.
    ChildEnvironment.clean(builder.environment());
    Process process = builder.start();
    pid.write(process.toHandle());
    tethered = tether ? process : null;
  }

  /** Ends it: its servers are made to be ended at any moment. */
  public void stop() throws IOException, InterruptedException {
    Optional<ProcessHandle> process = running();
    if (process.isPresent()) {
      process.get().destroy();
      try {
        process.get().onExit().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        process.get().destroyForcibly();
      }
    }
    pid.erase();
    tethered = null;
  }

  /** The last words it printed, for messages. */
  public String lastWords() {
    try {
      return Files.readAllLines(home.resolve("serve.out")).stream()
          .filter(line -> !line.isBlank())
          .reduce((first, second) -> second)
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
