package dev.coffer.verification.fuzz;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/** A server that runs in this process. */
interface Served extends AutoCloseable {
  /** Where it listens, on loopback. */
  int port();

  /** How clients reach it, if not in the clear. */
  default Optional<SSLContext> tls() {
    return Optional.empty();
  }

  /** Whether nothing of a request that is over is still held. */
  default boolean rested() {
    return true;
  }

  @Override
  void close() throws Exception;
}
