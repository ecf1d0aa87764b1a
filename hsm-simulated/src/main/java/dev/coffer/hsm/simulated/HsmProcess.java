package dev.coffer.hsm.simulated;

import dev.coffer.hsm.HsmCore;
import dev.coffer.protocol.port.HsmAnswerer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * {@code coffer-hsm --home DIR --socket PATH}: one HSM on a home folder, answering frames. {@code
 * coffer-hsm inspect DIR}: what the home of an HSM that does not run holds ({@link Inspection}); it
 * holds the home until its standard input ends. The status is then 0, or 75 if the home is in use.
 *
 * <p>Serving, it prints {@code ready} once it listens, ends when its standard input does (its host
 * died), and halts when one of its own rules breaks. Says nothing else but numbers and class names:
 * messages of the core never hold secrets, those of the runtime might.
 */
public final class HsmProcess {
  private static final int USAGE = 64;
  private static final int FAILED = 70;
  private static final int IN_USE = 75;

  private final InputStream hostsEnd;
  private final PrintStream out;
  private final PrintStream err;
  private final IntConsumer end;

  /** One that hears, speaks and ends through these; {@code end} does not return in earnest. */
  HsmProcess(InputStream hostsEnd, PrintStream out, PrintStream err, IntConsumer end) {
    this.hostsEnd = hostsEnd;
    this.out = out;
    this.err = err;
    this.end = end;
  }

  /** Runs until the host goes away. */
  public static void main(String[] arguments) {
    new HsmProcess(System.in, System.out, System.err, Runtime.getRuntime()::halt).run(arguments);
  }

  void run(String[] arguments) {
    if (arguments.length == 2 && arguments[0].equals("inspect")) {
      inspect(arguments[1]);
      return;
    }
    Optional<String> home = option(arguments, "--home");
    Optional<String> socket = option(arguments, "--socket");
    if (arguments.length != 4 || home.isEmpty() || socket.isEmpty()) {
      err.println("usage: coffer-hsm --home DIR --socket PATH, or: coffer-hsm inspect DIR");
      halt(USAGE);
      return;
    }
    try (FilePlatform platform = new FilePlatform(Path.of(home.get()))) {
      HsmCore core = new HsmCore(platform);
      HsmAnswerer answerer = new HsmAnswerer(core, core.founding());
      Thread.ofPlatform().daemon().name("hsm-host").start(this::haltWithHost);
      new FrameServer(answerer, this::stop)
          .serve(Path.of(socket.get()), () -> out.println("ready"));
    } catch (IOException e) {
      err.println("coffer-hsm: " + e.getMessage());
      halt(FAILED);
    } catch (RuntimeException e) {
      stop(e);
    }
  }

  private void inspect(String home) {
    try (Inspection inspection = Inspection.open(Path.of(home))) {
      inspection.lines().forEach(out::println);
      out.flush();
      haltWithHost();
    } catch (FilePlatform.InUse e) {
      err.println("coffer-hsm: " + e.getMessage());
      halt(IN_USE);
    } catch (IOException e) {
      err.println("coffer-hsm: the home cannot be read: " + e.getClass().getName());
      halt(FAILED);
    } catch (RuntimeException e) {
      stop(e);
    }
  }

  private static Optional<String> option(String[] arguments, String name) {
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      if (arguments[i].equals(name)) {
        return Optional.of(arguments[i + 1]);
      }
    }
    return Optional.empty();
  }

  /** Our own messages are constants; of anything else the class alone is shown. */
  private void stop(Throwable cause) {
    boolean own = cause.getClass().getName().startsWith("dev.coffer.");
    err.println("coffer-hsm stopped: " + (own ? cause.getMessage() : cause.getClass().getName()));
    halt(FAILED);
  }

  private void haltWithHost() {
    try {
      while (hostsEnd.read() >= 0) {
        // Nothing is expected here but the end.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    halt(0);
  }

  private void halt(int status) {
    out.flush();
    end.accept(status);
  }
}
