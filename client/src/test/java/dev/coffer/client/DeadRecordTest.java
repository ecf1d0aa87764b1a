package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Enrolling where a registration was alive and is no more: whoever can log in gets through. */
@Tag("long")
final class DeadRecordTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, 1, "MINI SIMULATED", Device.seeded(91));
  private final Device device = new Device(fleet, Device.seeded(92));
  private final Device other = new Device(fleet, Device.seeded(93));

  private Enrolment enrol(String code, Authority authority) {
    return device.start().enrol(Slot.CODE, Device.code(code), Device.secret(1), authority);
  }

  private void exhaust() {
    assertInstanceOf(
        Recovery.WrongCode.class, other.start().recover(Slot.CODE, Device.code("000000")));
    assertEquals(new Recovery.Exhausted(), other.start().recover(Slot.CODE, Device.code("111111")));
  }

  @Test
  void whateverRightIsAtHandTheLoginIsWhatCounts() {
    enrol("123456", Authority.none());
    long generation = 1;
    for (Authority authority :
        List.of(Authority.owner(Device.secret(1)), Authority.none(), Authority.login())) {
      exhaust();
      generation++;
      assertEquals(
          new Enrolment.Enrolled(generation, false, List.of()), enrol("once more", authority));
      Request.RegisterFinish sent =
          assertInstanceOf(Request.RegisterFinish.class, fleet.captured().getLast());
      assertInstanceOf(Authorisation.Login.class, sent.authorisation());
    }
    assertInstanceOf(
        Recovery.Recovered.class, other.start().recover(Slot.CODE, Device.code("once more")));
  }

  @Test
  void anOwnerWhoseAccountDiesUnderTheChangeOfCodeStillGetsThrough() {
    enrol("123456", Authority.none());
    int[] posts = {0};
    device.transport.beforePost =
        () -> {
          if (++posts[0] == 2) {
            exhaust();
          }
        };
    assertEquals(
        new Enrolment.Enrolled(2, false, List.of()),
        enrol("another", Authority.owner(Device.secret(1))));
    assertInstanceOf(
        Recovery.Recovered.class, other.start().recover(Slot.CODE, Device.code("another")));
  }
}
