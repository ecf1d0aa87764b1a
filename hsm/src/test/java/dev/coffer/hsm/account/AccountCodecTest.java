package dev.coffer.hsm.account;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One size, one encoding, and nothing hostile gets in: not even through a sealed record. */
final class AccountCodecTest {
  private final Desk desk = new Desk();

  private static void roundTrip(Account account) throws Rejected {
    byte[] plaintext = AccountCodec.encode(account);
    assertEquals(996, plaintext.length);
    assertEquals(account, AccountCodec.decode(CanonicalReader.over(plaintext)));
  }

  @Test
  void everyStateFitsAndReturns() throws Exception {
    roundTrip(Account.Absent.NEVER);
    desk.apply(desk.start());
    roundTrip(desk.account);
    Account.Active full = fullest();
    roundTrip(full);
    desk.apply(desk.attempt());
    roundTrip(desk.account);
    Desk other = new Desk();
    other.enrol();
    other.apply(other.delete(1, other.owner));
    roundTrip(other.account);
  }

  /** Everything optional present, every list at its limit. */
  private Account.Active fullest() {
    desk.enrol();
    Request.Attempt right = desk.attempt();
    desk.apply(right);
    desk.apply(desk.success(right, 1));
    for (int i = 0; i < 10; i++) {
      desk.apply(desk.attempt());
    }
    desk.apply(desk.start());
    Account.Active full = desk.active();
    assertEquals(8, full.counters().history().size());
    assertEquals(10, full.open().size());
    assertEquals(128, full.registration().wrappedKey().size());
    return full;
  }

  /** Whoever raises a limit of the protocol meets this sentence, and not a user. */
  @Test
  void theLargestAccountThatTheLimitsAllowFitsItsRecord() throws Exception {
    Bytes octets = Samples.digest(1);
    RegistrationId id = new RegistrationId(octets);
    AccountCounters counters =
        new AccountCounters(
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            octets,
            Long.MAX_VALUE,
            AccountCounters.FAILURES_MAX,
            Optional.of(new AccountCounters.Finished(id, new RequestHash(octets))),
            Optional.of(
                new AccountCounters.Pending(
                    id, new RequestHash(octets), octets, Long.MAX_VALUE, 255)),
            Collections.nCopies(
                Limits.HISTORY,
                new HistoryItem(HistoryItem.Kind.REFUSED, Long.MAX_VALUE, Long.MAX_VALUE)));
    Account largest =
        new Account.Active(
            counters,
            octets,
            new Registration(
                octets,
                octets,
                Samples.octets(2, Limits.WRAPPED_KEY_MAX),
                Limits.GUESSES_MAX,
                KsfParameters.DEFAULT,
                id),
            true,
            Collections.nCopies(Limits.GUESSES_MAX, octets));
    assertDoesNotThrow(
        () -> roundTrip(largest),
        "an account of GUESSES_MAX, HISTORY and WRAPPED_KEY_MAX no longer fits Limits.RECORD:"
            + " give records more octets (and a new version), or raise none of them");
  }

  @Test
  void damagedPlaintextsAreRejectedOrCanonical() {
    byte[] good = AccountCodec.encode(fullest());
    Random random = new Random(5);
    for (int i = 0; i < 5000; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        Account account = AccountCodec.decode(CanonicalReader.over(bad));
        assertEquals(Bytes.wrap(bad), Bytes.wrap(AccountCodec.encode(account)));
      } catch (Rejected e) {
        // Refused: fine.
      }
    }
    assertThrows(
        Rejected.class, () -> AccountCodec.decode(new CanonicalReader(Bytes.copyOf(good, 0, 995))));
  }

  @Test
  void whatIsLoggedByMistakeTellsNeitherKeysNorNonces() {
    desk.apply(desk.start());
    AccountCounters.Pending pending = desk.account.counters().pending().orElseThrow();
    Account absent = desk.account;
    desk.apply(desk.finishByLogin());
    Request.Attempt attempt = desk.attempt();
    Applied applied = desk.apply(attempt);
    String text = "" + absent + pending + desk.active() + applied + desk.at(attempt);
    for (Bytes secret :
        List.of(
            pending.nonce(),
            desk.active().nonce(),
            desk.active().open().getFirst(),
            desk.active().registration().authKey(),
            desk.active().registration().ownerKey(),
            desk.active().registration().wrappedKey(),
            attempt.blindedElement(),
            applied.payload())) {
      assertFalse(text.contains(secret.hex()));
    }
  }

  @Test
  void redactedTextsSayWhatTheyAreOfAndNoMore() {
    Request.RegisterStart start = desk.start();
    desk.apply(start);
    assertEquals("Pending[redacted]", desk.account.counters().pending().orElseThrow().toString());
    assertEquals("EntryContext[redacted]", desk.at(start).toString());
    Applied applied = desk.apply(desk.finishByLogin());
    assertEquals("Applied[redacted]", applied.toString());
    assertEquals("Active[redacted]", desk.active().toString());
  }

  @Test
  void anAccountThatCannotBeIsOurOwnFault() {
    Account.Active live = desk.enrol();
    Bytes tag = desk.random();
    List<Bytes> eleven = Collections.nCopies(11, tag);
    assertThrows(Invariant.Broken.class, () -> live.with(live.counters(), eleven));
    AccountCounters talkative =
        new AccountCounters(
            1,
            1,
            tag,
            1,
            1,
            Optional.empty(),
            Optional.empty(),
            Collections.nCopies(100, new HistoryItem(HistoryItem.Kind.ATTEMPT, 1, 1)));
    assertThrows(Invariant.Broken.class, () -> AccountCodec.encode(new Account.Absent(talkative)));
  }

  @Test
  void otherVersionsStatesAndCountsAreRefused() {
    byte[] good = AccountCodec.encode(fullest());
    assertRefused(good, 0, 0, RejectionCode.OUT_OF_RANGE);
    assertRefused(good, 0, 1, RejectionCode.OUT_OF_RANGE);
    assertRefused(good, 0, 3, RejectionCode.OUT_OF_RANGE);
    assertRefused(good, 1, 4, RejectionCode.UNKNOWN_TAG);
    assertRefused(good, good.length - 1, 1, RejectionCode.NOT_CANONICAL);
  }

  private static void assertRefused(byte[] good, int at, int to, RejectionCode code) {
    byte[] bad = good.clone();
    bad[at] = (byte) to;
    Rejected rejected =
        assertThrows(Rejected.class, () -> AccountCodec.decode(CanonicalReader.over(bad)));
    assertEquals(code, rejected.code());
  }
}
