package dev.coffer.notary.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.bundle.EvidenceCheck;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An operator stops before and after every step of a bundle, and goes on at once or days later. */
@Tag("long")
class IssuanceTest {
  private static final long DAY = TransparencyWorld.DAY;

  private static Bundle newest(PublishingWorld world) throws Exception {
    return world.issuance().logged().lineage().newest().orElseThrow();
  }

  /** How somebody goes on who has found the work of somebody else. */
  private enum Resumption {
    ISSUE,
    PUBLISH_THEN_ISSUE
  }

  @Test
  void everyStepMayFailAndNothingStandsInTheWayAfterwards() throws Exception {
    PublishingWorld whole = new PublishingWorld();
    whole.issuance().issue(PublishingWorld.to(FleetState.ANNOUNCED));
    long before = whole.steps;
    whole.issuance().issue(PublishingWorld.to(FleetState.ACTIVE));
    long steps = whole.steps - before;
    assertTrue(
        steps >= 8, "kept, proposed, approved twice, fetched, logged, handed out, forgotten");
    for (long n = 0; n < steps; n++) {
      for (boolean havingDoneIt : new boolean[] {false, true}) {
        for (long days : new long[] {0, 2, 40}) {
          for (Resumption resumption : Resumption.values()) {
            interrupted(n, havingDoneIt, days, resumption);
          }
        }
      }
    }
  }

  private static void interrupted(long n, boolean done, long days, Resumption resumption)
      throws Exception {
    String where = "step " + n + (done ? " done, " : " not done, ") + days + " days, " + resumption;
    PublishingWorld world = new PublishingWorld();
    world.issuance().issue(PublishingWorld.to(FleetState.ANNOUNCED));
    world.failStep(n, done);
    assertThrows(
        IOException.class,
        () -> world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE)),
        where);
    world.failNothing();
    world.now += days * DAY;
    world.restartNotary();

    // Freshness depends on nobody but the log, whatever is unfinished.
    world.notaryIsGone = true;
    world.shelf.handedOut = Optional.empty();
    assertEquals(newest(world), world.issuance().refresh().orElseThrow().bundle(), where);
    assertEquals(newest(world), world.shelf.handedOut.orElseThrow(), where);
    world.notaryIsGone = false;

    if (resumption == Resumption.PUBLISH_THEN_ISSUE) {
      world.issuance().publish(Optional.empty());
    }
    Issuance.Published published = world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE));
    assertEquals(published.bundle(), newest(world), where);
    assertEquals(published.bundle(), world.shelf.handedOut.orElseThrow(), where);
    assertEquals(world.now, published.bundle().notBefore(), where);
    world.issuance().issue(PublishingWorld.to(FleetState.RETIRING));
    world.issuance().publish(Optional.empty());
    assertEquals(List.of(), world.shelf.kept(), where + ": nothing is left over");
  }

  @Test
  void refreshNeedsNoNotary() throws Exception {
    PublishingWorld world = new PublishingWorld();
    assertEquals(Optional.empty(), world.issuance().refresh());
    world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE));
    world.notaryIsGone = true;
    OperatorFailure failure =
        assertThrows(
            OperatorFailure.class,
            () -> world.issuance().issue(PublishingWorld.to(FleetState.RETIRING)));
    assertEquals(Reason.TRY_AGAIN, failure.reason());
    assertEquals(1, world.shelf.kept().size());
    for (int day = 0; day < 10; day++) {
      world.now += DAY;
      assertEquals(1, world.issuance().refresh().orElseThrow().bundle().epoch());
    }
  }

  @Test
  void whatTheNotaryRefusesIsDroppedAndSaid() throws Exception {
    PublishingWorld world = new PublishingWorld();
    world.evidence = (bundle, delta) -> List.of("no manifest");
    OperatorFailure failure =
        assertThrows(
            OperatorFailure.class,
            () -> world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE)));
    assertEquals(
        "The notary refuses this statement, which is dropped: proposal: evidence: no manifest.",
        failure.what());
    assertEquals(List.of(), world.shelf.kept());
    world.evidence = EvidenceCheck.UNCHECKED;
    assertEquals(1, world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE)).bundle().epoch());
  }

  @Test
  void twoPeopleApproveBetweenProposingAndPublishing() throws Exception {
    PublishingWorld world = new PublishingWorld();
    world.approvers = 0;
    assertEquals(
        Reason.USAGE,
        assertThrows(
                OperatorFailure.class,
                () -> world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE)))
            .reason());
    Issuance.Proposed proposed = world.issuance().propose(PublishingWorld.to(FleetState.ACTIVE));
    assertTrue(proposed.delta().changesKeys());
    Optional<Bytes> hash = Optional.of(proposed.hash());
    for (String person : PublishingWorld.APPROVERS) {
      OperatorFailure early =
          assertThrows(OperatorFailure.class, () -> world.issuance().publish(hash));
      assertEquals(Reason.TRY_AGAIN, early.reason());
      assertTrue(early.next().contains(proposed.hash().hex()));
      try (NoteSigner approver = PublishingWorld.key(person)) {
        world.new Desk().approve(proposed.hash(), approver);
      }
    }
    // Signed; the operator comes back from a long week.
    world.now += 6 * DAY;
    assertEquals(proposed.bundle(), world.issuance().publish(hash).orElseThrow());
    assertEquals(proposed.bundle(), world.shelf.handedOut.orElseThrow());
    assertEquals(proposed.bundle(), world.issuance().publish(hash).orElseThrow(), "again");
    OperatorFailure unknown =
        assertThrows(
            OperatorFailure.class, () -> world.issuance().publish(Optional.of(Bytes.zeros(32))));
    assertEquals(Reason.USAGE, unknown.reason());
  }

  @Test
  void ofTwoProposalsTheSignedOneIsPublished() throws Exception {
    PublishingWorld world = new PublishingWorld();
    Issuance.Proposed one = world.issuance().propose(PublishingWorld.to(FleetState.ANNOUNCED));
    Issuance.Proposed two = world.issuance().propose(PublishingWorld.to(FleetState.ACTIVE));
    assertEquals(2, world.shelf.kept().size());
    for (String person : PublishingWorld.APPROVERS) {
      try (NoteSigner approver = PublishingWorld.key(person)) {
        world.new Desk().approve(one.hash(), approver);
      }
    }
    world.now += 2 * DAY;
    // The next statement follows the signed one, which nobody had to remember.
    Issuance.Published third = world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE));
    assertEquals(2, third.bundle().epoch());
    assertEquals(List.of(), world.shelf.kept());
    OperatorFailure gone =
        assertThrows(
            OperatorFailure.class, () -> world.issuance().publish(Optional.of(two.hash())));
    assertTrue(gone.what().contains("another bundle took its place"), gone.what());
  }

  @Test
  void aBundleIssuedAMomentLaterLeavesNothingOfTheOneProposed() throws Exception {
    PublishingWorld world = new PublishingWorld();
    Issuance.Proposed proposed = world.issuance().propose(PublishingWorld.to(FleetState.ACTIVE));
    world.now += 1;
    Issuance.Published issued = world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE));
    assertEquals(proposed.bundle().epoch(), issued.bundle().epoch());
    assertEquals(List.of(), world.shelf.kept());
  }
}
