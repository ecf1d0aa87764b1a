package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.port.Pause;
import dev.coffer.client.port.RetryPolicy;
import dev.coffer.client.port.VaultTransport;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.protocol.codec.Bytes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** However slowly a network says nothing, a call ends when {@link RetryPolicy} says. */
final class CallsEndInTimeTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(91));
  private final Device device = new Device(fleet, Device.seeded(92));
  private final Clock clock = new Clock();

  /** A clock that waiting and silent requests move on. */
  private static final class Clock implements Pause {
    private Duration now = Duration.ZERO;

    @Override
    public void await(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public long nanoTime() {
      return now.toNanos();
    }
  }

  /** Bundles come; messages are lost, and each takes as long as a request may. */
  private final class Silent implements VaultTransport {
    private int posts;

    @Override
    public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
      posts++;
      clock.await(RetryPolicy.REQUEST);
      return new Unreachable();
    }

    @Override
    public Sent bundle(int turn) {
      return device.transport.bundle(turn);
    }
  }

  private VaultClient client(VaultTransport transport) {
    return new VaultClient(
        new FleetPin(fleet.fleet().id(), Device.POLICY),
        transport,
        device.login(),
        device.memory,
        device.randomness,
        clock,
        device.stretching);
  }

  @Test
  void aCallOverASilentNetworkEndsAndTheNextOneGoesOnWithTheSameGuess() {
    client(device.transport)
        .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    clock.now = Duration.ZERO;
    Silent silent = new Silent();

    Recovery none = client(silent).recover(Slot.CODE, Device.code("123456"));

    Recovery.TryAgain again = assertInstanceOf(Recovery.TryAgain.class, none);
    assertEquals(Cause.UNREACHABLE, again.cause());
    assertTrue(clock.now.compareTo(RetryPolicy.LONGEST_WAIT) <= 0, clock.now::toString);
    assertTrue(silent.posts > 1, "it gave up at once");
    Recovery.Recovered recovered =
        assertInstanceOf(
            Recovery.Recovered.class,
            client(device.transport).recover(Slot.CODE, Device.code("123456")));
    assertEquals(0, recovered.otherAttempts());
  }

  @Test
  void aPauseThatANodeAsksForEndsWithTheCall() {
    VaultTransport busy =
        new VaultTransport() {
          @Override
          public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
            clock.await(RetryPolicy.REQUEST.minusSeconds(1));
            return new Later(Duration.ofDays(1));
          }

          @Override
          public Sent bundle(int turn) {
            return device.transport.bundle(turn);
          }
        };
    Enrolment none =
        client(busy).enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
    assertEquals(Cause.BUSY, assertInstanceOf(Enrolment.TryAgain.class, none).cause());
    assertTrue(clock.now.compareTo(RetryPolicy.LONGEST_WAIT) <= 0, clock.now::toString);
  }
}
