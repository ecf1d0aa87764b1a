package dev.coffer.cli.ceremony;

import dev.coffer.ceremony.run.SiteHsm;
import dev.coffer.client.port.Pause;
import dev.coffer.files.AtomicFile;
import dev.coffer.files.ChildEnvironment;
import dev.coffer.node.hsm.RemoteHsm;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
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

/**
 * Keeps this site's HSM process over many runs of a command: an HSM ends when its standard input
 * does, and what it contributed to a founding ends with it. So its input is a FIFO that it holds
 * open itself. Whoever starts the command again, be it after a kill, finds the same process, and
 * never starts another while one answers. Not thread-safe.
 */
final class HsmKeeper implements SiteHsm, AutoCloseable {
  private static final Duration START = Duration.ofSeconds(180);
  private static final Duration BETWEEN = Duration.ofMillis(100);

  /** All sites of a rehearsal share one machine. */
  private static final Duration CALL = Duration.ofMinutes(2);

  private static final Duration END = Duration.ofSeconds(8);

  /**
   * The shell becomes the HSM. It names itself first (see {@link ProcessTable}), so that there is
   * none that no file names; a link is made once: of two shells one goes on.
   */
  private static final String LAUNCH =
      """
      start() { echo "${20}"; }
      if [ -r "$3/sys/kernel/random/boot_id" ]; then
        read -r stat <"$3/$$/stat" && read -r boot <"$3/sys/kernel/random/boot_id" || exit 1
        draft="$2.$$.draft"
        echo "$$ $(start ${stat##*)}) $boot" >"$draft" && ln "$draft" "$1" || exit 1
        rm -f "$draft"
      fi
      rm -f "$0" && mkfifo -m 600 "$0" && shift 3 && exec "$@" <>"$0"
      """;

  private final Path program;
  private final Path home;
  private final Path socket;
  private final Path process;
  private final Path input;
  private final Path output;
  private final Path proc;
  private final ProcessTable table;
  private final Pause pause;
  private Optional<RemoteHsm> connection = Optional.empty();

  /**
   * @param home the HSM's own folder
   * @param folder receives what names the process
   * @param proc where the system shows its processes
   */
  HsmKeeper(Path program, Path home, Path socket, Path folder, Path proc, Pause pause) {
    this.program = program;
    this.home = home;
    this.socket = socket;
    this.process = folder.resolve("hsm.process");
    this.input = folder.resolve("hsm.input");
    this.output = folder.resolve("hsm.out");
    this.proc = proc;
    this.table = new ProcessTable(proc);
    this.pause = pause;
  }

  @Override
  public FoundingPort port() throws IOException {
    return hsm();
  }

  @Override
  public SignedStatus status(Bytes nonce) throws IOException, Rejected {
    return hsm().status(0, nonce);
  }

  private RemoteHsm hsm() throws IOException {
    if (connection.isEmpty()) {
      // One that is not there now may be just being made, by a shell whose command was killed.
      boolean named = Files.exists(process);
      Optional<ProcessHandle> running = running();
      connection = Optional.of(connect(running.isPresent() ? running.get() : start(named)));
    }
    return connection.get();
  }

  private ProcessHandle start(boolean named) throws IOException {
    AtomicFile.privateFolder(home);
    clear(named);
    Path draft = process.resolveSibling("." + process.getFileName());
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCH, input.toString()));
    command.addAll(List.of(process.toString(), draft.toString(), proc.toString()));
    Path setsid = Path.of("/usr/bin/setsid");
    if (Files.isExecutable(setsid)) {
      // A session of its own: Ctrl-C at this terminal does not reach it.
      command.add(setsid.toString());
    }
    command.addAll(List.of(program.toString(), "--home", home.toString()));
    command.addAll(List.of("--socket", socket.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    ChildEnvironment.clean(builder.environment(), ChildEnvironment.HSM);
    ProcessHandle started = builder.start().toHandle();
    if (!table.clockless()) {
      // A kill just here leaves a process that no file names: clear() refuses to start another.
      String name = table.name(started.pid()).orElse("") + "\n";
      AtomicFile.replace(
          process, name.getBytes(StandardCharsets.US_ASCII), AtomicFile.Access.OWNER);
    }
    return started;
  }

  /** Takes away what an HSM that ended left behind; one that answers is left alone. */
  private void clear(boolean named) throws IOException {
    if (Files.exists(socket) && answered()) {
      throw new IOException(
          "Something answers at "
              + socket
              + " that "
              + process
              + " does not name: if it is an HSM of this ceremony, what it committed to would be"
              + " lost. See whose it is (fuser), and end it only if it is none.");
    }
    Files.deleteIfExists(socket);
    if (named) {
      Files.deleteIfExists(process);
    }
  }

  private boolean answered() throws IOException {
    try (SocketChannel there = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return there.connect(UnixDomainSocketAddress.of(socket));
    } catch (ConnectException e) {
      return false;
    }
  }

  private RemoteHsm connect(ProcessHandle of) throws IOException {
    for (long waited = 0; waited < START.toMillis(); waited += BETWEEN.toMillis()) {
      try {
        return RemoteHsm.connect(socket, CALL);
      } catch (IOException e) {
        if (!of.isAlive()) {
          throw new IOException(
              "The HSM in " + home + " ended before it was ready: " + lastWords(), e);
        }
      }
      try {
        pause.await(BETWEEN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the HSM started", e);
      }
    }
    throw new IOException("The HSM was not ready in time: try again, or look at " + output + ".");
  }

  private String lastWords() throws IOException {
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    return lines.isEmpty() ? "it said nothing." : lines.getLast();
  }

  /** The process that an earlier run started, if it is that one and still runs. */
  private Optional<ProcessHandle> running() throws IOException {
    if (!Files.exists(process)) {
      return Optional.empty();
    }
    return table
        .running(Files.readString(process, StandardCharsets.US_ASCII))
        .flatMap(ProcessHandle::of);
  }

  /** Ends the HSM: from here on its node starts it. */
  void end() throws IOException {
    close();
    Optional<ProcessHandle> running = running();
    if (running.isPresent()) {
      running.get().destroy();
      CompletableFuture<ProcessHandle> gone = running.get().onExit();
      try {
        gone.get(END.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        running.get().destroyForcibly();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        running.get().destroyForcibly();
      }
    }
    Files.deleteIfExists(process);
    Files.deleteIfExists(input);
  }

  /** Ends the connection, not the HSM. */
  @Override
  public void close() {
    connection.ifPresent(RemoteHsm::close);
    connection = Optional.empty();
  }
}
