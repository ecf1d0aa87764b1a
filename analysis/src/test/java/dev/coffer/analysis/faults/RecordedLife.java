package dev.coffer.analysis.faults;

import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.node.store.EntryResult;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What real HSMs made of real people's requests, entry by entry, so that a store can live through
 * it as often as one likes: registrations, wrong and right codes, a replacement, a deletion, an
 * entry that nobody can read.
 */
final class RecordedLife {
  private static final Bytes SECRET = Bytes.fromHex("0b".repeat(32));

  private final TestFleet vault = TestFleet.founded(3, 2);
  private final List<EntryResult> results = new ArrayList<>();
  private final List<Certificate> certificates = new ArrayList<>();

  private RecordedLife() {}

  /** Lives it. */
  static RecordedLife record() throws Rejected {
    RecordedLife life = new RecordedLife();
    TestClient alice = new TestClient(life.vault, "alice", 1);
    alice.enrol("123456", SECRET);
    life.keep();
    TestClient bob = new TestClient(life.vault, "bob", 2);
    bob.enrol("code of bob", SECRET);
    life.keep();
    TestClient thief = new TestClient(life.vault, "alice", 3);
    thief.guess("654321");
    thief.guess("111111");
    life.keep();
    TestClient phone = new TestClient(life.vault, "alice", 4);
    check(phone.recover("123456").code());
    life.keep();
    life.vault.tick();
    thief.guess("222222");
    life.keep();
    TestClient carol = new TestClient(life.vault, "carol", 5);
    carol.enrol("code of carol", SECRET);
    life.keep();
    life.delete(bob);
    check(phone.recover("123456").code());
    life.keep();
    bob.enrol("another code", SECRET);
    life.keep();
    thief.guess("333333");
    check(phone.recover("123456").code());
    life.keep();
    return life;
  }

  private void delete(TestClient owner) throws Rejected {
    Request.Delete bare = owner.delete(vault.k(), 1, new Authorisation.None());
    Authorisation by = owner.byOwner(SECRET, SignedTexts.ownerDelete(bare));
    vault.tick();
    check(owner.ask(owner.authorised(bare, by)).code());
  }

  private static void check(OutcomeCode code) {
    if (code != OutcomeCode.ACCEPTED) {
      throw new AssertionError("the script goes as written: " + code);
    }
  }

  /** Takes down the entries since the last call: all are in the HSMs' rings still. */
  private void keep() throws Rejected {
    for (long k = results.size() + 1L; k <= vault.k(); k++) {
      List<Statement> statements = new ArrayList<>();
      Optional<HsmPort.Capture> first = Optional.empty();
      for (TestHost host : vault.hosts()) {
        HsmPort.Capture capture = host.capture(k, host.entry(k));
        first = first.or(() -> Optional.of(capture));
        capture.statement().ifPresent(statements::add);
      }
      certificates.add(Certificate.of(statements.subList(0, 2)));
      OrderPosition order = new OrderPosition(1, 2 * k);
      results.add(EntryResult.of(vault.host(1).entry(k), first.orElseThrow(), order));
    }
  }

  Fleet fleet() {
    return vault.fleet();
  }

  /** How many entries there are. */
  long length() {
    return results.size();
  }

  /** What HSM 1 made of entry {@code k}. */
  EntryResult result(long k) {
    return results.get((int) k - 1);
  }

  /** Over entry {@code k}. */
  Certificate certificate(long k) {
    return certificates.get((int) k - 1);
  }

  /** The values after entry {@code k}. */
  ChainValues values(long k) {
    return k == 0 ? ChainValues.founding(fleet().id(), 0) : result(k).values();
  }

  /** All records after entry {@code k}. */
  RecordBook book(long k) {
    return vault.host(1).book(k);
  }

  /** The names of all records after entry {@code k}, ascending. */
  List<TreeKey> names(long k) {
    return book(k).all().keySet().stream().map(TreeKey::new).toList();
  }
}
