package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.protocol.request.Request;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The app dies before and after everything it stores or sends. Started again with what its memory
 * holds, it must come to the same end: registered once, and one guess spent (INV-8).
 */
@Tag("long")
final class CrashTest {
  /** The app dies. Nothing catches it. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crash", null, false, false);
    }
  }

  /** Counts the events at which an app can die, and dies at one. */
  private static final class Fuse {
    private int left;
    private int events;

    private Fuse(int left) {
      this.left = left;
    }

    private void event() {
      events++;
      if (left-- == 0) {
        throw new Crash();
      }
    }

    private void lay(Device device) {
      device.memory.beforeChange = this::event;
      device.memory.afterChange = this::event;
      device.transport.beforePost = this::event;
      device.transport.afterPost = this::event;
    }
  }

  private static Enrolment enrol(Device device) {
    return device
        .start()
        .enrol(
            Slot.CODE, Device.code("123456"), Device.secret(1), Authority.owner(Device.secret(1)));
  }

  private static Recovery recover(Device device) {
    return device.start().recover(Slot.CODE, Device.code("123456"));
  }

  private static int events(boolean recovery) {
    MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(61));
    Device device = new Device(fleet, Device.seeded(62));
    Fuse fuse = new Fuse(Integer.MAX_VALUE);
    if (recovery) {
      enrol(device);
      fuse.lay(device);
      assertInstanceOf(Recovery.Recovered.class, recover(device));
    } else {
      fuse.lay(device);
      assertInstanceOf(Enrolment.Enrolled.class, enrol(device));
    }
    return fuse.events;
  }

  @Test
  void anEnrolmentIsResumedFromEveryStep() {
    int events = events(false);
    assertTrue(events >= 14, "events: " + events);
    for (int at = 0; at < events; at++) {
      MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(61));
      Device device = new Device(fleet, Device.seeded(62));
      new Fuse(at).lay(device);
      assertThrows(Crash.class, () -> enrol(device));
      new Fuse(Integer.MAX_VALUE).lay(device);
      boolean finished =
          fleet.captured().stream().anyMatch(Request.RegisterFinish.class::isInstance);
      boolean certain = finished && !device.memory.unfinished();
      Enrolment.Enrolled enrolled =
          assertInstanceOf(Enrolment.Enrolled.class, enrol(device), "crash at " + at);
      // Only a crash after the enrolment was over and forgotten makes the second call a change of
      // code.
      assertEquals(certain ? 2 : 1, enrolled.generation(), "crash at " + at);
      assertEquals(certain, enrolled.replaced(), "crash at " + at);
      assertFalse(device.memory.unfinished());
      assertInstanceOf(Recovery.Recovered.class, recover(new Device(fleet, Device.seeded(63))));
    }
  }

  @Test
  void aRecoveryIsResumedFromEveryStep() {
    int events = events(true);
    assertTrue(events >= 14, "events: " + events);
    for (int at = 0; at < events; at++) {
      MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(61));
      Device device = new Device(fleet, Device.seeded(62));
      enrol(device);
      fleet.captured().clear();
      new Fuse(at).lay(device);
      assertThrows(Crash.class, () -> recover(device));
      new Fuse(Integer.MAX_VALUE).lay(device);
      boolean over = fleet.attemptNumber() == 1 && !device.memory.unfinished();
      Recovery.Recovered recovered =
          assertInstanceOf(Recovery.Recovered.class, recover(device), "crash at " + at);
      assertTrue(recovered.secret().sameAs(Device.secret(1)));
      assertEquals(over ? 2 : 1, fleet.attemptNumber(), "crash at " + at);
      assertEquals(10, fleet.guessesLeft());
      long attempts =
          fleet.captured().stream()
              .filter(Request.Attempt.class::isInstance)
              .map(Request::hash)
              .distinct()
              .count();
      assertEquals(over ? 2 : 1, attempts, "one attempt, octet for octet; crash at " + at);
      assertFalse(device.memory.unfinished());
    }
  }

  /** What hosts see of a recovery that dies at an event, and of the call after it. */
  private static List<String> seen(String code, int at) {
    MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(66));
    Device device = new Device(fleet, Device.seeded(67));
    enrol(device);
    device.transport.traffic().clear();
    new Fuse(at).lay(device);
    assertThrows(Crash.class, () -> device.start().recover(Slot.CODE, Device.code(code)));
    new Fuse(Integer.MAX_VALUE).lay(device);
    Recovery end = device.start().recover(Slot.CODE, Device.code(code));
    if (code.equals("123456")) {
      assertInstanceOf(Recovery.Recovered.class, end, "crash at " + at);
    } else {
      assertEquals(new Recovery.WrongCode(9, 1, false), end, "crash at " + at);
    }
    assertEquals(1, fleet.attemptNumber(), "crash at " + at);
    return List.copyOf(device.transport.traffic());
  }

  @Test
  void noCrashBeforeTheEndTellsHostsWhatTheCodeWas() {
    // The last four events of a right code are of what it leaves: the registration, then nothing.
    int events = events(true) - 4;
    for (int at = 0; at < events; at++) {
      assertEquals(seen("123456", at), seen("654321", at), "crash at " + at);
    }
  }

  @Test
  void aFinishUnderWayIsSettledBeforeAnotherCodeIsRegistered() {
    MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(64));
    Device device = new Device(fleet, Device.seeded(65));
    int[] posts = {0};
    device.transport.afterPost =
        () -> {
          if (++posts[0] == 2) {
            throw new Crash();
          }
        };
    assertThrows(Crash.class, () -> enrol(device));
    device.transport.afterPost = () -> {};
    Enrolment end =
        device
            .start()
            .enrol(
                Slot.CODE,
                Device.code("another"),
                Device.secret(1),
                Authority.owner(Device.secret(1)));
    assertEquals(new Enrolment.Enrolled(2, true, List.of()), end);
    assertInstanceOf(
        Recovery.Recovered.class, device.start().recover(Slot.CODE, Device.code("another")));
  }
}
