package dev.coffer.client.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.client.Authority;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.exchange.BundleFetcher;
import dev.coffer.client.exchange.Memory;
import dev.coffer.client.exchange.OpenRequest;
import dev.coffer.client.exchange.OperationAborted;
import dev.coffer.client.exchange.RequestSender;
import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.port.VaultTransport.Replies;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.client.trust.TrustedFleet;
import dev.coffer.protocol.codec.Invariant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Once an operation has its end, nothing is left that opens the replies of any of its requests. */
@Tag("long")
final class ErasureTest {
  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(71));
  private final Device device = new Device(fleet, Device.seeded(72));
  private final Memory memory = new Memory(device.memory);
  private final List<OpenRequest> sent = new ArrayList<>();
  private final DeviceLogin login = device.login();

  private RequestSender sender() {
    return new RequestSender(
        device.transport, login, memory, device.randomness, device.pauses::add);
  }

  private TrustedFleet trusted() throws OperationAborted {
    return new BundleFetcher(
            new FleetPin(fleet.fleet().id(), Device.POLICY), device.transport, memory)
        .pass(any -> 0);
  }

  /** A session that takes note of every request that is sent. */
  private Session session() throws OperationAborted {
    RequestSender sender = sender();
    return new Session(
        trusted(),
        Slot.CODE.of(fleet.fleet().id(), MiniFleet.TENANT, "account"),
        Device.POLICY,
        new BundleFetcher(
            new FleetPin(fleet.fleet().id(), Device.POLICY), device.transport, memory),
        (to, request, replies) -> {
          sent.add(request);
          return sender.exchange(to, request, replies);
        },
        memory,
        device.randomness,
        device.stretching);
  }

  private void enrol(Authority authority) throws OperationAborted {
    Enrolment end =
        new Enroller(session(), login, Device.code("123456"), Device.secret(1), authority).run();
    assertInstanceOf(Enrolment.Enrolled.class, end);
  }

  private Recovery recover(String code) throws OperationAborted {
    try (Recoverer recoverer = new Recoverer(session(), Device.code(code))) {
      Recovery end = recoverer.run();
      recoverer.settle();
      return end;
    }
  }

  private void assertErased(int requests) {
    assertEquals(requests, sent.size());
    for (OpenRequest request : sent) {
      assertThrows(
          Invariant.Broken.class,
          () -> sender().exchange(trusted(), request, Replies.ALL),
          request + " still opens its replies");
    }
    sent.clear();
  }

  @Test
  void anEnrolmentLeavesNoContexts() throws OperationAborted {
    enrol(Authority.none());
    assertErased(2);
    enrol(Authority.login());
    assertErased(2);
  }

  @Test
  void aRecoveryLeavesNoContextsWhateverTheCode() throws OperationAborted {
    enrol(Authority.none());
    sent.clear();
    assertInstanceOf(Recovery.WrongCode.class, recover("654321"));
    assertErased(2);
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertErased(2);
  }

  @Test
  void aRecoveryThatBreaksOffLeavesThemInTheMemoryAlone() throws OperationAborted {
    enrol(Authority.none());
    sent.clear();
    for (String code : List.of("654321", "123456")) {
      int[] posts = {0};
      device.transport.afterPost =
          () -> {
            if (++posts[0] == 2) {
              throw new IllegalStateException("the app breaks off");
            }
          };
      assertThrows(IllegalStateException.class, () -> recover(code));
      device.transport.afterPost = () -> {};
      assertErased(2);
      boolean recovered = recover(code) instanceof Recovery.Recovered;
      assertEquals(code.equals("123456"), recovered);
      assertErased(1);
    }
  }
}
