package dev.coffer.node.hsm;

import dev.coffer.protocol.port.HsmCaller;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An HSM behind a Unix domain socket. Every call blocks its thread (use virtual ones) until the HSM
 * answers or the deadline passes; then it throws {@link HsmUnavailable}. Thread-safe.
 */
public final class RemoteHsm extends HsmCaller implements AutoCloseable {
  private final HsmLink link;

  RemoteHsm(HsmLink link) {
    super(link);
    this.link = link;
  }

  /** Connects to an HSM that somebody else runs. */
  public static RemoteHsm connect(Path socket, Duration deadline) throws IOException {
    HsmLink link = new HsmLink();
    link.connect(HsmConnection.open(socket, deadline, () -> {}));
    return new RemoteHsm(link);
  }

  /** Whether the HSM can be called at the moment. */
  public boolean connected() {
    return link.connected();
  }

  /** Ends the connection, not the HSM. */
  @Override
  public void close() {
    link.disconnect();
  }
}
