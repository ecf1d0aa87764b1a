package dev.coffer.client.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.fleet.HsmPromises.Keys;
import dev.coffer.protocol.fleet.HsmPromises.Voucher;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** INV-9 for a pinned fleet, and the floor that no delivery lowers: every refusal. */
final class FleetPinTest {
  private static FleetTrust.Verdict judge(MiniFleet fleet, ClientPolicy policy) {
    return new FleetPin(fleet.fleet().id(), policy).verify(fleet.delivery(), Purpose.REGISTER);
  }

  private static FleetTrust.Untrusted untrusted(Distrust reason) {
    return new FleetTrust.Untrusted(reason);
  }

  @Test
  void thePinnedFleetIsTrusted() {
    MiniFleet genuine = new MiniFleet(5, 3, 10, "HARDWARE", Device.seeded(81));
    TrustedFleet trusted =
        assertInstanceOf(TrustedFleet.class, judge(genuine, ClientPolicy.DEFAULT));
    assertEquals(genuine.fleet().id(), trusted.fleet().id());
  }

  @Test
  void anotherFleetIsNot() {
    MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(82));
    FleetPin pin = new FleetPin(new FleetId(Bytes.zeros(32)), ClientPolicy.DEVELOPMENT);
    assertEquals(untrusted(Distrust.WRONG_FLEET), pin.verify(fleet.delivery(), Purpose.REGISTER));
  }

  @Test
  void simulationIsForDevelopmentAlone() {
    MiniFleet simulated = new MiniFleet(5, 3, Device.seeded(83));
    assertEquals(untrusted(Distrust.SIMULATED), judge(simulated, ClientPolicy.DEFAULT));
    assertInstanceOf(TrustedFleet.class, judge(simulated, ClientPolicy.DEVELOPMENT));
  }

  @Test
  void everyHsmPromisesWhatTheFloorAsksFor() throws Exception {
    HsmPromises tpm = new HsmPromises(Keys.SEALED, HsmPromises.Memory.ANCHORED, Voucher.DEVICE);
    HsmPromises anchored = new HsmPromises(Keys.SEALED, tpm.memory(), Voucher.NOBODY);
    HsmPromises token = new HsmPromises(Keys.SEALED, HsmPromises.Memory.UNNOTICED, Voucher.NOBODY);
    Fleet bare = new MiniFleet(5, 3, 10, "HARDWARE", Device.seeded(86)).fleet();
    assertEquals(untrusted(Distrust.PROMISES_TOO_LITTLE), judge(bare, token));
    List<HsmIdentity> hsms = new ArrayList<>();
    bare.hsms().forEach(hsm -> hsms.add(hsm.attesting(tpm.write().concat(Bytes.zeros(64)))));
    Fleet tpms = Fleet.of(bare.settings(), hsms);
    assertInstanceOf(TrustedFleet.class, judge(tpms, anchored));
    assertInstanceOf(TrustedFleet.class, judge(tpms, token));
    hsms.set(3, hsms.get(3).attesting(token.write().concat(Bytes.zeros(64))));
    Fleet mixed = Fleet.of(bare.settings(), hsms);
    assertEquals(untrusted(Distrust.PROMISES_TOO_LITTLE), judge(mixed, anchored));
    assertInstanceOf(TrustedFleet.class, judge(mixed, token));
  }

  /** HSMs whose program was changed to boast, under signatures of their own. */
  @Test
  void noFloorAsksWhoVouchesSinceNoClientCanVerifyIt() throws Exception {
    HsmPromises.Memory best = HsmPromises.Memory.MONOTONIC;
    for (Voucher voucher : List.of(Voucher.DEVICE, Voucher.VENDOR)) {
      HsmPromises boast = new HsmPromises(Keys.INSIDE, best, voucher);
      for (Executable floor :
          List.<Executable>of(
              () -> ClientFloor.DEFAULT.demanding(boast),
              () -> new ClientFloor(5, 3, false, Set.of(), 1, 1, 300, boast))) {
        Invariant.Broken refused = assertThrows(Invariant.Broken.class, floor);
        assertTrue(
            String.valueOf(refused.getMessage()).contains("no client verifies attestations yet"));
      }
      // A floor on keys and memory takes their word, as it says: it guards against mistakes alone.
      Fleet honest = new MiniFleet(5, 3, 10, "HARDWARE", Device.seeded(87)).fleet();
      List<HsmIdentity> hsms = new ArrayList<>();
      honest.hsms().forEach(hsm -> hsms.add(hsm.attesting(boast.write().concat(Bytes.zeros(64)))));
      Fleet boasting = Fleet.of(honest.settings(), hsms);
      HsmPromises ownWord = new HsmPromises(Keys.INSIDE, best, Voucher.NOBODY);
      assertInstanceOf(TrustedFleet.class, judge(boasting, ownWord));
    }
  }

  private static FleetTrust.Verdict judge(Fleet fleet, HsmPromises wanted) {
    ClientFloor floor = ClientFloor.DEFAULT.demanding(wanted);
    ClientPolicy policy = new ClientPolicy(floor, 10, KsfParameters.DEFAULT);
    return new FleetPin(fleet.id(), policy)
        .verify(FleetDelivery.pinned(fleet, List.of()), Purpose.REGISTER);
  }

  @Test
  void fewerHsmsOrASmallerQuorumThanTheFloorAreRefused() {
    MiniFleet three = new MiniFleet(3, 2, 10, "HARDWARE", Device.seeded(84));
    assertEquals(untrusted(Distrust.BELOW_POLICY), judge(three, ClientPolicy.DEFAULT));
    MiniFleet five = new MiniFleet(5, 3, 10, "HARDWARE", Device.seeded(85));
    ClientFloor four = new ClientFloor(5, 4, false, Set.of(), 1, 1, 300);
    ClientPolicy strict = new ClientPolicy(four, 10, KsfParameters.DEFAULT);
    assertEquals(untrusted(Distrust.BELOW_POLICY), judge(five, strict));
  }

  @Test
  void theStretchingFloorAndCeiling() {
    assertTrue(ClientPolicy.accepts(KsfParameters.DEFAULT));
    assertTrue(ClientPolicy.accepts(new KsfParameters(19 << 10, 2, 1)));
    assertTrue(ClientPolicy.accepts(new KsfParameters(256 << 10, 16, 4)));
    assertFalse(ClientPolicy.accepts(new KsfParameters((19 << 10) - 1, 2, 1)));
    assertFalse(ClientPolicy.accepts(new KsfParameters(19 << 10, 1, 1)));
    assertFalse(ClientPolicy.accepts(new KsfParameters((256 << 10) + 1, 2, 1)));
    assertFalse(ClientPolicy.accepts(new KsfParameters(19 << 10, 17, 1)));
    assertFalse(ClientPolicy.accepts(new KsfParameters(19 << 10, 2, 5)));
    assertThrows(
        Invariant.Broken.class,
        () -> new ClientPolicy(ClientFloor.DEFAULT, 10, new KsfParameters(1024, 3, 1)));
  }
}
