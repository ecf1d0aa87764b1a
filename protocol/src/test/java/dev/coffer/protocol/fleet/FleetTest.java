package dev.coffer.protocol.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who a fleet is: n members, 2n keys, one name that hangs on every octet of it. */
final class FleetTest {
  private static final Fleet FLEET = Samples.fleet();

  private static HsmIdentity keyed(int index, Bytes statementKey, Bytes sessionKey) {
    HsmIdentity hsm = FLEET.hsm(index);
    return new HsmIdentity(
        statementKey, sessionKey, hsm.model(), hsm.measurement(), hsm.attestation());
  }

  private static void refused(RejectionCode code, Executable founding) {
    assertEquals(code, assertThrows(Rejected.class, founding).code());
  }

  private static Fleet of(HsmIdentity... hsms) throws Rejected {
    return Fleet.of(FLEET.settings(), List.of(hsms));
  }

  @Test
  void aFleetReturnsUnderItsOwnName() throws Exception {
    Fleet returned = Fleet.decode(FLEET.encode());
    assertEquals(FLEET.id(), returned.id());
    assertEquals(FLEET.hsms(), returned.hsms());
    assertEquals(FLEET.settings(), returned.settings());
  }

  @Test
  void everyOctetOfAFleetIsInItsName() {
    Bytes encoded = FLEET.encode();
    Set<FleetId> names = new HashSet<>(Set.of(FLEET.id()));
    for (int at = 0; at < encoded.size(); at++) {
      byte[] changed = encoded.toByteArray();
      changed[at] ^= 1;
      try {
        assertTrue(names.add(Fleet.decode(Bytes.wrap(changed)).id()), "octet " + at);
      } catch (Rejected e) {
        assertNotEquals("", e.getMessage());
      }
    }
    assertTrue(names.size() > 3 * 96, "keys and measurements are free octets");
  }

  @Test
  void aFleetHasAsManyMembersAsItsSettingsSay() throws Exception {
    HsmIdentity one = FLEET.hsm(1);
    HsmIdentity two = FLEET.hsm(2);
    HsmIdentity three = FLEET.hsm(3);
    assertEquals(FLEET.id(), of(one, two, three).id());
    assertNotEquals(FLEET.id(), of(two, one, three).id());
    refused(RejectionCode.BAD_FOUNDING, () -> of(one, two));
    refused(
        RejectionCode.BAD_FOUNDING,
        () -> of(one, two, three, keyed(1, Samples.digest(70), Samples.digest(71))));
    CanonicalWriter short1 = new CanonicalWriter();
    FLEET.settings().write(short1);
    short1.u8(2);
    one.write(short1);
    two.write(short1);
    refused(RejectionCode.OUT_OF_RANGE, () -> Fleet.decode(short1.toBytes()));
    refused(RejectionCode.TRAILING, () -> Fleet.decode(FLEET.encode().concat(Bytes.zeros(1))));
  }

  @Test
  void noKeyServesTwice() {
    HsmIdentity one = FLEET.hsm(1);
    HsmIdentity two = FLEET.hsm(2);
    Bytes fresh = Samples.digest(70);
    List<HsmIdentity> doubles = new ArrayList<>();
    doubles.add(keyed(3, one.statementKey(), fresh));
    doubles.add(keyed(3, fresh, two.sessionKey()));
    doubles.add(keyed(3, fresh, fresh));
    doubles.add(keyed(3, two.sessionKey(), fresh));
    for (HsmIdentity bad : doubles) {
      refused(RejectionCode.BAD_FOUNDING, () -> of(one, two, bad));
    }
  }

  @Test
  void membersAreCountedFromOne() {
    assertEquals(FLEET.hsms().get(0), FLEET.hsm(1));
    assertEquals(FLEET.hsms().get(2), FLEET.hsm(3));
    assertThrows(Invariant.Broken.class, () -> FLEET.hsm(0));
    assertThrows(Invariant.Broken.class, () -> FLEET.hsm(4));
  }

  @Test
  void anHsmThatProtectsNothingSaysSo() {
    assertTrue(FLEET.hsm(1).simulated());
    HsmIdentity hsm = FLEET.hsm(1);
    HsmIdentity card =
        new HsmIdentity(
            hsm.statementKey(), hsm.sessionKey(), "A card", hsm.measurement(), Bytes.EMPTY);
    assertFalse(card.simulated());
  }
}
