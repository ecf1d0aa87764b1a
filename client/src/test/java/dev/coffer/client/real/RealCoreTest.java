package dev.coffer.client.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.Authority;
import dev.coffer.client.Cause;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Forgetting;
import dev.coffer.client.Recovery;
import dev.coffer.client.Slot;
import dev.coffer.client.VaultClient;
import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MapMemory;
import dev.coffer.client.port.DeviceLogin;
import dev.coffer.client.trust.FleetPin;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.account.HistoryItem.Kind;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.request.RequestType;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Everything a user does, with the program that counts the guesses in production. */
@Tag("long")
final class RealCoreTest {
  private final TestFleet vault = TestFleet.founded(5, 3);
  private final CoreTransport transport = new CoreTransport(vault);
  private final MapMemory memory = new MapMemory();
  private final Randomness randomness = Device.seeded(101);

  private VaultClient client(MapMemory on, String account, String tokenFor) {
    SecretBytes deviceSeed = SecretBytes.random(randomness, 32);
    DeviceLogin login =
        new DeviceLogin(
            TestIssuer.TENANT,
            account,
            deviceSeed,
            (fleetId, deviceKey, fresh) ->
                vault.issuer().login(vault.fleet(), tokenFor, deviceKey));
    return new VaultClient(
        new FleetPin(vault.fleet().id(), Device.POLICY),
        transport,
        login,
        on,
        randomness,
        duration -> {});
  }

  private VaultClient client() {
    return client(memory, "alice", "alice");
  }

  private Enrolment enrol(String code, int secret, Authority authority) {
    return client().enrol(Slot.CODE, Device.code(code), Device.secret(secret), authority);
  }

  private Recovery recover(String code) {
    return client().recover(Slot.CODE, Device.code(code));
  }

  @Test
  void aLifeWithOneCode() {
    assertInstanceOf(Recovery.NotRegistered.class, recover("123456"));
    assertEquals(new Enrolment.Enrolled(1, false, List.of()), enrol("123456", 1, Authority.none()));
    assertEquals(new Recovery.WrongCode(9, 1, false), recover("000000"));
    Recovery.Recovered recovered = assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertTrue(recovered.secret().sameAs(Device.secret(1)));
    assertEquals(List.of(), recovered.suspects());
    assertEquals(1, recovered.otherAttempts());
    assertTrue(recovered.history().stream().anyMatch(item -> item.kind() == Kind.SUCCESS));
    assertEquals(new Enrolment.NotAuthorised(true), enrol("thief's", 2, Authority.none()));
    assertEquals(
        new Enrolment.NotAuthorised(true), enrol("thief's", 2, Authority.owner(Device.secret(2))));
    assertEquals(
        new Enrolment.Enrolled(2, true, List.of()),
        enrol("new code", 1, Authority.owner(Device.secret(1))));
    assertEquals(new Recovery.WrongCode(9, 2, false), recover("123456"));
    assertInstanceOf(Recovery.Recovered.class, recover("new code"));
    assertInstanceOf(
        Forgetting.NotAuthorised.class,
        client().forget(Slot.CODE, Authority.owner(Device.secret(3))));
    assertEquals(
        new Forgetting.Forgotten(), client().forget(Slot.CODE, Authority.owner(Device.secret(1))));
    assertInstanceOf(Recovery.NotRegistered.class, recover("new code"));
    assertEquals(
        new Enrolment.Enrolled(3, false, List.of()), enrol("again 1", 1, Authority.none()));
  }

  @Test
  void everyGuessOfAThiefIsReported() {
    enrol("123456", 1, Authority.none());
    for (int i = 0; i < 8; i++) {
      assertInstanceOf(Recovery.WrongCode.class, recover("guess " + i));
    }
    assertEquals(8, assertInstanceOf(Recovery.Recovered.class, recover("123456")).otherAttempts());
    assertEquals(0, assertInstanceOf(Recovery.Recovered.class, recover("123456")).otherAttempts());
  }

  @Test
  void exhaustionIsFinalUntilTheUserEnrolsAnew() {
    enrol("123456", 1, Authority.none());
    for (int left = 9; left >= 0; left--) {
      assertEquals(new Recovery.WrongCode(left, 1, false), recover("wrong " + left));
    }
    assertEquals(new Recovery.Exhausted(), recover("123456"));
    assertEquals(new Recovery.Exhausted(), recover("123456"));
    // Who holds the K of the dead registration needs the login as much as anybody.
    assertInstanceOf(
        Enrolment.Enrolled.class, enrol("another", 5, Authority.owner(Device.secret(1))));
    assertInstanceOf(Recovery.Recovered.class, recover("another"));
  }

  @Test
  void lostRepliesCostNothingAtAnyStep() {
    transport.losing = 2;
    assertEquals(new Enrolment.Enrolled(1, false, List.of()), enrol("123456", 1, Authority.none()));
    transport.losing = 3;
    assertEquals(new Recovery.WrongCode(9, 1, false), recover("000000"));
    transport.losing = 1000;
    assertEquals(
        Cause.UNREACHABLE, assertInstanceOf(Recovery.TryAgain.class, recover("123456")).cause());
    transport.losing = 1;
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertEquals(new Recovery.WrongCode(9, 1, false), recover("000001"));
  }

  @Test
  void exactlyTheThresholdConfirmsNoWrongCode() {
    enrol("123456", 1, Authority.none());
    transport.replies = 3;
    assertInstanceOf(Recovery.Unconfirmed.class, recover("000000"));
    assertInstanceOf(Recovery.Unconfirmed.class, recover("000000"));
    transport.replies = 4;
    assertEquals(new Recovery.WrongCode(9, 1, false), recover("000000"));
    transport.replies = 3;
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
  }

  @Test
  void aReplacementByLoginSaysSo() {
    enrol("123456", 1, Authority.none());
    assertEquals(
        new Enrolment.Enrolled(2, true, List.of()), enrol("by login", 2, Authority.login()));
    assertEquals(new Recovery.WrongCode(9, 2, true), recover("123456"));
    assertEquals(
        new Enrolment.Enrolled(3, true, List.of()),
        enrol("washed", 3, Authority.owner(Device.secret(2))));
    Recovery.WrongCode shown = assertInstanceOf(Recovery.WrongCode.class, recover("123456"));
    assertTrue(shown.replacedWithoutProof());
    assertTrue(shown.whatToDoNext().contains("with the login alone"));
  }

  @Test
  void anotherAccountsLoginIsOfNoUse() {
    enrol("123456", 1, Authority.none());
    VaultClient thief = client(new MapMemory(), "alice", "mallory");
    assertEquals(
        Cause.LOGIN_INVALID,
        assertInstanceOf(Recovery.TryAgain.class, thief.recover(Slot.CODE, Device.code("123456")))
            .cause());
    assertEquals(new Recovery.WrongCode(9, 1, false), recover("000000"));
  }

  @Test
  void twoDevicesAtOnceBothGetIn() {
    enrol("123456", 1, Authority.none());
    MapMemory second = new MapMemory();
    transport.losing = 1000;
    client(second, "alice", "alice").recover(Slot.CODE, Device.code("123456"));
    transport.losing = 0;
    assertTrue(second.unfinished());
    // The first device's success closes the second's attempt, which then begins anew by itself.
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertInstanceOf(
        Recovery.Recovered.class,
        client(second, "alice", "alice").recover(Slot.CODE, Device.code("123456")));
    assertFalse(second.unfinished());
  }

  @Test
  void aFinishThatASuccessOvertookIsMadeAnewWithNothingLost() {
    enrol("123456", 1, Authority.none());
    VaultClient second = client(new MapMemory(), "alice", "alice");
    boolean[] overtaken = {false};
    transport.before =
        message -> {
          if (message.type() == RequestType.REGISTER_FINISH && !overtaken[0]) {
            overtaken[0] = true;
            assertInstanceOf(
                Recovery.Recovered.class, second.recover(Slot.CODE, Device.code("123456")));
          }
        };
    transport.carried.clear();
    assertEquals(
        new Enrolment.Enrolled(2, true, List.of()),
        enrol("another", 1, Authority.owner(Device.secret(1))));
    assertEquals(
        List.of(
            RequestType.REGISTER_START,
            RequestType.ATTEMPT,
            RequestType.SUCCESS,
            RequestType.REGISTER_FINISH,
            RequestType.REGISTER_START,
            RequestType.REGISTER_FINISH),
        transport.carried);
    assertFalse(memory.unfinished());
    assertInstanceOf(Recovery.Recovered.class, recover("another"));
  }
}
