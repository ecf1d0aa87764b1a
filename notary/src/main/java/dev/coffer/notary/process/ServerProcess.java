package dev.coffer.notary.process;

import dev.coffer.notary.http.SmallServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** What the three processes have in common. */
final class ServerProcess {
  /** The command line, the configuration, a key or a folder is wrong: standard error says which. */
  static final int MISCONFIGURED = 78;

  /** A server that was started. */
  @FunctionalInterface
  interface Starting {
    AutoCloseable start(Path config) throws IOException;
  }

  private ServerProcess() {}

  /** Runs until SIGTERM, which ends it with status 0 whatever is under way: a stop is a crash. */
  static void run(String name, String[] arguments, Starting starting) {
    if (arguments.length != 2 || !arguments[0].equals("--config")) {
      give(name, "usage: " + name + " --config FILE");
      return;
    }
    // Before anything loads the platform's HTTP server.
    SmallServer.installLimits();
    try (AutoCloseable server = starting.start(Path.of(arguments[1]))) {
      System.out.println("ready");
      System.out.flush();
      new CountDownLatch(1).await();
    } catch (IOException e) {
      give(name, String.valueOf(e.getMessage()));
    } catch (Exception e) {
      give(name, "stopped: " + e);
    }
  }

  private static void give(String name, String sentence) {
    System.err.println(name + ": " + sentence);
    System.err.flush();
    Runtime.getRuntime().halt(MISCONFIGURED);
  }
}
