package dev.coffer.client.operation;

import dev.coffer.client.port.Pause;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.time.Duration;
import java.util.Optional;

/**
 * Ends a call in time: sends until its deadline, and answers by itself after that. Looks at the
 * clock alone, never at what was answered. Not thread-safe: one call's.
 */
final class BoundedTransport implements VaultTransport {
  private final VaultTransport inner;
  private final Pause clock;
  private final long endNanos;

  /** What to say once time is up: that nobody was reached, or that the vault is busy. */
  private Sent silence = new Unreachable();

  private BoundedTransport(VaultTransport inner, Pause clock, long endNanos) {
    this.inner = inner;
    this.clock = clock;
    this.endNanos = endNanos;
  }

  /** Passes on what is sent within {@code limit} from now. */
  static BoundedTransport within(Duration limit, VaultTransport inner, Pause clock) {
    return new BoundedTransport(inner, clock, clock.nanoTime() + limit.toNanos());
  }

  /** Pauses that end with the call. */
  Pause pause() {
    return new Pause() {
      @Override
      public void await(Duration duration) throws InterruptedException {
        long left = Math.max(0, endNanos - clock.nanoTime());
        clock.await(duration.toNanos() < left ? duration : Duration.ofNanos(left));
      }

      @Override
      public long nanoTime() {
        return clock.nanoTime();
      }
    };
  }

  private boolean over() {
    return clock.nanoTime() - endNanos >= 0;
  }

  private Sent noted(Sent sent) {
    silence = sent instanceof Later ? sent : new Unreachable();
    return sent;
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
    return over() ? silence : noted(inner.post(message, admittingIndex, replies, turn));
  }

  @Override
  public Sent bundle(int turn) {
    return over() ? silence : noted(inner.bundle(turn));
  }

  @Override
  public Optional<VaultTransport> toward(FleetId fleet, int turn) {
    return over() ? Optional.empty() : inner.toward(fleet, turn).map(this::around);
  }

  @Override
  public Optional<String> address() {
    return inner.address();
  }

  @Override
  public Optional<VaultTransport> at(String address) {
    return inner.at(address).map(this::around);
  }

  @Override
  public VaultTransport insisting() {
    return around(inner.insisting());
  }

  private VaultTransport around(VaultTransport other) {
    return new BoundedTransport(other, clock, endNanos);
  }
}
