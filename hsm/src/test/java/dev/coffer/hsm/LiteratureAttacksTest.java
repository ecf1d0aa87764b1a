package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.request.SignedTexts;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Attacks that were found in other systems, or that reviewers of such systems looked for, each on a
 * fleet of five with the real core. Lies towards clients stand in the client module's {@code
 * LyingHostTest} and {@code LyingHsmTest}.
 */
@Tag("long")
final class LiteratureAttacksTest {
  private static final Bytes SECRET = Bytes.fromHex("07".repeat(32));
  private static final String CODE = "123456";

  private final TestFleet fleet = TestFleet.founded();
  private final TestClient alice = new TestClient(fleet, "alice", 1);
  private final TestClient bob = new TestClient(fleet, "bob", 2);

  /**
   * Registration as an oracle: a server that evaluates a registration under the live record's key
   * tests codes for whoever only registers, uncounted.
   */
  @Test
  void registeringAnswersNoGuess() throws Exception {
    Request.RegisterFinish enrolled = alice.enrol(CODE, SECRET);
    Set<Bytes> keys = new HashSet<>(Set.of(enrolled.registration().authKey()));
    for (int i = 0; i < 20; i++) {
      Request.RegisterStart start = alice.start(alice.registrationId(), CODE, fleet.k());
      fleet.tick();
      assertTrue(
          keys.add(alice.keys(start, CODE, alice.ask(start)).authKey()),
          "each start is evaluated under a key of its own");
    }
    assertEquals(9, alice.guess("000000").outcome().guessesLeft(), "the live record is untouched");
    assertEquals(OutcomeCode.ACCEPTED, alice.recover(CODE).code());
  }

  /**
   * Suppressed replies (found in the analysis of WhatsApp's vault, CRYPTO 2023): hosts that
   * withhold the answer make the client register again and win a fresh counter for the same secret.
   */
  @Test
  void withheldAnswersBuyNoGuesses() throws Exception {
    Request.RegisterFinish finish = alice.enrol(CODE, SECRET);
    for (int i = 0; i < 7; i++) {
      alice.guess("00000" + i);
    }
    // The client repeats what it was never told has happened; so do hosts, whenever they like.
    for (int index = 1; index <= 5; index++) {
      TestFleet.Ordered again = fleet.order(alice.admit(finish, index));
      assertEquals(1, alice.open(finish, again, 0).outcome().generation());
    }
    assertEquals(2, alice.guess("000007").outcome().guessesLeft());
  }

  /**
   * Counters one a replica: with 10 guesses at each of several HSMs an attacker that splits the
   * fleet gets 16 out of 10. Here a half without a quorum counts and never answers.
   */
  @Test
  void aSplitFleetGivesTenGuessesInAll() throws Exception {
    alice.enrol(CODE, SECRET);
    List<TestHost> most = fleet.hosts(1, 2, 3);
    List<TestHost> rest = fleet.hosts(4, 5);
    long fork = fleet.k();
    int evaluated = 0;
    for (int i = 0; i < 16; i++) {
      Request.Attempt attempt = alice.attempt("%06d".formatted(i), fleet.k());
      Bytes entry = new Entry(List.of(alice.admit(attempt))).encode();
      TestFleet.Ordered ordered = fleet.order(most, entry);
      evaluated += alice.open(attempt, ordered, 0).partials().isEmpty() ? 0 : 1;
    }
    for (int i = 0; i < 6; i++) {
      Bytes entry = attemptEntry("9%05d".formatted(i), fork);
      List<Statement> statements = new ArrayList<>();
      for (TestHost host : rest) {
        host.capture(fork + 1 + i, entry).statement().ifPresent(statements::add);
      }
      Certificate two = Certificate.of(statements);
      for (TestHost host : fleet.hosts()) {
        assertThrows(Rejected.class, () -> host.hsm().release(two, List.of(0)));
      }
    }
    assertEquals(10, evaluated);
  }

  private Bytes attemptEntry(String code, long seenK) {
    return new Entry(List.of(alice.admit(alice.attempt(code, seenK)))).encode();
  }

  /** A rogue node that spends everyone's guesses: by repeating messages, or by making some up. */
  @Test
  void aRogueNodeSpendsNobodysGuesses() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.Attempt attempt = alice.attempt("000000", fleet.k());
    SealedMessage message = alice.seal(attempt, 1);
    for (int i = 0; i < 12; i++) {
      fleet.order(fleet.tryAdmit(1, message).orElseThrow());
    }
    assertEquals(8, alice.guess("000001").outcome().guessesLeft(), "twelve repetitions, one guess");
    // Bob's login does not carry Alice's attempt, and hers is bound to the ciphertext.
    SealedMessage other = bob.seal(bob.attempt("000000", fleet.k()), 1);
    for (SealedMessage forged :
        List.of(
            new SealedMessage(message.type(), 1, message.sealed(), other.assertion()),
            new SealedMessage(message.type(), 1, other.sealed(), message.assertion()))) {
      assertTrue(fleet.tryAdmit(1, forged).isEmpty());
    }
    alice.recover(CODE);
    assertEquals(OutcomeCode.STALE, alice.ask(attempt).code(), "after a success it is old");
    assertEquals(9, alice.guess("000002").outcome().guessesLeft());
  }

  /**
   * A proof moved to another account, slot, fleet, generation or attempt: signed by the right key.
   */
  @Test
  void aProofIsWorthNothingElsewhere() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.Attempt attempt = alice.attempt(CODE, fleet.k());
    TestClient.Answer granted = alice.ask(attempt);
    TestClient.CodeKeys keys = alice.keys(attempt, CODE, granted);
    Subject s = alice.subject();
    Request.Attempt second = alice.attempt(CODE, fleet.k());
    for (Bytes moved :
        List.of(
            text(new Subject(s.fleetId(), s.tenant(), "bob", s.slot()), 1, attempt, 1),
            text(new Subject(s.fleetId(), s.tenant(), s.account(), "passkey-1"), 1, attempt, 1),
            text(
                new Subject(new FleetId(SECRET), s.tenant(), s.account(), s.slot()), 1, attempt, 1),
            text(s, 2, attempt, 1),
            text(s, 1, attempt, 2),
            text(s, 1, attempt, 1, SECRET),
            text(s, 1, second, 1))) {
      Bytes proof = Ed25519.sign(keys.authSeed(), moved);
      assertNotEquals(OutcomeCode.ACCEPTED, alice.ask(alice.success(attempt, 1, 1, proof)).code());
    }
    assertEquals(
        8, alice.guess("000000").outcome().guessesLeft(), "none of them reset the counter");
    Bytes proof = Ed25519.sign(keys.authSeed(), text(s, 1, attempt, 1));
    assertEquals(OutcomeCode.ACCEPTED, alice.ask(alice.success(attempt, 1, 1, proof)).code());
  }

  /**
   * The owner's word moved likewise: given for another account, slot, fleet, generation,
   * registration or deletion, it neither replaces nor deletes.
   */
  @Test
  void anOwnersWordIsWorthNothingElsewhere() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.RegisterStart start = alice.start(alice.registrationId(), "999999", fleet.k());
    Request.RegisterStart earlier = alice.start(alice.registrationId(), "888888", fleet.k());
    fleet.tick();
    TestClient.Answer first = alice.ask(earlier);
    TestClient.Answer granted = alice.ask(start);
    Authorisation none = new Authorisation.None();
    Request.RegisterFinish other = alice.finish(earlier, first, "888888", SECRET, none);
    Request.RegisterFinish finish = alice.finish(start, granted, "999999", SECRET, none);
    Request.Delete delete = alice.delete(fleet.k(), 1, none);
    List<Bytes> texts = new ArrayList<>();
    Subject s = alice.subject();
    for (Subject moved :
        List.of(
            new Subject(s.fleetId(), s.tenant(), "bob", s.slot()),
            new Subject(s.fleetId(), s.tenant(), s.account(), "passkey-1"),
            new Subject(new FleetId(SECRET), s.tenant(), s.account(), s.slot()))) {
      RequestHeader header =
          new RequestHeader(moved, finish.header().seenK(), finish.header().encapsulations());
      texts.add(
          SignedTexts.ownerReplace(
              1,
              new Request.RegisterFinish(
                  header, finish.k(), finish.position(), finish.registration(), none)));
      texts.add(SignedTexts.ownerDelete(new Request.Delete(header, 1, none)));
    }
    texts.add(SignedTexts.ownerReplace(2, finish));
    texts.add(SignedTexts.ownerReplace(1, other));
    texts.add(SignedTexts.ownerDelete(alice.delete(fleet.k(), 2, none)));
    Bytes forFinish = SignedTexts.ownerReplace(1, finish);
    Bytes forDelete = SignedTexts.ownerDelete(delete);
    for (Bytes text : texts) {
      for (Request request :
          List.of(
              alice.authorised(finish, alice.byOwner(SECRET, text)),
              alice.authorised(delete, alice.byOwner(SECRET, text)))) {
        assertEquals(OutcomeCode.NOT_AUTHORISED, alice.ask(request).code());
      }
    }
    Request swapped = alice.authorised(delete, alice.byOwner(SECRET, forFinish));
    assertEquals(OutcomeCode.NOT_AUTHORISED, alice.ask(swapped).code());
    swapped = alice.authorised(finish, alice.byOwner(SECRET, forDelete));
    assertEquals(OutcomeCode.NOT_AUTHORISED, alice.ask(swapped).code());
    assertEquals(OutcomeCode.ACCEPTED, alice.recover(CODE).code(), "the old one still stands");
  }

  private static Bytes text(
      Subject subject, long generation, Request.Attempt attempt, long number) {
    return text(subject, generation, attempt, number, Bytes.zeros(32));
  }

  private static Bytes text(
      Subject subject, long generation, Request.Attempt attempt, long number, Bytes trail) {
    return SignedTexts.recoveryProof(
        subject, generation, attempt.id(), number, attempt.hash(), trail);
  }

  /**
   * Identity and reflected elements (NCC's review of opaque-ke): an identity makes the output
   * independent of the key; a server that reflects the blinded element hopes that nobody looks.
   */
  @Test
  void identityAndReflectedElementsAreSeen() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.Attempt honest = alice.attempt(CODE, fleet.k());
    for (Bytes bad : List.of(Bytes.zeros(32), Bytes.fromHex("ff".repeat(32)))) {
      Request.Attempt attempt = new Request.Attempt(honest.header(), honest.id(), bad);
      assertTrue(fleet.tryAdmit(1, alice.seal(attempt, 1)).isEmpty());
    }
    List<Sharing.Partial<RistrettoElement>> partials =
        new ArrayList<>(alice.ask(honest).partials());
    RistrettoElement reflected = Ristretto255.GROUP.decode(honest.blindedElement());
    partials.set(2, new Sharing.Partial<>(partials.get(2).index(), reflected));
    Sharing.Agreement<RistrettoElement> agreement =
        Sharing.among(5).agree(Ristretto255.GROUP, partials);
    assertTrue(
        agreement instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed
            && confirmed.liars().equals(List.of(partials.get(2).index())));
  }

  /**
   * An exhausted row through state transfer (Signal's history): a replica that catches up must not
   * take the row over as it was while it had tries left.
   */
  @Test
  void anExhaustedAccountStaysExhaustedWhereItIsTransferred() throws Exception {
    alice.enrol(CODE, SECRET);
    List<TestHost> most = fleet.hosts(1, 2, 3);
    RecordBook before = fleet.host(4).book(fleet.k());
    Certificate newest = null;
    for (int i = 0; i < 11; i++) {
      newest = fleet.order(most, attemptEntry("%06d".formatted(i), fleet.k())).certificate();
    }
    for (TestHost late : fleet.hosts(4, 5)) {
      late.adopt(newest, fleet.host(1));
      Bytes entry = attemptEntry(CODE, fleet.k());
      assertThrows(Rejected.class, () -> late.capture(fleet.k() + 1, entry, before));
    }
    Request.Attempt attempt = alice.attempt(CODE, fleet.k());
    Bytes entry = new Entry(List.of(alice.admit(attempt, 4))).encode();
    TestClient.Answer answer = alice.open(attempt, fleet.order(fleet.hosts(), entry), 0);
    assertEquals(OutcomeCode.EXHAUSTED, answer.code());
    assertTrue(answer.partials().isEmpty());
  }

  /**
   * A reply accepted from the wrong peer (Signal's history): one HSM's answer under another's name.
   */
  @Test
  void aReplyOpensUnderItsOwnHsmsNameOnly() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.Attempt attempt = alice.attempt(CODE, fleet.k());
    TestFleet.Ordered ordered = fleet.order(alice.admit(attempt));
    assertEquals(5, alice.open(attempt, ordered, 0).partials().size());
    List<List<HsmPort.PositionedReply>> renamed = new ArrayList<>();
    for (var replies : ordered.replies()) {
      renamed.add(
          replies.stream()
              .map(r ->
                  new HsmPort.PositionedReply(
                      r.position(),
                      new SealedReply(
                          r.reply().index() % 5 + 1,
                          r.reply().responseNonce(),
                          r.reply().ciphertext())))
              .toList());
    }
    TestFleet.Ordered swapped =
        new TestFleet.Ordered(ordered.entry(), ordered.certificate(), ordered.leaves(), renamed);
    assertThrows(Rejected.class, () -> alice.open(attempt, swapped, 0));
  }

  /**
   * Disk and memory of n−q HSMs rolled back to before the first guess: with the hosts' help they
   * capture fresh guesses, and sign and release none of them.
   */
  @Test
  void rolledBackHsmsGiveNoFurtherGuess() throws Exception {
    alice.enrol(CODE, SECRET);
    long start = fleet.k();
    List<TestHost> stolen = fleet.hosts(4, 5);
    List<Map<Integer, Bytes>> images =
        stolen.stream().map(host -> host.platform().nvram().snapshot()).toList();
    for (int i = 0; i < 10; i++) {
      assertEquals(9 - i, alice.guess("%06d".formatted(i)).outcome().guessesLeft());
    }
    for (int i = 0; i < stolen.size(); i++) {
      stolen.get(i).platform().nvram().restore(images.get(i));
      stolen.get(i).restart();
    }
    for (TestHost host : stolen) {
      assertFalse(host.hear(fleet.hosts(1, host.index() == 4 ? 5 : 4)));
      for (int i = 0; i < 3; i++) {
        Bytes entry = attemptEntry("9%05d".formatted(i), start);
        assertEquals(Optional.empty(), host.capture(start + 1 + i, entry).statement());
      }
      assertFalse(host.position().maySign());
    }
    Request.Attempt eleventh = alice.attempt(CODE, fleet.k());
    Bytes entry = new Entry(List.of(alice.admit(eleventh))).encode();
    TestClient.Answer last = alice.open(eleventh, fleet.order(fleet.hosts(1, 2, 3), entry), 0);
    assertEquals(OutcomeCode.EXHAUSTED, last.code());
  }

  /**
   * Poisoned freshness memory: whoever can raise what an HSM or a record takes for the newest k
   * locks out everybody honest. Nothing but a verified certificate raises it.
   */
  @Test
  void freshnessIsNotRaisedByWords() throws Exception {
    alice.enrol(CODE, SECRET);
    TestHost host = fleet.host(1);
    ChainValues now = host.position().values();
    long certified = host.position().highestCertified();
    ChainValues far =
        new ChainValues(now.fleetId(), now.partition(), now.k() + 1000, SECRET, SECRET, SECRET);
    List<Certificate.Signed> forged =
        List.of(
            new Certificate.Signed(1, Bytes.zeros(64)),
            new Certificate.Signed(2, Bytes.zeros(64)),
            new Certificate.Signed(3, Bytes.zeros(64)));
    Certificate words = new Certificate(far, forged);
    assertThrows(Rejected.class, () -> host.hsm().release(words, List.of()));
    assertThrows(Rejected.class, () -> host.hsm().adopt(words, List.of(SECRET)));
    host.restart();
    Bytes nonce = host.hsm().challenge(0);
    SignedStatus lie = new SignedStatus(2, nonce, far, Optional.of(words), Bytes.zeros(64));
    assertFalse(host.hsm().hear(0, List.of(lie)));
    assertTrue(host.hear(fleet.hosts(2, 3)));
    assertTrue(host.position().highestCertified() <= certified);
    // A request that claims to have seen the far future is refused, and leaves no mark.
    assertEquals(OutcomeCode.STALE, alice.ask(alice.attempt(CODE, far.k())).code());
    assertEquals(OutcomeCode.ACCEPTED, alice.recover(CODE).code());
  }

  /** A refusal with a certificate is no acceptance: the outcome says which it is. */
  @Test
  void aCertifiedRefusalSaysThatItIsOne() throws Exception {
    alice.enrol(CODE, SECRET);
    Request.RegisterStart start = alice.start(alice.registrationId(), "999999", fleet.k());
    fleet.tick();
    TestClient.Answer granted = alice.ask(start);
    Request.RegisterFinish stolen =
        alice.finish(start, granted, "999999", SECRET, new Authorisation.Owner(Bytes.zeros(64)));
    TestClient.Answer refused = alice.ask(stolen);
    assertEquals(OutcomeCode.NOT_AUTHORISED, refused.code());
    assertNotEquals(stolen.registration().hash(), refused.outcome().registrationHash());
    assertEquals(OutcomeCode.ACCEPTED, alice.recover(CODE).code());
  }
}
