package dev.coffer.hsm.process;

import dev.coffer.hsm.HsmCore;
import dev.coffer.protocol.port.HsmAnswerer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The program {@code … --home DIR --socket PATH}: one HSM on a home folder, answering frames.
 *
 * <p>It prints {@code ready} once it listens, ends when its standard input does (its host died),
 * and halts when one of its own rules breaks. Says nothing else but sentences of ours, numbers and
 * class names: messages of the core never hold secrets, those of the runtime might.
 */
public final class HsmProgram {
  private static final int USAGE = 64;
  private static final int FAILED = 70;

  private final String usage;
  private final Opening opening;
  private final InputStream hostsEnd;
  private final PrintStream out;
  private final PrintStream err;
  private final IntConsumer end;

  /** How a kind of HSM opens its home. */
  @FunctionalInterface
  public interface Opening {
    /**
     * Opens, and makes on first use, the HSM in {@code home}.
     *
     * @throws IOException with a sentence that says what to do
     */
    HomePlatform open(Path home) throws IOException;
  }

  /**
   * One that hears, speaks and ends through these.
   *
   * @param usage what is said after {@code usage: } when the arguments are others
   * @param end does not return in earnest
   */
  public HsmProgram(
      String usage,
      Opening opening,
      InputStream hostsEnd,
      PrintStream out,
      PrintStream err,
      IntConsumer end) {
    this.usage = usage;
    this.opening = opening;
    this.hostsEnd = hostsEnd;
    this.out = out;
    this.err = err;
    this.end = end;
  }

  /** This process, called {@code name}. */
  public static HsmProgram ofThisProcess(String name, Opening opening) {
    return new HsmProgram(
        name + " --home DIR --socket PATH",
        opening,
        System.in,
        System.out,
        System.err,
        Runtime.getRuntime()::halt);
  }

  /** Runs until the host goes away. */
  public void run(String[] arguments) {
    Optional<String> home = option(arguments, "--home");
    Optional<String> socket = option(arguments, "--socket");
    if (arguments.length != 4 || home.isEmpty() || socket.isEmpty()) {
      err.println("usage: " + usage);
      halt(USAGE);
      return;
    }
    try (HomePlatform platform = opening.open(Path.of(home.get()))) {
      HsmCore core = new HsmCore(platform);
      HsmAnswerer answerer = new HsmAnswerer(core, core.founding());
      Thread.ofPlatform().daemon().name("hsm-host").start(this::haltWithHost);
      new FrameServer(answerer, this::stop)
          .serve(Path.of(socket.get()), () -> out.println("ready"));
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()), FAILED);
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

  /** Says a sentence of ours and ends with {@code status}. */
  public void fail(String sentence, int status) {
    err.println("coffer-hsm: " + sentence);
    halt(status);
  }

  /**
   * Ends for a broken rule. Our own messages are constants; of anything else the class is shown.
   */
  public void stop(Throwable cause) {
    boolean own = cause.getClass().getName().startsWith("dev.coffer.");
    err.println("coffer-hsm stopped: " + (own ? cause.getMessage() : cause.getClass().getName()));
    halt(FAILED);
  }

  /** Waits for the end of the standard input, and ends with it. */
  public void haltWithHost() {
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
