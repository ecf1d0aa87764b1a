package dev.coffer.hsm;

import dev.coffer.hsm.platform.FilePlatform;
import dev.coffer.hsm.process.FrameServer;
import dev.coffer.protocol.port.HsmAnswerer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code coffer-hsm --home DIR --socket PATH}: one HSM on a home folder, answering frames. Prints
 * {@code ready} once it listens, ends when its standard input does (its host died), and halts when
 * one of its own rules breaks. Says nothing else but numbers and class names: messages of the core
 * never hold secrets, those of the runtime might.
 */
public final class HsmProcess {
  private static final int USAGE = 64;
  private static final int FAILED = 70;

  private HsmProcess() {}

  /** Runs until the host goes away. */
  public static void main(String[] arguments) {
    Optional<String> home = option(arguments, "--home");
    Optional<String> socket = option(arguments, "--socket");
    if (arguments.length != 4 || home.isEmpty() || socket.isEmpty()) {
      System.err.println("usage: coffer-hsm --home DIR --socket PATH");
      halt(USAGE);
      return;
    }
    try (FilePlatform platform = new FilePlatform(Path.of(home.get()))) {
      HsmCore core = new HsmCore(platform);
      HsmAnswerer answerer = new HsmAnswerer(core, core.founding());
      Thread.ofPlatform().daemon().name("hsm-host").start(() -> haltWith(System.in));
      new FrameServer(answerer, HsmProcess::stop)
          .serve(Path.of(socket.get()), () -> System.out.println("ready"));
    } catch (IOException e) {
      System.err.println("coffer-hsm: " + e.getMessage());
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
  private static void stop(Throwable cause) {
    boolean own = cause.getClass().getName().startsWith("dev.coffer.");
    System.err.println(
        "coffer-hsm stopped: " + (own ? cause.getMessage() : cause.getClass().getName()));
    halt(FAILED);
  }

  private static void haltWith(InputStream hostsEnd) {
    try {
      while (hostsEnd.read() >= 0) {
        // Nothing is expected here but the end.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    halt(0);
  }

  private static void halt(int status) {
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }
}
