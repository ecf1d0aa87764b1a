package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** INV-2: failures since the last success survive exhaustion and deletion, and never overflow. */
class FailuresCarryOverTest {
  private static AccountCounters withFailures(int failures) {
    return AccountCounters.NONE.succeeded(AccountCounters.NONE.trail(), failures, 1);
  }

  @Test
  void exhaustionKeepsTheCount() {
    Bytes key = Bytes.zeros(32);
    Registration registration =
        new Registration(key, key, key, 10, KsfParameters.DEFAULT, new RegistrationId(key));
    Account.Active live = new Account.Active(withFailures(27), key, registration, false, List.of());

    Account dead = RegisterFinishRule.exhausted(live, 9);

    assertEquals(27, dead.counters().failuresSinceSuccess());
  }

  @Test
  void countingStopsWhereTheRecordHoldsNoMore() {
    AccountCounters full = withFailures(AccountCounters.FAILURES_MAX);

    Account again = new Account.Absent(full.counted(2));

    assertEquals(AccountCounters.FAILURES_MAX, again.counters().failuresSinceSuccess());
    assertEquals(full.attemptNumber() + 1, again.counters().attemptNumber());
    // The record still encodes: an entry that broke this would stop the chain on every HSM at once.
    assertEquals(
        AccountCodec.encode(new Account.Absent(full)).length, AccountCodec.encode(again).length);
  }
}
