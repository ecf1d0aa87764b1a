package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCodec;
import dev.coffer.hsm.founding.SpilledKeys;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.seal.Member;
import dev.coffer.hsm.seal.RecordSeal;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * With one corrupted HSM of five and q = 3, hosts keep two chains certified: two honest HSMs stand
 * along each, and the corrupted one signs both. INV-2 allows the limit on each, 20 guesses between
 * two successes, and a success from one chain buys nothing more on the other (docs/decisions/0006).
 */
final class TwoChainsTest {
  private static final String CODE = "1234";
  private static final Bytes SECRET = Bytes.fromHex("07".repeat(32));

  private final TestFleet fleet = TestFleet.founded();
  private final TestClient alice = new TestClient(fleet, "alice", 1);
  private final Member corrupted = SpilledKeys.member(fleet.host(5).platform());
  private final List<TestHost> one = fleet.hosts(1, 2);
  private final List<TestHost> other = fleet.hosts(3, 4);
  private int evaluated;

  /** Has {@code request} captured along one chain, certified by that and the corrupted HSM. */
  private TestClient.Answer order(List<TestHost> chain, Request request) throws Rejected {
    Bytes entry = new Entry(List.of(alice.admit(request))).encode();
    long k = chain.getFirst().k() + 1;
    List<Statement> statements = new ArrayList<>();
    List<Bytes> leaves = List.of();
    for (TestHost host : chain) {
      HsmPort.Capture capture = host.capture(k, entry);
      statements.add(capture.statement().orElseThrow());
      leaves = capture.leaves();
    }
    statements.add(Statement.sign(statements.getFirst().values(), 5, corrupted.statementKey()));
    Certificate certificate = Certificate.of(statements);
    certificate.verify(fleet.fleet());
    List<List<HsmPort.PositionedReply>> replies = new ArrayList<>();
    for (TestHost host : chain) {
      replies.add(host.port().release(certificate, List.of(0)));
    }
    return alice.open(request, new TestFleet.Ordered(entry, certificate, leaves, replies), 0);
  }

  private static long k(List<TestHost> chain) throws Rejected {
    return chain.getFirst().k();
  }

  /** A wrong guess; two honest partial results and the corrupted HSM's make an evaluation. */
  private OutcomeCode guess(List<TestHost> chain, long seenK) throws Rejected {
    TestClient.Answer answer = order(chain, alice.attempt("wrong", seenK));
    evaluated += answer.partials().isEmpty() ? 0 : 1;
    return answer.code();
  }

  private void guessOn(List<TestHost> chain) throws Rejected {
    OutcomeCode code = OutcomeCode.ACCEPTED;
    while (code == OutcomeCode.ACCEPTED) {
      code = guess(chain, k(chain));
    }
    assertEquals(OutcomeCode.EXHAUSTED, code);
  }

  /** What alice says once {@code attempt} is certified on {@code chain}. */
  private Request.Success proof(
      List<TestHost> chain, Request.Attempt attempt, TestClient.Answer answer) throws Rejected {
    List<Sharing.Partial<RistrettoElement>> partials = new ArrayList<>(answer.partials());
    TreeKey key = corrupted.keys().treeKey(alice.subject());
    Optional<Bytes> record = chain.getFirst().book(k(chain)).record(key);
    RecordSeal seal = new RecordSeal(corrupted.keys(), fleet.fleet().id(), 0);
    try (SecretBytes opened = seal.open(key, record.orElseThrow())) {
      Account.Active live = (Account.Active) opened.parse(AccountCodec::decode);
      RistrettoScalar share = corrupted.keys().share(5, 5, live.nonce());
      RistrettoElement element = Ristretto255.GROUP.decode(attempt.blindedElement());
      partials.add(new Sharing.Partial<>(5, Oprf.RISTRETTO255.evaluate(share, element)));
    }
    TestClient.Answer whole = new TestClient.Answer(answer.outcome(), answer.payload(), partials);
    return alice.success(
        attempt,
        answer.outcome().attemptNumber(),
        answer.outcome().generation(),
        alice.keys(attempt, CODE, whole).authSeed());
  }

  /**
   * The user recovers on one chain; then hosts take all they can get on both.
   *
   * @param seen wrong guesses before the user's attempt where the user sees it
   * @param saved those before it on the other chain
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "0, 9", "1, 1", "1, 0", "9, 9", "3, 2"})
  void aSuccessFromAnotherChainGivesNoSavedUpGuessesBack(int seen, int saved) throws Exception {
    alice.enrol(CODE, SECRET);
    long fork = fleet.k();
    for (int i = 0; i < seen; i++) {
      guess(one, fork);
    }
    Request.Attempt right = alice.attempt(CODE, fork);
    Request.Success success = proof(one, right, order(one, right));
    assertEquals(OutcomeCode.ACCEPTED, order(one, success).code());
    evaluated = 0;
    for (int i = 0; i < saved; i++) {
      guess(other, fork);
    }
    order(other, right);
    for (int i = saved + 1; i < 10; i++) {
      assertEquals(OutcomeCode.ACCEPTED, guess(other, fork));
    }
    boolean same = seen == 0 && saved == 0;
    assertEquals(
        same ? OutcomeCode.ACCEPTED : OutcomeCode.NOT_PROVED, order(other, success).code());
    guessOn(other);
    guessOn(one);
    assertEquals(same ? 20 : 19, evaluated);
  }

  /** Chains that part behind the attempt: the success holds on both, and both began alike. */
  @Test
  void guessesThatBothChainsSawWereMadeOnce() throws Exception {
    alice.enrol(CODE, SECRET);
    long fork = fleet.k();
    Request.Attempt wrong = alice.attempt("wrong", fork);
    Request.Attempt right = alice.attempt(CODE, fork);
    order(one, wrong);
    Request.Success success = proof(one, right, order(one, right));
    order(other, wrong);
    order(other, right);
    for (List<TestHost> chain : List.of(one, other)) {
      assertEquals(OutcomeCode.ACCEPTED, order(chain, success).code());
      guessOn(chain);
    }
    assertEquals(20, evaluated);
  }

  /** Hosts drop the chain that the user saw: a new attempt sees the other, and gets in. */
  @Test
  void aClientWhoseSuccessIsRefusedAttemptsAgainAndGetsIn() throws Exception {
    alice.enrol(CODE, SECRET);
    long fork = fleet.k();
    Request.Attempt right = alice.attempt(CODE, fork);
    Request.Success success = proof(one, right, order(one, right));
    guess(other, fork);
    order(other, right);
    assertEquals(OutcomeCode.NOT_PROVED, order(other, success).code());
    Request.Attempt again = alice.attempt(CODE, k(other));
    TestClient.Answer granted = order(other, again);
    assertEquals(7, granted.outcome().guessesLeft(), "one guess each, and hosts' one");
    TestClient.Answer recovered = order(other, proof(other, again, granted));
    assertEquals(OutcomeCode.ACCEPTED, recovered.code());
    assertEquals(10, recovered.outcome().guessesLeft());
    assertEquals(SECRET, SuccessPayload.decode(recovered.payload()).registration().wrappedKey());
  }
}
