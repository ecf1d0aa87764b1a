package dev.coffer.notary.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.Journal;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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

  private Bytes propose(Notary notary, Bundle bundle) throws Exception {
    return notary.propose(NotaryWorld.signedBy(world.world.operator, bundle)).hash();
  }

  private static Proposal approve(Notary notary, Bundle bundle, int person) throws Exception {
    return notary.approve(NotaryWorld.approval(bundle, NotaryWorld.APPROVERS.get(person)));
  }

  /** In another thread, to its end: whoever holds what that one needs waits for nothing here. */
  private static <T> T meanwhile(Callable<T> step) throws IOException {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        done.complete(step.call());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    try {
      return done.get(1, TimeUnit.MINUTES);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IOException("somebody waits, or it failed", e);
    }
  }

  /** Evidence in which the notary's third look, that of the second approval, does this first. */
  private static EvidenceCheck thirdLook(Callable<List<String>> first) {
    AtomicInteger looks = new AtomicInteger();
    return (bundle, delta) -> looks.incrementAndGet() == 3 ? meanwhile(first) : List.of();
  }

  /** Two bundles of one epoch, both approved by two while their evidence is looked at. */
  @Test
  void ofTwoThatAreLookedAtAtOnceOneIsSigned() throws Exception {
    AtomicReference<Notary> open = new AtomicReference<>();
    Bundle late = world.next("one", FleetState.ANNOUNCED);
    Bundle sooner = world.next("two", FleetState.ANNOUNCED);
    EvidenceCheck evidence =
        thirdLook(() -> {
          assertTrue(approve(open.get(), sooner, 1).signed());
          return List.of();
        });
    try (Notary notary = world.notary(evidence)) {
      open.set(notary);
      Bytes hash = propose(notary, late);
      propose(notary, sooner);
      approve(notary, late, 0);
      approve(notary, sooner, 0);
      assertThrows(Refused.class, () -> approve(notary, late, 1));
      assertEquals(Optional.empty(), notary.note(hash));
      assertTrue(notary.note(Proposal.hash(sooner)).isPresent());
    }
  }

  /** A bundle that would be dated too far back by the time its evidence was looked at. */
  @Test
  void theClockCountsWhenItIsSigned() throws Exception {
    Bundle bundle = world.next("one", FleetState.ANNOUNCED);
    AtomicInteger looks = new AtomicInteger();
    EvidenceCheck slow =
        (looked, delta) -> {
          world.now += looks.getAndIncrement() * 3L * TransparencyWorld.DAY;
          return List.of();
        };
    try (Notary notary = world.notary(slow)) {
      Bytes hash = propose(notary, bundle);
      approve(notary, bundle, 0);
      assertThrows(Refused.class, () -> approve(notary, bundle, 1));
      assertEquals(Optional.empty(), notary.note(hash));
    }
  }

  @Test
  void whoIsHaltedMeanwhileSignsNothing() throws Exception {
    AtomicReference<Notary> open = new AtomicReference<>();
    Bundle bundle = world.next("one", FleetState.ANNOUNCED);
    Bundle forged = world.next("two", FleetState.ACTIVE);
    AtomicInteger looks = new AtomicInteger();
    EvidenceCheck slow =
        (looked, delta) -> {
          if (looks.incrementAndGet() == 2) {
            meanwhile(() -> {
              world.log(BundleNote.sign(forged, world.world.notary, world.world.operator));
              return assertThrows(Refused.class, open.get()::observe);
            });
          }
          return List.of();
        };
    try (Notary notary = world.notary(slow)) {
      open.set(notary);
      Bytes hash = propose(notary, bundle);
      approve(notary, bundle, 0);
      assertThrows(IOException.class, () -> approve(notary, bundle, 1));
      assertEquals(Optional.empty(), notary.note(hash));
    }
  }

  /** Two approve at once; to one of them an HSM was silent. */
  @Test
  void whatAnotherApprovalHadSignedIsNotRefused() throws Exception {
    AtomicReference<Notary> open = new AtomicReference<>();
    Bundle bundle = world.next("one", FleetState.ANNOUNCED);
    AtomicInteger looks = new AtomicInteger();
    EvidenceCheck slow =
        (looked, delta) -> {
          if (looks.incrementAndGet() != 2) {
            return List.of();
          }
          assertTrue(meanwhile(() -> approve(open.get(), bundle, 2)).signed());
          return List.of("silence");
        };
    try (Notary notary = world.notary(slow)) {
      open.set(notary);
      propose(notary, bundle);
      approve(notary, bundle, 0);
      assertTrue(approve(notary, bundle, 1).signed());
    }
  }

  private static SignedRecord.Statement statement(Bundle bundle) {
    return new SignedRecord.Statement(1, bundle.text(), List.of());
  }

  @Test
  void theJournalTakesNoSecondStatementOfAnEpoch() throws Exception {
    Bundle one = world.next("one", FleetState.ANNOUNCED);
    Bundle two = world.next("two", FleetState.ANNOUNCED);
    SigningJournal journal = SigningJournal.open(world.disk);
    journal.add(statement(one));
    journal.add(new SignedRecord.Audit(1, 1, Bytes.zeros(32)));
    Map<String, Bytes> before = Map.copyOf(world.disk.files());
    assertThrows(Refused.class, () -> journal.add(statement(two)));
    assertThrows(
        Refused.class,
        () -> journal.add(new SignedRecord.Audit(2, 1, Bytes.fromHex("01".repeat(32)))));
    assertEquals(before, world.disk.files());
    assertEquals(one.text(), SigningJournal.open(world.disk).statement(1L).orElseThrow().text());
    // Whoever wrote another behind its back.
    Journal.open(world.disk, "signed").append(statement(two).encode());
    assertThrows(IOException.class, () -> SigningJournal.open(world.disk));
  }

  /** Packages are large and HSMs slow: healthz, metrics and a revocation do not wait for them. */
  @Test
  void nobodyWaitsWhileEvidenceIsLookedAt() throws Exception {
    AtomicReference<Notary> open = new AtomicReference<>();
    AtomicInteger looked = new AtomicInteger();
    EvidenceCheck slow =
        (bundle, delta) -> {
          meanwhile(open.get()::halted);
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
