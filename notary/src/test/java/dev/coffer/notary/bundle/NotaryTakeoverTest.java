package dev.coffer.notary.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.log.LeafRule;
import dev.coffer.notary.log.TiledLog;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A log goes on under another notary and another policy. */
@Tag("long")
class NotaryTakeoverTest {
  private final NotaryWorld world;

  NotaryTakeoverTest() throws IOException {
    world = new NotaryWorld();
  }

  private static String refusal(org.junit.jupiter.api.function.Executable step) {
    return assertThrows(Refused.class, step).what();
  }

  /** A leaf that a notary before this one signed. */
  private Bytes byAnother(FleetState state) throws Exception {
    Bundle bundle = world.next("one", state);
    Bytes leaf =
        BundleNote.sign(bundle, TestKeys.signer("notary.example/before"), world.world.operator);
    world.append(leaf);
    return leaf;
  }

  @Test
  void aNewNotaryTakesOverWhereAnotherLeft() throws Exception {
    byAnother(FleetState.ANNOUNCED);
    byAnother(FleetState.ACTIVE);
    try (Notary notary = world.notary()) {
      world.publish(notary, world.next("one", FleetState.ACTIVE));
      notary.observe();
      assertEquals(Optional.empty(), notary.auditOf(1), "not its business");
      assertTrue(notary.auditOf(3).isPresent());
      assertEquals(Optional.empty(), notary.halted());
    }
    try (Notary again = world.notary()) {
      assertTrue(again.auditOf(3).isPresent());
      // From its first leaf on everything is its business.
      byAnother(FleetState.RETIRING);
      refusal(again::observe);
      assertTrue(again.halted().isPresent());
    }
  }

  @Test
  void aLeafUnderItsOwnKeyThatItNeverSignedHaltsANewNotary() throws Exception {
    byAnother(FleetState.ANNOUNCED);
    Bundle bundle = world.next("one", FleetState.ACTIVE);
    world.append(BundleNote.sign(bundle, world.world.notary, world.world.operator));
    try (Notary notary = world.notary()) {
      refusal(notary::observe);
      assertTrue(notary.halted().isPresent());
    }
  }

  private Bytes signed(Bundle bundle) {
    return BundleNote.sign(bundle, world.world.notary, world.world.operator);
  }

  @Test
  void aLogOpensUnderAPolicyThatAsksForMore() throws Exception {
    try (Notary notary = world.notary()) {
      world.publish(notary, world.next("one", FleetState.ACTIVE));
    }
    // The fleet was never announced; today's policy wants days.
    LeafRule stricter =
        BundleRule.of(
            TransparencyWorld.NAMESPACE,
            world.world.operator.verifier(),
            world.world.notary.verifier(),
            3 * TransparencyWorld.DAY);
    world.log =
        TiledLog.open(world.logDisk, NotaryWorld.key(TransparencyWorld.ORIGIN), stricter, true);
    ListedFleet one = TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ACTIVE);
    ListedFleet two =
        TransparencyWorld.listed(TransparencyWorld.fleet("two"), FleetState.ANNOUNCED);
    Bytes early = signed(world.world.next(world.now, one, two.in(FleetState.ACTIVE)));
    assertThrows(Refused.class, () -> world.log(early), "new leaves are judged by it");
    assertEquals(1, world.log(signed(world.world.next(world.now, one, two))));
  }
}
