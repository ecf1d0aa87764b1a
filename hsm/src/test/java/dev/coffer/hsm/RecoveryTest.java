package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.SuccessPayload;
import dev.coffer.protocol.request.Request;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registration and a recovery, honest from end to end, in every size of fleet. */
final class RecoveryTest {
  private static final Bytes SECRET = Bytes.fromHex("07".repeat(32));

  @ParameterizedTest
  @CsvSource({"3,2", "3,3", "5,3", "5,4", "7,4", "7,5"})
  void theRightCodeOpensAndTheWrongOneDoesNot(int n, int q) throws Exception {
    TestFleet fleet = TestFleet.founded(n, q);
    TestClient alice = new TestClient(fleet, "alice", 1);
    Request.RegisterFinish registered = alice.enrol("123456", SECRET);

    TestClient phone = new TestClient(fleet, "alice", 2);
    Request.Attempt wrong = phone.attempt("654321", fleet.k());
    TestClient.Answer counted = phone.ask(wrong);
    assertEquals(OutcomeCode.ACCEPTED, counted.code());
    assertEquals(9, counted.outcome().guessesLeft());
    AttemptPayload payload = AttemptPayload.decode(counted.payload());
    assertEquals(registered.registration().authKey(), payload.authKey());
    assertNotEquals(payload.authKey(), phone.keys(wrong, "654321", counted).authKey());

    TestClient.Answer recovered = phone.recover("123456");
    assertEquals(OutcomeCode.ACCEPTED, recovered.code());
    assertEquals(10, recovered.outcome().guessesLeft());
    assertEquals(
        registered.registration(), SuccessPayload.decode(recovered.payload()).registration());
  }
}
