package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.fleet.MiniTransport.Fate;
import org.junit.jupiter.api.Test;

/** When a client asks for a newer login token, and what it does without one. */
final class LoginTokenTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(81));
  private final Device device = new Device(fleet, Device.seeded(82));

  private Enrolment enrol() {
    return device
        .start()
        .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
  }

  @Test
  void oneExpiryAsksForOneNewerToken() {
    device.transport.next(
        Fate.LOGIN_EXPIRED, Fate.LATER, Fate.LATER, Fate.LATER, Fate.LATER, Fate.LATER);
    assertInstanceOf(Enrolment.Enrolled.class, enrol());
    assertEquals(1, device.freshLogins);
  }

  @Test
  void aLoginServerThatIsAwayForAMomentEndsNothing() {
    device.loginFailures = 2;
    assertInstanceOf(Enrolment.Enrolled.class, enrol());
  }

  @Test
  void withoutATokenNothingIsSentAndTheAppIsTold() {
    device.loginFailures = Integer.MAX_VALUE;
    Enrolment.TryAgain again = assertInstanceOf(Enrolment.TryAgain.class, enrol());
    assertEquals(Cause.LOGIN_EXPIRED, again.cause());
    assertEquals(0, device.transport.traffic().size());
  }
}
