package dev.coffer.client.exchange;

import dev.coffer.client.Cause;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.Distrust;
import dev.coffer.client.trust.FleetTrust;
import dev.coffer.client.trust.Listing;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.verify.Purpose;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Nobody is talked to before having passed here: fetches the bundle, has it judged, and takes note
 * of the newest certificate of a partition. Asks one node after another, so that one that lies or
 * is down stops nobody. Stateless but for the memory; thread-safe.
 */
public final class BundleFetcher {
  private final FleetTrust trust;
  private final VaultTransport transport;
  private final Memory memory;
  private final Optional<FleetDelivery> known;

  /**
   * Who answered and what its bundle says.
   *
   * @param trusted empty if the fleet may not be used for the purpose
   * @param listing empty for a pinned fleet
   * @param delivery the one that held
   * @param reason why the fleet may not be used, where it may not
   */
  public record CheckedFleet(
      Optional<TrustedFleet> trusted,
      Optional<Listing> listing,
      FleetDelivery delivery,
      Optional<Distrust> reason) {
    /** What to say where this leads to no fleet that may be used. */
    public OperationAborted nowhere(Cause cause) {
      return reason.isPresent() && reason.get() != Distrust.CLOSED
          ? OperationAborted.untrusted(reason.get())
          : OperationAborted.tryAgain(cause, RetryPolicy.AGAIN_SOON);
    }
  }

  /** Judges by {@code trust} what {@code transport} brings. */
  public BundleFetcher(FleetTrust trust, VaultTransport transport, Memory memory) {
    this(trust, transport, memory, Optional.empty());
  }

  /**
   * The same on the way to a second fleet.
   *
   * @param known the delivery by which the way was found. Nodes of different fleets do not get a
   *     new bundle at the same moment, and some not for days: where theirs does not hold any more,
   *     this one lists them too
   */
  public BundleFetcher(
      FleetTrust trust, VaultTransport transport, Memory memory, Optional<FleetDelivery> known) {
    this.trust = trust;
    this.transport = transport;
    this.memory = memory;
    this.known = known;
  }

  /**
   * The trusted fleet, from the first node whose delivery holds, the certificate of the partition
   * included: a forged one beside a good fleet would otherwise turn the client away for good.
   *
   * @param partition of the account, which depends on the fleet
   */
  public TrustedFleet pass(ToIntFunction<TrustedFleet> partition) throws OperationAborted {
    return arrive(Purpose.RECOVER, Optional.empty(), partition)
        .trusted()
        .orElseThrow(() -> OperationAborted.untrusted(Distrust.CLOSED));
  }

  /**
   * The same for a purpose. A good bundle whose fleet is not for that purpose is an answer, too,
   * unless another node belongs to a fleet that is.
   *
   * @param wanted the fleet this address leads to; empty for any
   */
  public CheckedFleet arrive(
      Purpose purpose, Optional<FleetId> wanted, ToIntFunction<TrustedFleet> partition)
      throws OperationAborted {
    Optional<CheckedFleet> elsewhere = Optional.empty();
    OperationAborted last = OperationAborted.tryAgain(Cause.UNREACHABLE, RetryPolicy.AGAIN_SOON);
    for (int turn = 0; turn < RetryPolicy.NODES_ASKED; turn++) {
      VaultTransport.Sent sent = transport.bundle(turn);
      if (sent instanceof VaultTransport.Answered answered) {
        try {
          CheckedFleet checked = judged(answered.body(), purpose, wanted);
          if (checked.trusted().isPresent()) {
            TrustedFleet trusted = checked.trusted().get();
            newest(trusted, partition.applyAsInt(trusted));
            return checked;
          }
          elsewhere = Optional.of(checked);
        } catch (OperationAborted lie) {
          last = lie;
        }
      } else if (sent instanceof VaultTransport.Later later && last.distrust().isEmpty()) {
        last = OperationAborted.tryAgain(Cause.BUSY, later.after());
      }
    }
    if (elsewhere.isPresent()) {
      return elsewhere.get();
    }
    throw last;
  }

  private CheckedFleet judged(Bytes body, Purpose purpose, Optional<FleetId> wanted)
      throws OperationAborted {
    FleetDelivery delivery;
    try {
      delivery = FleetDelivery.decode(body);
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.BAD_DELIVERY);
    }
    if (wanted.isPresent() && !wanted.get().equals(delivery.fleet().id())) {
      throw OperationAborted.untrusted(Distrust.WRONG_FLEET);
    }
    FleetTrust.Verdict verdict = verdict(delivery, purpose);
    if (known.isPresent() && verdict instanceof FleetTrust.Untrusted) {
      FleetDelivery newer = known.get();
      delivery =
          new FleetDelivery(
              newer.note(),
              newer.logProof(),
              newer.trustPolicies(),
              delivery.fleet(),
              delivery.certificates());
      verdict = verdict(delivery, purpose);
    }
    if (verdict instanceof FleetTrust.Untrusted untrusted) {
      throw OperationAborted.untrusted(untrusted.reason());
    }
    if (verdict instanceof FleetTrust.Elsewhere there) {
      return new CheckedFleet(
          Optional.empty(), Optional.of(there.listing()), delivery, Optional.of(there.reason()));
    }
    TrustedFleet trusted = (TrustedFleet) verdict;
    return new CheckedFleet(Optional.of(trusted), trusted.listing(), delivery, Optional.empty());
  }

  private FleetTrust.Verdict verdict(FleetDelivery delivery, Purpose purpose)
      throws OperationAborted {
    try {
      return trust.verify(delivery, purpose);
    } catch (IOException e) {
      throw OperationAborted.tryAgain(Cause.MEMORY, Duration.ZERO);
    }
  }

  /**
   * The k to name in a request: of the newest certificate of the partition that this device has
   * verified, now or before. A node that lags delivers an older one, which is no lie; another
   * history is.
   */
  public ChainProgress newest(TrustedFleet trusted, int partition) throws OperationAborted {
    ChainProgress seen = memory.seen(trusted.fleet().id(), partition);
    Optional<Certificate> delivered;
    try {
      delivered = trusted.newest(partition);
    } catch (Rejected e) {
      throw OperationAborted.untrusted(Distrust.BAD_CERTIFICATE);
    }
    if (delivered.isEmpty()) {
      return seen;
    }
    seen.checkHistory(delivered.get().values());
    ChainProgress advanced = seen.advanced(trusted.epoch(), delivered.get().values());
    memory.remember(trusted.fleet().id(), partition, advanced);
    return advanced;
  }
}
