package dev.coffer.protocol.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One HSM's word: whose it is, of which fleet, over what. */
final class StatementTest {
  private static final Fleet FLEET = Samples.fleet();
  private static final ChainValues VALUES = values(FLEET.id());

  private static ChainValues values(FleetId fleet) {
    return new ChainValues(fleet, 0, 5, Samples.digest(1), Samples.digest(2), Samples.digest(3));
  }

  private static Ed25519.SigningKey key(int index) {
    return new Ed25519.SigningKey(Samples.statementSeed(index));
  }

  @Test
  void aStatementIsItsHsmsAlone() {
    Statement good = Statement.sign(VALUES, 2, key(2));
    assertTrue(good.verify(FLEET));
    assertEquals(good, Statement.sign(VALUES, 2, Samples.statementSeed(2)));
    for (int index : new int[] {-1, 0, 1, 3, 4, 8}) {
      assertFalse(new Statement(VALUES, index, good.signature()).verify(FLEET));
    }
    ChainValues elsewhere = values(new FleetId(Samples.digest(9)));
    assertFalse(Statement.sign(elsewhere, 2, key(2)).verify(FLEET), "of another fleet");
    assertFalse(new Statement(VALUES, 2, Samples.octets(0, 64)).verify(FLEET));
  }

  @Test
  void aStatusIsItsHsmsAloneToo() throws Exception {
    Bytes nonce = Samples.digest(4);
    SignedStatus good = SignedStatus.sign(2, nonce, VALUES, Optional.empty(), key(2));
    assertTrue(good.verifySignature(FLEET));
    for (int index : new int[] {-1, 0, 4}) {
      SignedStatus outside =
          SignedStatus.sign(index & 0xff, nonce, VALUES, Optional.empty(), key(2));
      assertFalse(
          new SignedStatus(index, nonce, VALUES, Optional.empty(), outside.signature())
              .verifySignature(FLEET));
    }
    ChainValues elsewhere = values(new FleetId(Samples.digest(9)));
    assertFalse(
        SignedStatus.sign(2, nonce, elsewhere, Optional.empty(), key(2)).verifySignature(FLEET));
    Certificate certificate = Certificate.of(List.of(Statement.sign(VALUES, 1, key(1))));
    for (Optional<Certificate> newest :
        List.of(Optional.<Certificate>empty(), Optional.of(certificate))) {
      SignedStatus status = SignedStatus.sign(3, nonce, VALUES, newest, key(3));
      CanonicalWriter out = new CanonicalWriter();
      status.write(out);
      assertEquals(status, SignedStatus.read(new CanonicalReader(out.toBytes())));
    }
  }

  @Test
  void theWordOnAFoundingIsItsHsmsAlone() {
    Bytes hash = Samples.digest(7);
    Bytes signature =
        Ed25519.sign(Samples.statementSeed(2), TranscriptSignature.text(FLEET.id(), 2, hash));
    FleetId other = new FleetId(Samples.digest(9));
    assertTrue(new TranscriptSignature(2, FLEET.id(), hash, signature).verify(FLEET));
    for (int index : new int[] {-1, 0, 1, 3, 4}) {
      assertFalse(new TranscriptSignature(index, FLEET.id(), hash, signature).verify(FLEET));
    }
    assertFalse(new TranscriptSignature(2, FLEET.id(), Samples.digest(8), signature).verify(FLEET));
    Bytes elsewhere =
        Ed25519.sign(Samples.statementSeed(2), TranscriptSignature.text(other, 2, hash));
    assertFalse(new TranscriptSignature(2, other, hash, elsewhere).verify(FLEET));
  }

  @Test
  void certificatesArePutTogetherOfOneSetOfValues() {
    Statement one = Statement.sign(VALUES, 1, key(1));
    ChainValues other = ChainValues.founding(FLEET.id(), 0);
    assertThrows(Invariant.Broken.class, () -> Certificate.of(List.of()));
    assertThrows(Invariant.Broken.class, () -> Certificate.of(List.of(one, one)));
    assertThrows(
        Invariant.Broken.class,
        () -> Certificate.of(List.of(one, Statement.sign(other, 2, key(2)))));
  }

  @Test
  void moreSignaturesThanHsmsAreNoCertificate() {
    Certificate.Signed signed = new Certificate.Signed(1, Samples.octets(1, 64));
    Certificate crowded = new Certificate(VALUES, Collections.nCopies(4, signed));
    assertEquals(
        RejectionCode.BAD_CERTIFICATE,
        assertThrows(Rejected.class, () -> crowded.verify(FLEET)).code());
  }

  @Test
  void anEntryHasOneTo256Operations() throws Exception {
    Entry.Item item = new Entry.Item(new TreeKey(Samples.digest(9)), 1, Samples.octets(1, 8));
    Entry full = new Entry(Collections.nCopies(256, item));
    assertEquals(full, Entry.decode(full.encode()));
    assertThrows(Invariant.Broken.class, () -> new Entry(List.of()));
    assertThrows(Invariant.Broken.class, () -> new Entry(Collections.nCopies(257, item)));
    byte[] more = full.encode().toByteArray();
    more[1] = 1;
    assertEquals(
        RejectionCode.OUT_OF_RANGE,
        assertThrows(Rejected.class, () -> Entry.decode(Bytes.wrap(more))).code());
  }
}
