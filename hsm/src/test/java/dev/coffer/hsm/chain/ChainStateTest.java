package dev.coffer.hsm.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.FleetId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an HSM remembers: one encoding, its own partition's, without a gap (INV-7). */
final class ChainStateTest {
  private static final FleetId ID = Samples.fleet().id();

  private static ChainValues values(long k) {
    return new ChainValues(ID, 0, k, Samples.digest((int) k), Samples.digest(2), Samples.digest(3));
  }

  private static List<ChainValues> ring(long from, long to) {
    List<ChainValues> ring = new ArrayList<>();
    for (long k = from; k <= to; k++) {
      ring.add(values(k));
    }
    return ring;
  }

  private static Certificate certificate(long k, int... signers) {
    return Certificate.of(
        IntStream.of(signers)
            .mapToObj(i -> Statement.sign(values(k), i, Samples.statementSeed(i)))
            .toList());
  }

  private static ChainState state(long from, long to) {
    return new ChainState(ring(from, to), Optional.empty());
  }

  private static void refused(RejectionCode code, Bytes image) {
    Rejected rejected = assertThrows(Rejected.class, () -> ChainState.decode(image, ID, 0));
    assertEquals(code, rejected.code());
  }

  @Test
  void theRingHoldsTheNewestEight() {
    ChainState state = ChainState.founding(ID, 0);
    for (long k = 1; k <= 20; k++) {
      state = state.append(values(k));
      assertEquals(Math.min(k + 1, 8), state.ring().size());
      assertEquals(values(k), state.newest());
    }
    assertEquals(Optional.empty(), state.at(12));
    assertEquals(Optional.of(values(13)), state.at(13));
    assertEquals(Optional.of(values(20)), state.at(20));
    assertEquals(Optional.empty(), state.at(21));
    ChainState last = state;
    assertThrows(Invariant.Broken.class, () -> last.append(values(20)));
    assertThrows(Invariant.Broken.class, () -> last.append(values(22)));
    assertThrows(Invariant.Broken.class, () -> state(1, 9));
    assertThrows(Invariant.Broken.class, () -> state(1, 0));
  }

  @Test
  void onlyANewerCertificateTakesAnOldOnesPlace() {
    ChainState none = state(3, 6);
    assertEquals(0, none.highestCertified());
    ChainState five = none.certified(certificate(5, 1, 2));
    assertEquals(5, five.highestCertified());
    assertSame(five, five.certified(certificate(4, 1, 2)));
    assertSame(five, five.certified(certificate(5, 2, 3)));
    assertEquals(6, five.certified(certificate(6, 2, 3)).highestCertified());
  }

  @Test
  void imagesReturn() throws Exception {
    for (ChainState state :
        List.of(
            ChainState.founding(ID, 0),
            state(3, 10),
            state(3, 6).certified(certificate(5, 1, 2)),
            ChainState.adopted(certificate(30, 1, 2, 3)))) {
      assertEquals(state, ChainState.decode(state.encode(), ID, 0));
    }
  }

  @Test
  void imagesOfAnythingElseAreRefused() {
    Bytes good = state(3, 6).certified(certificate(5, 1, 2)).encode();
    Rejected fleet =
        assertThrows(
            Rejected.class, () -> ChainState.decode(good, new FleetId(Samples.digest(9)), 0));
    assertEquals(RejectionCode.WRONG_ADDRESSEE, fleet.code());
    Rejected partition = assertThrows(Rejected.class, () -> ChainState.decode(good, ID, 1));
    assertEquals(RejectionCode.WRONG_ADDRESSEE, partition.code());
    refused(RejectionCode.TRAILING, good.concat(Bytes.zeros(1)));
    refused(RejectionCode.TRUNCATED, good.slice(0, good.size() - 1));
    refused(RejectionCode.TRUNCATED, Bytes.EMPTY);
    for (int version : new int[] {0, 2}) {
      refused(RejectionCode.OUT_OF_RANGE, changed(good, 0, version));
    }
    for (int size : new int[] {0, 9}) {
      refused(RejectionCode.OUT_OF_RANGE, changed(good, 1, size));
    }
  }

  private static Bytes changed(Bytes image, int at, int to) {
    byte[] octets = image.toByteArray();
    octets[at] = (byte) to;
    return Bytes.wrap(octets);
  }

  @Test
  void aRingWithAGapOrARepetitionIsRefused() {
    for (List<ChainValues> bad :
        List.of(
            List.of(values(3), values(5)),
            List.of(values(3), values(3)),
            List.of(values(4), values(3)))) {
      refused(RejectionCode.WRONG_ADDRESSEE, new ChainState(bad, Optional.empty()).encode());
    }
  }

  @Test
  void onlyTheFoundingStateIsUntouched() {
    assertTrue(ChainState.untouched(ChainState.founding(ID, 0).encode(), 0));
    FleetId other = new FleetId(Samples.digest(9));
    assertTrue(ChainState.untouched(ChainState.founding(other, 0).encode(), 0));
    assertFalse(ChainState.untouched(ChainState.founding(ID, 1).encode(), 0));
    assertFalse(ChainState.untouched(ChainState.founding(ID, 0).append(values(1)).encode(), 0));
    assertFalse(ChainState.untouched(Bytes.zeros(20), 0));
  }
}
