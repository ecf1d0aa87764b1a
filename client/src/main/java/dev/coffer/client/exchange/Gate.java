package dev.coffer.client.exchange;

import dev.coffer.client.exchange.Halt.Repeat;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Nobody is talked to before having passed here: fetches the bundle, has it judged, and takes note
 * of the newest certificate of a partition. Asks one node after another, so that one that lies or
 * is down stops nobody. Stateless but for the memory; thread-safe.
 */
public final class Gate {
  private static final int TURNS = 5;

  private final FleetTrust trust;
  private final VaultTransport transport;
  private final Memory memory;

  /** Judges by {@code trust} what {@code transport} brings. */
  public Gate(FleetTrust trust, VaultTransport transport, Memory memory) {
    this.trust = trust;
    this.transport = transport;
    this.memory = memory;
  }

  /**
   * The trusted fleet, from the first node whose delivery holds, the certificate of the partition
   * included: a forged one beside a good fleet would otherwise turn the client away for good.
   *
   * @param partition of the account, which depends on the fleet
   */
  public TrustedFleet pass(ToIntFunction<TrustedFleet> partition) throws Halt {
    Halt last = Halt.repeat(Repeat.UNREACHABLE, Duration.ofSeconds(1));
    for (int turn = 0; turn < TURNS; turn++) {
      VaultTransport.Sent sent = transport.bundle(turn);
      if (sent instanceof VaultTransport.Answered answered) {
        try {
          TrustedFleet trusted = judged(answered.body());
          newest(trusted, partition.applyAsInt(trusted));
          return trusted;
        } catch (Halt lie) {
          last = lie;
        }
      } else if (sent instanceof VaultTransport.Later later && last.distrust().isEmpty()) {
        last = Halt.repeat(Repeat.BUSY, later.after());
      }
    }
    throw last;
  }

  private TrustedFleet judged(Bytes body) throws Halt {
    FleetDelivery delivery;
    try {
      delivery = FleetDelivery.decode(body);
    } catch (Rejected e) {
      throw Halt.untrusted(Distrust.BAD_DELIVERY);
    }
    FleetTrust.Verdict verdict = trust.verify(delivery);
    if (verdict instanceof FleetTrust.Untrusted untrusted) {
      throw Halt.untrusted(untrusted.reason());
    }
    return (TrustedFleet) verdict;
  }

  /**
   * The k to name in a request: of the newest certificate of the partition that this device has
   * verified, now or before. A node that lags delivers an older one, which is no lie; another
   * history is.
   */
  public Seen newest(TrustedFleet trusted, int partition) throws Halt {
    Seen seen = memory.seen(trusted.fleet().id(), partition);
    Optional<Certificate> delivered;
    try {
      delivered = trusted.newest(partition);
    } catch (Rejected e) {
      throw Halt.untrusted(Distrust.BAD_CERTIFICATE);
    }
    if (delivered.isEmpty()) {
      return seen;
    }
    seen.checkHistory(delivered.get().values());
    Seen advanced = seen.advanced(trusted.epoch(), delivered.get().values());
    memory.remember(trusted.fleet().id(), partition, advanced);
    return advanced;
  }
}
