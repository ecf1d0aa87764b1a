package dev.coffer.notary.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a notary does while it looks at evidence, which may take long. */
class NotaryEvidenceTest {
  private final NotaryWorld world;

  NotaryEvidenceTest() throws IOException {
    world = new NotaryWorld();
  }

  /** Packages are large and HSMs slow: healthz, metrics and a revocation do not wait for them. */
  @Test
  void nobodyWaitsWhileEvidenceIsLookedAt() throws Exception {
    AtomicReference<Notary> open = new AtomicReference<>();
    AtomicInteger looked = new AtomicInteger();
    EvidenceCheck slow =
        (bundle, delta) -> {
          try {
            CompletableFuture.supplyAsync(() -> open.get().halted()).get(1, TimeUnit.MINUTES);
          } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IOException("somebody waits", e);
          }
          looked.incrementAndGet();
          return List.of();
        };
    try (Notary notary = world.notary(slow)) {
      open.set(notary);
      world.publish(notary, world.next("one", FleetState.ANNOUNCED));
      assertEquals(2, looked.get(), "when it is proposed, and before it is signed");
    }
  }

  @Test
  void whatWasLookedAtBeforeTheLogMovedDoesNotCount() throws Exception {
    AtomicReference<Notary> open = new AtomicReference<>();
    Bundle late = world.next("one", FleetState.ANNOUNCED);
    Bundle sooner = world.next("two", FleetState.ANNOUNCED);
    EvidenceCheck moves =
        (bundle, delta) -> {
          if (bundle.equals(late)) {
            try {
              world.publish(open.get(), sooner);
              open.get().observe();
            } catch (Exception e) {
              throw new IOException("the log does not move", e);
            }
          }
          return List.of();
        };
    try (Notary notary = world.notary(moves)) {
      open.set(notary);
      assertThrows(
          Refused.class, () -> notary.propose(NotaryWorld.signedBy(world.world.operator, late)));
      assertEquals(Optional.empty(), notary.proposal(Proposal.hash(late)));
    }
  }
}
