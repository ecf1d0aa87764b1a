package dev.coffer.protocol.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.login.LoginAssertion;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Requests: one encoding each, one size a type, nothing else accepted. */
final class RequestCodecTest {
  @Test
  void everyRequestReturns() throws Exception {
    Set<RequestHash> hashes = new HashSet<>();
    for (Request request : Samples.requests()) {
      assertEquals(request, Request.decode(request.encode()));
      assertEquals(request, Request.unpad(request.pad()));
      assertEquals(request.type().paddedSize(), request.pad().size());
      assertTrue(hashes.add(request.hash()));
    }
  }

  @Test
  void theLargestOfEachTypeFits() {
    Subject longest =
        new Subject(Samples.fleet().id(), "t".repeat(32), "a".repeat(64), "passkey-8");
    RequestHeader header =
        new RequestHeader(longest, Long.MAX_VALUE, Collections.nCopies(7, Samples.digest(1)));
    Registration registration =
        new Registration(
            Samples.digest(1),
            Samples.digest(2),
            Samples.octets(3, 128),
            10,
            new KsfParameters(1 << 20, 64, 16),
            new RegistrationId(Samples.digest(4)));
    Authorisation login =
        new Authorisation.Login(Samples.token("j".repeat(1024)), Samples.octets(5, 64));
    for (Request sample : Samples.requests()) {
      Request largest;
      if (sample instanceof Request.RegisterStart r) {
        largest = new Request.RegisterStart(header, r.id(), r.blindedElement());
      } else if (sample instanceof Request.RegisterFinish) {
        largest = new Request.RegisterFinish(header, Long.MAX_VALUE, 255, registration, login);
      } else if (sample instanceof Request.Attempt r) {
        largest = new Request.Attempt(header, r.id(), r.blindedElement());
      } else if (sample instanceof Request.Success r) {
        largest =
            new Request.Success(
                header,
                r.id(),
                r.attemptRequest(),
                Long.MAX_VALUE,
                r.trailBefore(),
                Long.MAX_VALUE,
                r.proof());
      } else {
        largest = new Request.Delete(header, Long.MAX_VALUE, login);
      }
      assertEquals(largest.type().paddedSize(), largest.pad().size());
    }
  }

  @Test
  void mutationsAreRejectedOrCanonical() {
    Random random = new Random(3);
    for (Request request : Samples.requests()) {
      Bytes padded = request.pad();
      for (int i = 0; i < 3000; i++) {
        byte[] bad = padded.toByteArray();
        bad[random.nextInt(Math.min(bad.length, 800))] ^= (byte) (1 << random.nextInt(8));
        try {
          assertEquals(Bytes.wrap(bad), Request.unpad(Bytes.wrap(bad)).pad());
        } catch (Rejected e) {
          // Refused: fine. Any other exception fails the test.
        }
      }
    }
  }

  @Test
  void noOtherSizePasses() {
    Request small = Samples.requests().get(0);
    assertThrows(Rejected.class, () -> Request.unpad(small.pad().concat(Bytes.zeros(1))));
    assertThrows(Rejected.class, () -> Request.unpad(small.pad().slice(0, 639)));
    assertThrows(Rejected.class, () -> Request.unpad(small.pad().concat(Bytes.zeros(1408))));
    assertThrows(Rejected.class, () -> Request.decode(small.encode().concat(Bytes.zeros(1))));
  }

  @Test
  void aSealedMessageOpensForItsAddresseeAndTypeAlone() throws Exception {
    Fleet fleet = Samples.fleet();
    for (Request request : Samples.requests()) {
      Bytes sealed = SealedMessage.seal(Randomness.system(), fleet, 2, request);
      LoginAssertion assertion = new LoginAssertion(Samples.token("a.b.c"), Samples.octets(1, 64));
      SealedMessage message = new SealedMessage(request.type(), 2, sealed, assertion);
      SealedMessage arrived = SealedMessage.decode(message.encode());
      assertEquals(message, arrived);
      assertEquals(request, arrived.open(fleet.id(), Samples.secret(0x32)));
      assertThrows(Rejected.class, () -> arrived.open(fleet.id(), Samples.secret(0x31)));
      SealedMessage other = new SealedMessage(request.type(), 1, sealed, assertion);
      assertThrows(Rejected.class, () -> other.open(fleet.id(), Samples.secret(0x32)));
      assertThrows(
          Rejected.class, () -> SealedMessage.decode(message.encode().concat(Bytes.zeros(1))));
    }
    assertThrows(Rejected.class, () -> SealedMessage.decode(Bytes.zeros(9000)));
  }

  @Test
  void subjectsAreCheckedWhenRead() {
    for (String slot : List.of("", "Code", "pass key", "s".repeat(33), "é")) {
      byte[] bad =
          new dev.coffer.protocol.codec.CanonicalWriter()
              .raw(Samples.digest(1))
              .string("acme")
              .string("alice")
              .string(slot)
              .toByteArray();
      assertThrows(
          Rejected.class,
          () -> Subject.read(new dev.coffer.protocol.codec.CanonicalReader(Bytes.wrap(bad))));
    }
  }

  @Test
  void onlyStartsAndAttemptsHaveSomethingEvaluated() {
    for (Request request : Samples.requests()) {
      Optional<Bytes> expected =
          switch (request.type()) {
            case REGISTER_START -> Optional.of(Samples.digest(12));
            case ATTEMPT -> Optional.of(Samples.digest(13));
            case REGISTER_FINISH, SUCCESS, DELETE -> Optional.empty();
          };
      assertEquals(expected, request.blinded());
    }
  }

  @Test
  void anAuthorisationIsGivenForTheRequestWithoutIt() {
    Set<Request> bare = new HashSet<>();
    for (Request request : Samples.requests()) {
      bare.add(request.bare());
      assertEquals(request.bare(), request.bare().bare());
      if (request instanceof Request.RegisterFinish finish) {
        assertEquals(Samples.requests().get(1), finish.bare());
      } else if (request instanceof Request.Delete delete) {
        assertEquals(
            new Request.Delete(delete.header(), delete.generation(), new Authorisation.None()),
            delete.bare());
      } else {
        assertEquals(request, request.bare());
      }
    }
    assertEquals(5, bare.size());
  }

  @Test
  void aMessageSaysOutsideWhatItIsInside() throws Exception {
    Fleet fleet = Samples.fleet();
    // Sealed as an attempt, with a success of the same size inside: nodes would count it wrongly.
    Request success = Samples.requests().get(5);
    Bytes info =
        Label.REQUEST_SEAL
            .tuple()
            .field(fleet.id().value())
            .field(2)
            .field(RequestType.ATTEMPT.number())
            .toBytes();
    Bytes sealed =
        Hpke.seal(
            Randomness.system(),
            fleet.hsm(2).sessionKey(),
            info,
            Bytes.EMPTY,
            SecretBytes.copyOf(success.pad()));
    SealedMessage message =
        new SealedMessage(
            RequestType.ATTEMPT,
            2,
            sealed,
            new LoginAssertion(Samples.token("a.b.c"), Samples.octets(1, 64)));
    Rejected rejected =
        assertThrows(Rejected.class, () -> message.open(fleet.id(), Samples.secret(0x32)));
    assertEquals(RejectionCode.NOT_CANONICAL, rejected.code());
  }

  @Test
  void aRequestThatDoesNotFitIsNotSent() {
    RequestHeader crowded =
        new RequestHeader(Samples.subject(), 1, Collections.nCopies(20, Samples.digest(1)));
    Request large =
        new Request.Attempt(crowded, new AttemptId(Samples.digest(2)), Samples.digest(3));
    assertThrows(Invariant.Broken.class, large::pad);
  }
}
