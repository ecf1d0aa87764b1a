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
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
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

  private final FleetVerifier verifier;
  private final ClientFloor floor;
  private final ClientMemory memory;
  private final LongSupplier seconds;

  /**
   * @param compiledIn the trust policy in the app
   * @param floor what this app accepts of any fleet; no bundle lowers it
   * @param memory where what was seen is kept, under the name {@code bundles}
   * @param seconds the device's clock, seconds since 1970
   */
  public OverTheAir(
      TrustPolicy compiledIn, ClientFloor floor, ClientMemory memory, LongSupplier seconds) {
    this.verifier = new FleetVerifier(new Anchor.Roots(compiledIn), floor);
    this.floor = floor;
    this.memory = memory;
    this.seconds = seconds;
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
    dev.coffer.transparency.verify.Verdict verdict =
        verifier.verify(
            BundleDelivery.of(delivery), delivery.fleet(), purpose, seconds.getAsLong(), before);
    if (verdict instanceof Trusted trusted) {
      store(before, trusted.memory());
      return new TrustedFleet(
          trusted.fleet(), trusted.bundle().map(OverTheAir::listing), delivery.certificates());
    }
    Distrusted no = (Distrusted) verdict;
    store(before, no.memory());
    return switch (no.step()) {
      // The bundle itself is good, so whoever runs this fleet cannot keep anyone from the others.
      case FLEET_STATE -> new Elsewhere(listing(no.bundle().orElseThrow()));
      case FORM,
          TRUST_POLICY,
          OPERATOR_SIGNATURE,
          NOTARY_SIGNATURE,
          GRAMMAR,
          NAMED_POLICY,
          LOG_SIGNATURE,
          WITNESS_QUORUM,
          INCLUSION,
          NEWEST_LEAF,
          FRESHNESS,
          VALIDITY,
          MEMORY,
          FLEET_HISTORY,
          PIN,
          CLIENT_FLOOR,
          LISTED_KEYS ->
          new Untrusted(Distrust.of(no.step(), delivery.fleet(), floor));
    };
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
