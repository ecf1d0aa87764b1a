package dev.coffer.client.operation;

import dev.coffer.client.Slot;
import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.RequestSender;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.FleetId;

/** What a client was made with. */
public record ClientContext(
    FleetTrust trust,
    VaultTransport transport,
    LoginProvider login,
    Memory memory,
    Randomness randomness,
    Pause pause,
    KeyStretching stretching) {
  /** The same for one call, which ends in time: {@link RetryPolicy}. */
  public ClientContext call() {
    BoundedTransport bounded = BoundedTransport.within(RetryPolicy.CALL, transport, pause);
    return new ClientContext(
        trust, bounded, login, memory, randomness, bounded.pause(), stretching);
  }

  public Subject subject(Slot slot, FleetId fleet) {
    return slot.of(fleet, login.tenant(), login.account());
  }

  public int partition(Slot slot, TrustedFleet fleet) {
    return subject(slot, fleet.fleet().id()).partition(fleet.fleet().settings().partitions());
  }

  public Session session(Slot slot, TrustedFleet fleet, BundleFetcher fetcher, VaultTransport way) {
    return new Session(
        fleet,
        subject(slot, fleet.fleet().id()),
        trust.policy(),
        fetcher,
        new RequestSender(way, login, memory, randomness, pause)::exchange,
        memory,
        randomness,
        stretching);
  }

  @Override
  public String toString() {
    return "ClientContext[redacted]";
  }
}
