package dev.coffer.hsm.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.hsm.seal.FleetKeys.Common;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.request.Request;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the fleet's keys seal opens under the same circumstances and no others. */
final class SealTest {
  private static final FleetId ID = Samples.fleet().id();
  private static final FleetId OTHER = new FleetId(Samples.digest(9));
  private static final TreeKey KEY = new TreeKey(Samples.digest(3));

  private final FleetKeys keys = keys(0x40);

  private static FleetKeys keys(int first) {
    Map<Common, SecretBytes> common = new EnumMap<>(Common.class);
    for (Common which : Common.values()) {
      common.put(which, Samples.secret(first + which.ordinal()));
    }
    return new FleetKeys(common, Map.of(0, Samples.secret(1), 2, Samples.secret(2)));
  }

  private static void refused(RejectionCode code, Executable opening) {
    assertEquals(code, assertThrows(Rejected.class, opening).code());
  }

  @Test
  void anOperationOpensForItsFleetAndItsAdmittingHsmAlone() throws Exception {
    OperationSeal seal = new OperationSeal(keys, ID);
    Request request = Samples.requests().get(4);
    Bytes operation = seal.seal(Randomness.system(), 2, request);
    assertEquals(request, seal.open(2, operation));
    assertNotEquals(operation, seal.seal(Randomness.system(), 2, request), "salted afresh");
    refused(RejectionCode.BAD_CIPHERTEXT, () -> seal.open(1, operation));
    refused(RejectionCode.BAD_CIPHERTEXT, () -> new OperationSeal(keys, OTHER).open(2, operation));
    refused(
        RejectionCode.BAD_CIPHERTEXT, () -> new OperationSeal(keys(0x50), ID).open(2, operation));
    for (int at : new int[] {0, 31, 32, operation.size() - 1}) {
      byte[] bad = operation.toByteArray();
      bad[at] ^= 1;
      refused(RejectionCode.BAD_CIPHERTEXT, () -> seal.open(2, Bytes.wrap(bad)));
    }
  }

  @Test
  void anOperationHasASalt() {
    OperationSeal seal = new OperationSeal(keys, ID);
    refused(RejectionCode.TRUNCATED, () -> seal.open(1, Bytes.EMPTY));
    refused(RejectionCode.TRUNCATED, () -> seal.open(1, Bytes.zeros(31)));
    refused(RejectionCode.BAD_CIPHERTEXT, () -> seal.open(1, Bytes.zeros(32)));
  }

  @Test
  void aRecordOpensAtItsOwnPlaceAlone() throws Exception {
    RecordSeal seal = new RecordSeal(keys, ID, 0);
    byte[] plaintext = Samples.octets(7, 996).toByteArray();
    Bytes record = seal.seal(KEY, Samples.digest(1), 5, plaintext);
    assertEquals(Bytes.wrap(plaintext), Bytes.wrap(seal.open(KEY, record).copy()));
    assertEquals(record, seal.seal(KEY, Samples.digest(1), 5, plaintext), "deterministic");
    assertNotEquals(
        record.slice(0, 12), seal.seal(KEY, Samples.digest(2), 5, plaintext).slice(0, 12));
    assertNotEquals(
        record.slice(0, 12), seal.seal(KEY, Samples.digest(1), 6, plaintext).slice(0, 12));
    TreeKey other = new TreeKey(Samples.digest(4));
    refused(RejectionCode.BAD_CIPHERTEXT, () -> seal.open(other, record));
    refused(RejectionCode.BAD_CIPHERTEXT, () -> new RecordSeal(keys, ID, 1).open(KEY, record));
    refused(RejectionCode.BAD_CIPHERTEXT, () -> new RecordSeal(keys, OTHER, 0).open(KEY, record));
  }

  @Test
  void recordsOfAnotherSizeAreOurOwnFault() {
    RecordSeal seal = new RecordSeal(keys, ID, 0);
    for (int size : new int[] {0, 995, 997}) {
      assertThrows(
          Invariant.Broken.class, () -> seal.seal(KEY, Samples.digest(1), 0, new byte[size]));
    }
  }

  @Test
  void keysAreCompleteAndReturn() throws Exception {
    CanonicalWriter out = new CanonicalWriter();
    keys.write(out);
    CanonicalReader in = new CanonicalReader(out.toBytes());
    FleetKeys read = FleetKeys.read(in);
    in.end();
    CanonicalWriter again = new CanonicalWriter();
    read.write(again);
    assertEquals(out.toBytes(), again.toBytes());
    assertEquals(keys.treeKey(Samples.subject()), read.treeKey(Samples.subject()));
    Map<Common, SecretBytes> four = new EnumMap<>(Common.class);
    four.put(Common.RECORD, Samples.secret(1));
    assertThrows(Invariant.Broken.class, () -> new FleetKeys(four, Map.of()));
  }
}
