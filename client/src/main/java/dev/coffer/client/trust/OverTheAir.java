package dev.coffer.client.trust;

import dev.coffer.client.port.ClientMemory;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Step;
import dev.coffer.transparency.verify.Verdict.Authentic;
import dev.coffer.transparency.verify.Verdict.Distrusted;
import dev.coffer.transparency.verify.Verdict.Trusted;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trust in whichever fleets the compiled-in roots, notary, operator, log and witnesses together
 * stand behind (INV-9): a fleet is replaced without a new version of the app. What was seen is
 * stored before a fleet is used, so that neither an older bundle nor another history passes later.
 *
 * <p>Thread-safe. Two processes must not share one memory.
 */
public final class OverTheAir implements FleetTrust {
  private static final String NAME = "bundles";

  /** A clock beyond this many seconds is not set. */
  private static final long YEARS_MAX = 1L << 40;

  private final FleetVerifier verifier;
  private final ClientPolicy policy;
  private final ClientMemory memory;
  private final LongSupplier seconds;
  private Optional<Clocks> clocks = Optional.empty();

  /**
   * Two clocks that do not agree, in seconds since 1970.
   *
   * @param device what this device's clock said
   * @param witnesses when a quorum of witnesses stood behind what was delivered
   */
  public record Clocks(long device, long witnesses) {}

  /**
   * @param compiledIn the trust policy in the app
   * @param policy what this app accepts; no bundle lowers it
   * @param memory where what was seen is kept, under the name {@code bundles}
   * @param seconds the device's clock, seconds since 1970
   */
  public OverTheAir(
      TrustPolicy compiledIn, ClientPolicy policy, ClientMemory memory, LongSupplier seconds) {
    this.verifier = new FleetVerifier(new Anchor.Roots(compiledIn), policy.floor());
    this.policy = policy;
    this.memory = memory;
    this.seconds = seconds;
  }

  @Override
  public ClientPolicy policy() {
    return policy;
  }

  /** Both clocks of the newest verdict, if that was {@link Distrust#OUT_OF_TIME}. */
  public synchronized Optional<Clocks> clocks() {
    return clocks;
  }

  @Override
  public synchronized Verdict verify(FleetDelivery delivery, Purpose purpose) throws IOException {
    Memory before;
    try {
      before = load();
    } catch (Refused e) {
      // Going on as if nothing had been seen would let everything older pass.
      return new Untrusted(Distrust.MEMORY_DAMAGED);
    }
    long now = seconds.getAsLong();
    clocks = Optional.empty();
    if (now < 0 || now > YEARS_MAX) {
      return new Untrusted(Distrust.OUT_OF_TIME);
    }
    dev.coffer.transparency.verify.Verdict verdict =
        verifier.verify(BundleDelivery.of(delivery), delivery.fleet(), purpose, now, before);
    if (verdict instanceof Trusted trusted) {
      store(before, trusted.memory());
      return new TrustedFleet(
          trusted.fleet(), trusted.bundle().map(OverTheAir::listing), delivery.certificates());
    }
    Distrusted no = (Distrusted) verdict;
    if (no.quorumTime().isPresent()) {
      clocks = Optional.of(new Clocks(now, no.quorumTime().getAsLong()));
    }
    store(before, no.memory());
    Distrust reason = Distrust.of(no.step(), delivery.fleet(), policy.floor());
    if (no.bundle().isEmpty()) {
      return new Untrusted(reason);
    }
    // The bundle itself is good, so whoever runs this fleet cannot keep anyone from the others:
    // neither by its state, nor by not being listed any more, nor by being below this app's floor.
    Listing all = listing(no.bundle().get());
    return new Elsewhere(
        no.step() == Step.FLEET_STATE ? all : all.without(delivery.fleet().id()), reason);
  }

  private static Listing listing(Authentic bundle) {
    return new Listing(
        in(bundle, FleetState.ACTIVE),
        in(bundle, FleetState.RETIRING),
        bundle.bundle().epoch(),
        bundle.stale());
  }

  private static List<FleetId> in(Authentic bundle, FleetState state) {
    return bundle.bundle().fleets().stream()
        .filter(fleet -> fleet.state() == state)
        .map(fleet -> fleet.id())
        .toList();
  }

  private Memory load() throws IOException, Refused {
    Optional<SecretBytes> kept = memory.load(NAME);
    if (kept.isEmpty()) {
      return Memory.EMPTY;
    }
    try (SecretBytes octets = kept.get()) {
      return Memory.decode(Bytes.wrap(octets.copy()));
    }
  }

  private void store(Memory before, Memory after) throws IOException {
    if (after.equals(before)) {
      return;
    }
    try (SecretBytes octets = SecretBytes.copyOf(after.encode())) {
      memory.store(NAME, octets);
    }
  }

  @Override
  public String toString() {
    return "OverTheAir";
  }
}
