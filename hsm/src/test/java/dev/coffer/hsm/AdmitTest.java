package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SealedMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Admission: only the account's own device gets an operation made of its message (PROTOCOL.md
 * §4.4).
 */
final class AdmitTest {
  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final TestClient alice = new TestClient(fleet, "alice", 1);
  private final TestClient bob = new TestClient(fleet, "bob", 2);

  private void rejected(RejectionCode code, int index, SealedMessage message) {
    HsmPort hsm = fleet.host(index).hsm();
    assertEquals(code, assertThrows(Rejected.class, () -> hsm.admit(message)).code());
  }

  @Test
  void theSameRequestIsAnotherOperationEachTimeUnderTheSameName() throws Exception {
    Request.Attempt attempt = alice.attempt("1", 0);
    HsmPort.Admission one = fleet.host(1).hsm().admit(alice.seal(attempt, 1));
    HsmPort.Admission two = fleet.host(2).hsm().admit(alice.seal(attempt, 2));
    assertEquals(one.treeKey(), two.treeKey());
    assertNotEquals(one.operation(), two.operation());
    assertEquals(688, one.operation().size());
    HsmPort.Admission other = fleet.host(1).hsm().admit(bob.seal(bob.attempt("1", 0), 1));
    assertNotEquals(one.treeKey(), other.treeKey());
  }

  @Test
  void aMessageIsForOneHsm() {
    SealedMessage message = alice.seal(alice.attempt("1", 0), 1);
    rejected(RejectionCode.WRONG_ADDRESSEE, 2, message);
    SealedMessage readdressed =
        new SealedMessage(message.type(), 2, message.sealed(), message.assertion());
    rejected(RejectionCode.BAD_CIPHERTEXT, 2, readdressed);
  }

  /** A client of the first version, whose success names no trail, gets no attempt counted. */
  @Test
  void messagesOfAnotherVersionAreNotRead() {
    byte[] octets = alice.seal(alice.attempt("1", 0), 1).encode().toByteArray();
    assertEquals(2, octets[0]);
    for (byte version : new byte[] {0, 1, 3}) {
      octets[0] = version;
      Bytes other = Bytes.copyOf(octets);
      Rejected refused = assertThrows(Rejected.class, () -> SealedMessage.decode(other));
      assertEquals(RejectionCode.OUT_OF_RANGE, refused.code());
    }
  }

  @Test
  void anAssertionIsForOneCiphertextAndOneAccount() {
    SealedMessage one = alice.seal(alice.attempt("1", 0), 1);
    SealedMessage two = alice.seal(alice.attempt("1", 0), 1);
    rejected(
        RejectionCode.BAD_LOGIN,
        1,
        new SealedMessage(one.type(), 1, one.sealed(), two.assertion()));
    SealedMessage bobs = bob.seal(bob.attempt("1", 0), 1);
    rejected(
        RejectionCode.BAD_LOGIN,
        1,
        new SealedMessage(one.type(), 1, one.sealed(), bobs.assertion()));
    LoginAssertion stolenToken =
        new LoginAssertion(alice.token(), bobs.assertion().deviceSignature());
    rejected(
        RejectionCode.BAD_LOGIN, 1, new SealedMessage(one.type(), 1, one.sealed(), stolenToken));
  }

  @Test
  void elementsThatCannotBeEvaluatedAreRefused() {
    RequestHeader header = alice.attempt("1", 0).header();
    for (Bytes element :
        List.of(
            Bytes.zeros(32), // the identity
            Bytes.fromHex("01" + "00".repeat(31)), // negative
            Bytes.fromHex("ff".repeat(32)))) {
      Request.Attempt attempt =
          new Request.Attempt(header, new AttemptId(Bytes.zeros(32)), element);
      rejected(RejectionCode.BAD_ELEMENT, 1, alice.seal(attempt, 1));
    }
  }

  @Test
  void oneEncapsulationAnHsm() {
    Request.Attempt good = alice.attempt("1", 0);
    for (int count : new int[] {1, 2, 5, 7}) {
      List<Bytes> encapsulations =
          java.util.Collections.nCopies(count, good.header().encapsulations().getFirst());
      RequestHeader header = new RequestHeader(alice.subject(), 0, encapsulations);
      Request.Attempt bad = new Request.Attempt(header, good.id(), good.blindedElement());
      rejected(RejectionCode.OUT_OF_RANGE, 1, alice.seal(bad, 1));
    }
  }

  @Test
  void anotherFleetsSubjectIsRefused() {
    TestFleet other = TestFleet.founded(5, 3);
    TestClient abroad = new TestClient(other, "alice", 1);
    Request.Attempt foreign = abroad.attempt("1", 0);
    RequestHeader header =
        new RequestHeader(
            foreign.header().subject(), 0, alice.attempt("1", 0).header().encapsulations());
    Request.Attempt attempt = new Request.Attempt(header, foreign.id(), foreign.blindedElement());
    rejected(RejectionCode.WRONG_ADDRESSEE, 1, alice.seal(attempt, 1));
  }

  @Test
  void damagedMessagesAreRefused() {
    SealedMessage good = alice.seal(alice.attempt("1", 0), 1);
    for (int at = 0; at < good.sealed().size(); at += 37) {
      byte[] octets = good.sealed().toByteArray();
      octets[at] ^= 1;
      SealedMessage bad = new SealedMessage(good.type(), 1, Bytes.wrap(octets), good.assertion());
      assertThrows(Rejected.class, () -> fleet.host(1).hsm().admit(bad));
    }
  }

  @Test
  void beforeTheFoundingThereIsNothingToCall() {
    HsmCore fresh = new HsmCore(new dev.coffer.hsm.harness.MemoryPlatform(9));
    SealedMessage message = alice.seal(alice.attempt("1", 0), 1);
    assertEquals(
        RejectionCode.WRONG_PHASE, assertThrows(Rejected.class, () -> fresh.admit(message)).code());
    assertEquals(
        RejectionCode.WRONG_PHASE, assertThrows(Rejected.class, () -> fresh.position(0)).code());
  }
}
