package dev.coffer.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Which partition a call is for, and that there is one. */
final class HsmCoreTest {
  private static final int PARTITIONS = 3;

  private final TestIssuer issuer = new TestIssuer(7);
  private final TestFleet fleet =
      TestFleet.founded(
          new FleetSettings(3, 2, 10, PARTITIONS, List.of(issuer.tenant()), true, false), issuer);
  private final HsmPort hsm = fleet.host(1).hsm();

  private static void rejected(RejectionCode code, Executable call) {
    assertEquals(code, assertThrows(Rejected.class, call).code());
  }

  private Certificate certificate(int partition) {
    Bytes zeros = Bytes.zeros(32);
    ChainValues values = new ChainValues(fleet.fleet().id(), partition, 1, zeros, zeros, zeros);
    return new Certificate(values, List.of());
  }

  private static List<Executable> calls(HsmPort hsm, int partition) {
    return List.of(
        () -> hsm.capture(partition, 1, Bytes.EMPTY, List.of(), Bytes.EMPTY),
        () -> hsm.restate(partition, 0),
        () -> hsm.challenge(partition),
        () -> hsm.status(partition, Bytes.zeros(32)),
        () -> hsm.hear(partition, List.of()),
        () -> hsm.position(partition));
  }

  @Test
  void aPartitionThatDoesNotExistIsRefusedByEveryCall() {
    for (int partition : new int[] {-1, PARTITIONS, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      calls(hsm, partition).forEach(call -> rejected(RejectionCode.WRONG_ADDRESSEE, call));
    }
    for (int partition : new int[] {PARTITIONS, 1023}) {
      Certificate beyond = certificate(partition);
      rejected(RejectionCode.WRONG_ADDRESSEE, () -> hsm.release(beyond, List.of()));
      rejected(RejectionCode.WRONG_ADDRESSEE, () -> hsm.adopt(beyond, List.of()));
    }
    rejected(
        RejectionCode.BAD_CERTIFICATE, () -> hsm.release(certificate(PARTITIONS - 1), List.of()));
  }

  @Test
  void beforeTheFoundingEveryCallIsTooEarly() {
    HsmPort young = new HsmCore(new MemoryPlatform(9));
    calls(young, 0).forEach(call -> rejected(RejectionCode.WRONG_PHASE, call));
    rejected(RejectionCode.WRONG_PHASE, () -> young.release(certificate(0), List.of()));
    rejected(RejectionCode.WRONG_PHASE, () -> young.adopt(certificate(0), List.of()));
  }

  /** What runs now, not what was founded; and the keys and the fleet that it was founded with. */
  @Test
  void itAttestsWhatItIsNow() throws Exception {
    Bytes nonce = Bytes.fromHex("77".repeat(64));
    TestHost host = fleet.host(2);
    Bytes before = host.platform().measurement();
    assertEquals(token(2, nonce, before), host.hsm().attest(nonce));
    Bytes other = Bytes.fromHex("88".repeat(32));
    host.platform().attesting(host.platform().model(), other);
    assertEquals(token(2, nonce, other), host.hsm().attest(nonce));
    rejected(RejectionCode.OUT_OF_RANGE, () -> host.hsm().attest(Bytes.zeros(32)));
    rejected(RejectionCode.WRONG_PHASE, () -> new HsmCore(new MemoryPlatform(9)).attest(nonce));
  }

  /** By the key of that HSM: its signature is read out of what it answers. */
  private Bytes token(int index, Bytes nonce, Bytes program) throws Rejected {
    TestHost host = fleet.host(index);
    Bytes said =
        EntityAttestation.of(
                fleet.fleet(),
                index,
                nonce,
                new EntityAttestation.Device(host.platform().model(), program, true, ""))
            .encode();
    Bytes answer = host.hsm().attest(nonce);
    Bytes signature = answer.slice(answer.size() - 64, answer.size());
    Bytes signed = CoseSign1.signed(CoseSign1.ED25519, said);
    assertTrue(Ed25519.verify(fleet.fleet().hsm(index).statementKey(), signed, signature));
    return CoseSign1.message(said, signature);
  }

  @Test
  void partitionsHaveAMemoryAndAChainEach() throws Exception {
    assertEquals(Set.of(0, 1, 2), fleet.host(1).platform().nvram().snapshot().keySet());
    Bytes proof = RecordBook.empty().proof(List.of());
    hsm.capture(1, 1, Bytes.EMPTY, List.of(), proof);
    for (int partition : IntStream.range(0, PARTITIONS).toArray()) {
      assertEquals(partition == 1 ? 1 : 0, hsm.position(partition).values().k());
      assertEquals(partition, hsm.position(partition).values().partition());
    }
    rejected(RejectionCode.NOT_YET_HEARD, () -> hsm.restate(1, 1));
  }
}
