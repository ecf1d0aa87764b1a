package dev.coffer.verification.trust;

import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a client spends on one bundle: five signatures (operator, notary, log, two witnesses), a
 * proof out of a log of a thousand leaves, two fleets of five. Aim: below a millisecond.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class BundleBenchmark {
  private static final long NOW = TransparencyWorld.START;
  private static final int LEAVES = 1_000;

  private final Fleet fleet = TransparencyWorld.fleet("blue");
  private FleetVerifier verifier;
  private BundleDelivery delivery;
  private BundleDelivery rotated;
  private Memory memory;

  /** Two logs with one bundle at the end of many leaves: under the first policy, under the next. */
  @Setup
  public void deliveries() {
    TransparencyWorld world = TransparencyWorld.withEntries(LEAVES);
    TrustPolicy first = world.policy();
    verifier = new FleetVerifier(new Anchor.Roots(first), ClientFloor.DEFAULT);
    publish(world, first);
    delivery = world.delivery(NOW, TransparencyWorld.signed(first, world.roots));
    memory = trusted(delivery, Memory.EMPTY).memory();

    TransparencyWorld next = TransparencyWorld.withEntries(LEAVES);
    TrustPolicy second = next.policy(first, next.newRoots);
    List<SignerKey> both = new ArrayList<>(next.roots.subList(0, 3));
    both.addAll(next.newRoots.subList(0, 3));
    publish(next, second);
    rotated = next.delivery(NOW, TransparencyWorld.signed(second, both));
    trusted(rotated, Memory.EMPTY);
  }

  private void publish(TransparencyWorld world, TrustPolicy policy) {
    world.publish(
        world.next(
            policy,
            NOW,
            TransparencyWorld.listed(fleet, FleetState.ACTIVE),
            TransparencyWorld.listed(TransparencyWorld.fleet("green"), FleetState.ANNOUNCED)));
  }

  private Verdict.Trusted trusted(BundleDelivery delivered, Memory seen) {
    return (Verdict.Trusted) verifier.verify(delivered, fleet, Purpose.RECOVER, NOW, seen);
  }

  /** A new phone. */
  @Benchmark
  public Verdict newDevice() {
    return trusted(delivery, Memory.EMPTY);
  }

  /** A phone that has seen this before. */
  @Benchmark
  public Verdict knownDevice() {
    return trusted(delivery, memory);
  }

  /** A new phone with an old app, whose roots have all changed since: six signatures more. */
  @Benchmark
  public Verdict rotatedRoots() {
    return trusted(rotated, Memory.EMPTY);
  }
}
