package dev.coffer.verification.fuzz;

import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * A whole server, reached through a socket on loopback: whatever is sent, it answers as documented
 * or closes, in time, and keeps nothing. It starts with the first input and ends when the target
 * rests.
 */
final class ServerTarget {
  /** Starts a server that tells {@code watch} of faults its log does not. */
  @FunctionalInterface
  interface Start {
    Served start(ServerWatch watch) throws Exception;
  }

  /** Whether what came back was what the sender asked for; throws if it may not come back. */
  @FunctionalInterface
  interface Judge {
    boolean served(Bytes answers) throws Exception;
  }

  private final Start start;
  private final Judge judge;
  private Optional<Running> running = Optional.empty();

  private record Running(Served server, ServerWatch watch, SocketTalk talk) {}

  private ServerTarget(Start start, Judge judge) {
    this.start = start;
    this.judge = judge;
  }

  static Target of(String name, List<Bytes> seeds, Start start, Judge judge) {
    ServerTarget target = new ServerTarget(start, judge);
    return new Target(name, seeds, target::say, target::rest);
  }

  private Running running() throws Exception {
    if (running.isEmpty()) {
      ServerWatch watch = new ServerWatch();
      Served server = elsewhere(() -> start.start(watch));
      SocketTalk talk = new SocketTalk(server.port(), server.tls());
      running = Optional.of(new Running(server, watch, talk));
    }
    return running.get();
  }

  /** On a thread of its own: what a start takes is no input's doing. */
  static <T> T elsewhere(Callable<T> start) throws Exception {
    FutureTask<T> task = new FutureTask<>(start);
    Thread.ofVirtual().start(task);
    return task.get();
  }

  private Optional<Bytes> say(Bytes input) throws Exception {
    Running now = running();
    boolean served = judge.served(now.talk().say(input));
    now.watch().check();
    return served ? Optional.of(input) : Optional.empty();
  }

  private void rest() throws Exception {
    if (running.isPresent()) {
      Running over = running.get();
      running = Optional.empty();
      try (ServerWatch watch = over.watch();
          Served server = over.server()) {
        watch.rested(server::rested);
      }
    }
  }
}
