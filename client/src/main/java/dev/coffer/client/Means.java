package dev.coffer.client;

import dev.coffer.client.exchange.Courier;
import dev.coffer.client.exchange.Gate;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.port.LoginProvider;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.FleetId;

/** What a client was made with. */
record Means(
    FleetTrust trust,
    VaultTransport transport,
    LoginProvider login,
    Memory memory,
    Randomness randomness,
    Pause pause,
    KeyStretching stretching) {
  Subject subject(Slot slot, FleetId fleet) {
    return slot.of(fleet, login.tenant(), login.account());
  }

  int partition(Slot slot, TrustedFleet fleet) {
    return subject(slot, fleet.fleet().id()).partition(fleet.fleet().settings().partitions());
  }

  Session session(Slot slot, TrustedFleet fleet, Gate gate, VaultTransport way) {
    return new Session(
        fleet,
        subject(slot, fleet.fleet().id()),
        trust.policy(),
        gate,
        new Courier(way, login, memory, randomness, pause)::exchange,
        memory,
        randomness,
        stretching);
  }

  @Override
  public String toString() {
    return "Means[redacted]";
  }
}
