package dev.coffer.backup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server by others, in a process of its own, on a port of this machine. */
public final class LoopbackServer implements AutoCloseable {
  private static final int TRIES_MAX = 600;

  private final Process process;

  private LoopbackServer(Process process) {
    this.process = process;
  }

  /** Starts it, and waits until it takes connections. */
  public static LoopbackServer start(ProcessBuilder command, int port, Path log)
      throws IOException, InterruptedException {
    LoopbackServer server =
        new LoopbackServer(command.redirectErrorStream(true).redirectOutput(log.toFile()).start());
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      try (Socket open = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return server;
      } catch (IOException e) {
        try {
          server.process.onExit().get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException notYet) {
          continue;
        } catch (java.util.concurrent.ExecutionException impossible) {
          throw new IOException(impossible);
        }
        throw new IOException("the server ended: " + Files.readString(log), e);
      }
    }
    server.close();
    throw new IOException("the server does not start: " + Files.readString(log));
  }

  /** Ends what it started for its connections, and leaves it running itself. */
  public void breakConnections() throws InterruptedException {
    for (ProcessHandle child : process.descendants().toList()) {
      child.destroyForcibly();
      child.onExit().join();
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
