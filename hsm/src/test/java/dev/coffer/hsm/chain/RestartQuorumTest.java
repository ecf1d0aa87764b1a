package dev.coffer.hsm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.founding.SpilledKeys;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.FleetSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * An HSM that has just started listens to others, some of them corrupted: they sign what their
 * hosts like. It is HSM 1 of five, q = 3: two others must have been heard, and rightly.
 */
final class RestartQuorumTest {
  private static final int HEAD = 7;
  private static final int OTHER_HEAD = 8;

  private final TestFleet fleet = fleet();
  private final List<Member> members =
      fleet.hosts().stream().map(host -> SpilledKeys.member(host.platform())).toList();
  private final RestartQuorum restart = restart(3);

  private static TestFleet fleet() {
    TestIssuer issuer = new TestIssuer(7);
    return TestFleet.founded(
        new FleetSettings(5, 3, 10, 2, List.of(issuer.tenant()), true, false), issuer);
  }

  /** A life that begins at {@code k}. */
  private RestartQuorum restart(long k) {
    ChainState start = new ChainState(List.of(values(k, HEAD)), Optional.empty());
    return new RestartQuorum(members.getFirst(), 0, start);
  }

  private ChainValues values(long k, int head) {
    return values(0, k, head);
  }

  private ChainValues values(int partition, long k, int head) {
    Bytes rest = Samples.digest(1);
    return new ChainValues(fleet.fleet().id(), partition, k, Samples.digest(head), rest, rest);
  }

  private Certificate certificate(ChainValues values, int... signers) {
    return Certificate.of(
        IntStream.of(signers)
            .mapToObj(i -> Statement.sign(values, i, members.get(i - 1).statementKey()))
            .toList());
  }

  private SignedStatus status(int index, Bytes nonce, ChainValues values) {
    return status(index, nonce, values, Optional.empty());
  }

  private SignedStatus status(
      int index, Bytes nonce, ChainValues values, Optional<Certificate> certificate) {
    return SignedStatus.sign(
        index, nonce, values, certificate, members.get(index - 1).statementKey());
  }

  private boolean sound(long k, int head, Optional<Certificate> certificate) {
    return restart.sound(status(2, Samples.digest(5), values(k, head), certificate));
  }

  @Test
  void statusesAreOthersOfThisPartitionAndSigned() {
    Bytes nonce = Samples.digest(5);
    assertTrue(restart.sound(status(2, nonce, values(3, HEAD))));
    assertFalse(restart.sound(status(1, nonce, values(3, HEAD))), "one's own");
    assertFalse(restart.sound(status(2, nonce, values(1, 3, HEAD))), "another partition's");
    SignedStatus good = status(2, nonce, values(3, HEAD));
    SignedStatus renamed =
        new SignedStatus(3, nonce, good.values(), good.certificate(), good.signature());
    assertFalse(restart.sound(renamed), "another HSM's");
  }

  @Test
  void withoutACertificateAnHsmIsAtMostAWindowFromTheFounding() {
    assertTrue(sound(0, HEAD, Optional.empty()));
    assertTrue(sound(8, HEAD, Optional.empty()));
    assertFalse(sound(9, HEAD, Optional.empty()));
  }

  @Test
  void aStatusIsAtMostAWindowAheadOfItsCertificateAndNeverBehind() {
    Optional<Certificate> twenty = Optional.of(certificate(values(20, HEAD), 2, 3, 4));
    assertFalse(sound(19, HEAD, twenty));
    assertTrue(sound(20, HEAD, twenty));
    assertFalse(sound(20, OTHER_HEAD, twenty), "its own certificate says otherwise");
    assertTrue(sound(21, HEAD, twenty));
    assertTrue(sound(28, HEAD, twenty));
    assertFalse(sound(29, HEAD, twenty));
  }

  @Test
  void aCertificateInsideHasToHold() {
    assertFalse(sound(21, HEAD, Optional.of(certificate(values(20, HEAD), 2, 3))));
    assertFalse(sound(21, HEAD, Optional.of(certificate(values(1, 20, HEAD), 2, 3, 4))));
    Certificate good = certificate(values(20, HEAD), 2, 3, 4);
    Certificate moved = new Certificate(values(20, OTHER_HEAD), good.signatures());
    assertFalse(sound(21, HEAD, Optional.of(moved)));
  }

  @Test
  void itSpeaksOnceTwoOthersStandWhereItsOwnChainPassed() throws Exception {
    Bytes nonce = restart.challenge();
    restart.hear(status(2, nonce, values(3, HEAD)));
    restart.hear(status(2, nonce, values(3, HEAD)));
    assertFalse(restart.maySign(), "one HSM, twice");
    restart.hear(status(4, nonce, values(5, HEAD)));
    assertFalse(restart.maySign(), "its own chain is not there yet");
    restart.passed(4, Samples.digest(HEAD));
    assertFalse(restart.maySign());
    restart.passed(5, Samples.digest(HEAD));
    assertTrue(restart.maySign());
    // For this life: nothing heard later takes it back.
    restart.hear(status(3, nonce, values(5, OTHER_HEAD)));
    restart.passed(6, Samples.digest(OTHER_HEAD));
    assertTrue(restart.maySign());
  }

  @Test
  void passingElsewhereIsNotPassingThere() throws Exception {
    Bytes nonce = restart.challenge();
    restart.hear(status(2, nonce, values(4, HEAD)));
    restart.hear(status(3, nonce, values(4, HEAD)));
    restart.passed(4, Samples.digest(OTHER_HEAD));
    restart.passed(5, Samples.digest(HEAD));
    assertFalse(restart.maySign());
  }

  @Test
  void anHsmIsHeldToTheFurthestPlaceThatItNamed() throws Exception {
    Bytes nonce = restart.challenge();
    restart.hear(status(2, nonce, values(5, HEAD)));
    restart.hear(status(2, nonce, values(3, HEAD)));
    restart.hear(status(3, nonce, values(3, HEAD)));
    assertFalse(restart.maySign(), "HSM 2 has stated what this one has not seen yet");
    // And of two places at one k, to the first.
    restart.hear(status(2, nonce, values(5, OTHER_HEAD)));
    restart.passed(4, Samples.digest(HEAD));
    restart.passed(5, Samples.digest(OTHER_HEAD));
    assertFalse(restart.maySign());
  }

  @Test
  void laterWordsReplaceEarlierOnes() throws Exception {
    Bytes nonce = restart.challenge();
    restart.hear(status(2, nonce, values(3, HEAD)));
    restart.hear(status(2, nonce, values(4, HEAD)));
    restart.hear(status(3, nonce, values(3, HEAD)));
    assertFalse(restart.maySign());
    restart.passed(4, Samples.digest(HEAD));
    assertTrue(restart.maySign());
  }

  @Test
  void aFreshNonceForgetsWhatWasHeard() throws Exception {
    Bytes old = restart.challenge();
    restart.hear(status(2, old, values(3, HEAD)));
    Bytes nonce = restart.challenge();
    assertFalse(old.equals(nonce));
    restart.hear(status(3, nonce, values(3, HEAD)));
    assertFalse(restart.maySign());
    restart.hear(status(4, old, values(3, HEAD)));
    assertFalse(restart.maySign());
    restart.hear(status(4, nonce, values(3, HEAD)));
    assertTrue(restart.maySign());
  }

  @Test
  void beforeItAskedItHearsNothing() throws Exception {
    restart.hear(status(2, Samples.digest(5), values(3, HEAD)));
    restart.hear(status(3, Samples.digest(5), values(3, HEAD)));
    assertFalse(restart.maySign());
  }

  @Test
  void aForkEndsTheWholeRound() throws Exception {
    Bytes nonce = restart.challenge();
    restart.hear(status(2, nonce, values(4, HEAD)));
    restart.hear(status(3, nonce, values(4, HEAD)));
    SignedStatus fork = status(5, nonce, values(3, OTHER_HEAD));
    Rejected rejected = assertThrows(Rejected.class, () -> restart.hear(fork));
    assertEquals(RejectionCode.FORK, rejected.code());
    restart.hear(status(2, nonce, values(3, HEAD)));
    restart.hear(status(3, nonce, values(3, HEAD)));
    restart.passed(4, Samples.digest(HEAD));
    assertFalse(restart.maySign(), "nothing counts that was heard along with it");
  }

  @Test
  void itRemembersTheNewestSixtyFourHeads() throws Exception {
    RestartQuorum late = restart(0);
    for (long k = 1; k <= 63; k++) {
      late.passed(k, Samples.digest(HEAD));
    }
    Bytes nonce = late.challenge();
    SignedStatus fork = status(2, nonce, values(0, OTHER_HEAD));
    assertThrows(Rejected.class, () -> late.hear(fork));
    late.passed(64, Samples.digest(HEAD));
    Bytes again = late.challenge();
    late.hear(status(2, again, values(0, OTHER_HEAD)));
    late.hear(status(3, again, values(0, HEAD)));
    late.hear(status(4, again, values(64, HEAD)));
    assertFalse(late.maySign(), "what cannot be compared any more does not count");
    late.hear(status(5, again, values(1, HEAD)));
    assertTrue(late.maySign());
  }
}
