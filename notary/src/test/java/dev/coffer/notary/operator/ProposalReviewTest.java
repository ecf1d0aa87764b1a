package dev.coffer.notary.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.bundle.Proposal;
import dev.coffer.notary.operator.OperatorFailure.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.KeyDelta;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.trust.PolicyHistory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an approver sees, whatever the notary shows. */
@Tag("long")
class ProposalReviewTest {
  private final PublishingWorld world;
  private final Issuance.Proposed proposed;
  private final String shown;

  ProposalReviewTest() throws Exception {
    world = new PublishingWorld();
    world.issuance().issue(PublishingWorld.to(FleetState.ANNOUNCED));
    proposed = world.issuance().propose(PublishingWorld.to(FleetState.ACTIVE));
    shown = world.new Desk().proposal(proposed.hash()).orElseThrow();
  }

  private ProposalReview review(Bytes hash, String text) throws Exception {
    return ProposalReview.of(
        hash, text, world.log.files(), PolicyHistory.trusting(world.policy), world.now);
  }

  private OperatorFailure refused(Bytes hash, String text) {
    OperatorFailure failure = assertThrows(OperatorFailure.class, () -> review(hash, text));
    assertEquals(Reason.UNTRUSTED, failure.reason());
    return failure;
  }

  @Test
  void theChangeIsComputedFromOnesOwnReadingOfTheLog() throws Exception {
    ProposalReview review = review(proposed.hash(), shown);
    assertEquals(proposed.bundle(), review.bundle());
    assertEquals(proposed.delta(), review.delta());
    String lines = String.join("\n", review.lines());
    assertTrue(lines.contains("Epoch 2 of vault.example/messages"), lines);
    assertTrue(lines.contains("not-after " + proposed.bundle().notAfter() + " (20"), lines);
    assertTrue(lines.contains("+ fleet "), lines);
    // What the notary says of it is of no consequence.
    String lying =
        new Proposal(proposed.bundle(), new KeyDelta(List.of("+ nothing")), List.of(), false)
            .text();
    String dressed = "\u001b[2J" + lying.replace("+ nothing", "+ nothing\u001b[8m");
    assertEquals(review, review(proposed.hash(), dressed));
  }

  private static Bundle swapped(Bundle b) {
    return new Bundle(
        b.namespace(),
        b.epoch(),
        b.prev(),
        b.notBefore(),
        b.notAfter(),
        b.minEpoch(),
        b.policy(),
        b.trustPolicy(),
        b.trustPolicyHash(),
        List.of(
            TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ACTIVE),
            TransparencyWorld.listed(TransparencyWorld.fleet("evil"), FleetState.ACTIVE)));
  }

  @Test
  void aNotaryThatShowsOneThingAndHasAnotherSignedIsRefused() throws Exception {
    Bytes evil = Proposal.hash(swapped(proposed.bundle()));
    OperatorFailure failure = refused(evil, shown);
    assertTrue(failure.what().contains("its hash is " + proposed.hash().hex()), failure.what());
    refused(proposed.hash(), "");
    refused(proposed.hash(), shown + "\n");
    refused(proposed.hash(), shown + "\nThe statement:\n");
    refused(proposed.hash(), shown.substring(0, shown.length() - 1));
    refused(proposed.hash(), shown.replace(" active ", " announced "));
    // Both texts, the other one last: only the last one is read, and only its hash counts.
    refused(evil, swapped(proposed.bundle()).text() + shown);
  }

  @Test
  void whatDoesNotComeNextIsRefusedThoughTheHashIsRight() throws Exception {
    Bundle b = proposed.bundle();
    String skipping = b.text().replace("\nepoch 2\n", "\nepoch 3\n");
    OperatorFailure failure =
        refused(Hashes.sha256(Utf8.encode(skipping)), "\nThe statement:\n" + skipping);
    assertTrue(failure.what().contains("epoch is one more"), failure.what());
    String steering = b.text().replace("site-1", "si\u001b[2Jte");
    refused(Hashes.sha256(Utf8.encode(steering)), "\nThe statement:\n" + steering);
    // The log has gone on since.
    world.issuance().issue(PublishingWorld.to(FleetState.ACTIVE));
    refused(proposed.hash(), shown);
  }

  @Test
  void anotherLogIsRefused() throws Exception {
    // Empty, as if nothing had ever been logged: by it every key would be new, and none would go.
    PublishingWorld other = new PublishingWorld();
    OperatorFailure failure =
        assertThrows(
            OperatorFailure.class,
            () ->
                ProposalReview.of(
                    proposed.hash(),
                    shown,
                    other.log.files(),
                    PolicyHistory.trusting(world.policy),
                    world.now));
    assertTrue(failure.what().contains("epoch is one more"), failure.what());
    OperatorFailure strange =
        assertThrows(
            OperatorFailure.class,
            () ->
                ProposalReview.of(
                    proposed.hash(),
                    shown,
                    world.log.files(),
                    PolicyHistory.trusting(world.parties.policy()),
                    world.now));
    assertTrue(strange.what().startsWith("The log is not what its policy"), strange.what());
  }
}
