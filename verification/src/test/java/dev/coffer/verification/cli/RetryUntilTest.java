package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.cli.vault.RetryUntil;
import dev.coffer.client.Cause;
import dev.coffer.client.Recovery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the commands repeat by themselves, and what only the user may repeat. */
class PatienceTest {
  private static final Duration SOON = Duration.ofSeconds(1);

  private final List<Duration> waits = new ArrayList<>();

  private Recovery recover(List<Recovery> answers) throws InterruptedException {
    var turn = answers.iterator();
    return new RetryUntil(Duration.ofMinutes(1), () -> Instant.EPOCH, waits::add)
        .repeat(turn::next, RetryUntil.Wait::after);
  }

  @Test
  void aFleetThatIsAwayIsAskedAgain() throws InterruptedException {
    Recovery end =
        recover(
            List.of(
                new Recovery.TryAgain(SOON, Cause.UNREACHABLE),
                new Recovery.TryAgain(SOON, Cause.TOO_FEW_HSMS),
                new Recovery.Exhausted()));
    assertInstanceOf(Recovery.Exhausted.class, end);
    assertEquals(List.of(SOON, SOON), waits);
  }

  /** INV-10: hosts must not learn by a repetition that the code did not open what was found. */
  @Test
  void aCodeThatDidNotOpenIsNeverTriedAgainUnasked() throws InterruptedException {
    for (Recovery first :
        List.of(new Recovery.Unconfirmed(SOON), new Recovery.TryAgain(SOON, Cause.CONTENTION))) {
      assertEquals(first, recover(List.of(first, new Recovery.Exhausted())));
    }
    assertEquals(List.of(), waits);
  }
}
