package dev.coffer.protocol.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate.Signed;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Certificates, statuses and entries: what counts, and everything that must not (INV-5). */
final class CertificateTest {
  private static final Fleet FLEET = Samples.fleet();
  private static final ChainValues VALUES =
      new ChainValues(FLEET.id(), 0, 5, Samples.digest(1), Samples.digest(2), Samples.digest(3));

  private static Statement statement(ChainValues values, int index) {
    return Statement.sign(values, index, Samples.statementSeed(index));
  }

  private static Certificate certificate(ChainValues values, int... indices) {
    return Certificate.of(
        java.util.stream.IntStream.of(indices).mapToObj(i -> statement(values, i)).toList());
  }

  private static void bad(Certificate certificate) {
    assertThrows(Rejected.class, () -> certificate.verify(FLEET));
  }

  @Test
  void aQuorumOfDistinctHsmsCounts() throws Exception {
    certificate(VALUES, 1, 2).verify(FLEET);
    certificate(VALUES, 3, 1, 2).verify(FLEET);
    Certificate good = certificate(VALUES, 2, 3);
    assertEquals(good, Certificate.decode(good.encode()));
    assertEquals(2, good.signatures().get(0).index());
  }

  @Test
  void nothingLessCounts() {
    Certificate good = certificate(VALUES, 1, 2);
    Signed one = good.signatures().get(0);
    Signed two = good.signatures().get(1);
    bad(certificate(VALUES, 1));
    bad(new Certificate(VALUES, List.of()));
    bad(new Certificate(VALUES, List.of(one, one)));
    bad(new Certificate(VALUES, List.of(two, one)));
    bad(new Certificate(VALUES, List.of(one, new Signed(3, two.signature()))));
    bad(new Certificate(VALUES, List.of(one, two, new Signed(3, Bytes.zeros(64)))));
    bad(new Certificate(VALUES, List.of(one, two, new Signed(4, two.signature()))));
    bad(new Certificate(VALUES, List.of(new Signed(0, one.signature()), one, two)));
  }

  @Test
  void everyValueIsSigned() {
    List<Signed> signatures = certificate(VALUES, 1, 2).signatures();
    Bytes other = Samples.digest(9);
    for (ChainValues moved :
        List.of(
            new ChainValues(
                new FleetId(other), 0, 5, VALUES.head(), VALUES.root(), VALUES.outcomesRoot()),
            new ChainValues(FLEET.id(), 1, 5, VALUES.head(), VALUES.root(), VALUES.outcomesRoot()),
            new ChainValues(FLEET.id(), 0, 6, VALUES.head(), VALUES.root(), VALUES.outcomesRoot()),
            new ChainValues(FLEET.id(), 0, 5, other, VALUES.root(), VALUES.outcomesRoot()),
            new ChainValues(FLEET.id(), 0, 5, VALUES.head(), other, VALUES.outcomesRoot()),
            new ChainValues(FLEET.id(), 0, 5, VALUES.head(), VALUES.root(), other))) {
      bad(new Certificate(moved, signatures));
    }
  }

  @Test
  void aStatusIsNoStatement() {
    SignedStatus status =
        SignedStatus.sign(
            1,
            Samples.digest(4),
            VALUES,
            Optional.empty(),
            new Ed25519.SigningKey(Samples.statementSeed(1)));
    assertTrue(status.verifySignature(FLEET));
    assertFalse(new Statement(VALUES, 1, status.signature()).verify(FLEET));
    SignedStatus replayed =
        new SignedStatus(1, Samples.digest(5), VALUES, Optional.empty(), status.signature());
    assertFalse(replayed.verifySignature(FLEET));
    SignedStatus renamed =
        new SignedStatus(2, Samples.digest(4), VALUES, Optional.empty(), status.signature());
    assertFalse(renamed.verifySignature(FLEET));
    SignedStatus dressed =
        new SignedStatus(
            1,
            Samples.digest(4),
            VALUES,
            Optional.of(certificate(VALUES, 1, 2)),
            status.signature());
    assertFalse(dressed.verifySignature(FLEET));
  }

  @Test
  void encodingsAreStrict() throws Exception {
    Certificate good = certificate(VALUES, 1, 2);
    assertThrows(Rejected.class, () -> Certificate.decode(good.encode().concat(Bytes.zeros(1))));
    CanonicalWriter reordered = new CanonicalWriter();
    VALUES.write(reordered);
    reordered.u8(2);
    List.of(good.signatures().get(1), good.signatures().get(0))
        .forEach(signed -> reordered.u8(signed.index()).raw(signed.signature()));
    assertThrows(Rejected.class, () -> Certificate.decode(reordered.toBytes()));
    CanonicalWriter written = new CanonicalWriter();
    statement(VALUES, 1).write(written);
    assertEquals(203, written.size());
    assertEquals(statement(VALUES, 1), Statement.read(new CanonicalReader(written.toBytes())));
  }

  @Test
  void entriesNameTheirRecordsInOrder() throws Exception {
    Entry entry =
        new Entry(
            List.of(
                new Entry.Item(new TreeKey(Samples.digest(9)), 1, Samples.octets(1, 688)),
                new Entry.Item(new TreeKey(Samples.digest(2)), 7, Bytes.EMPTY),
                new Entry.Item(new TreeKey(Samples.digest(9)), 3, Samples.octets(2, 2560))));
    assertEquals(entry, Entry.decode(entry.encode()));
    assertEquals(
        List.of(new TreeKey(Samples.digest(2)), new TreeKey(Samples.digest(9))), entry.touched());
    Bytes encoded = entry.encode();
    for (int size = 0; size < encoded.size(); size += 101) {
      int cut = size;
      assertThrows(Rejected.class, () -> Entry.decode(encoded.slice(0, cut)));
    }
    assertThrows(Rejected.class, () -> Entry.decode(Bytes.zeros(2)));
    assertThrows(Rejected.class, () -> Entry.decode(encoded.concat(Bytes.zeros(1))));
  }
}
