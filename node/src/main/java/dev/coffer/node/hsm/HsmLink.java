package dev.coffer.node.hsm;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmMethod;
import java.util.Optional;

/** The connection of the moment, if there is one. Thread-safe. */
final class HsmLink implements HsmCaller.Exchange {
  private volatile Optional<HsmConnection> current = Optional.empty();

  @Override
  public Bytes call(HsmMethod method, Bytes body) throws Rejected {
    HsmConnection connection = current.orElseThrow(() -> new HsmUnavailable("it is not running"));
    return connection.call(method, body);
  }

  boolean connected() {
    return current.filter(connection -> !connection.broken()).isPresent();
  }

  synchronized void connect(HsmConnection next) {
    current.ifPresent(HsmConnection::close);
    current = Optional.of(next);
  }

  synchronized void disconnect() {
    current.ifPresent(HsmConnection::close);
    current = Optional.empty();
  }
}
