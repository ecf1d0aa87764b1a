package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.order.Orderer.Leadership;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A certificate is made of q statements over one set of values, each from its own node (INV-5). */
final class CertificationTest {
  private final CoreSamples samples = new CoreSamples();
  private final List<Certificate> formed = new ArrayList<>();
  private Leadership leadership = new Leadership(1, true);
  private final Certification certification =
      new Certification(samples.context(1), 0, () -> leadership, formed::add);

  private void states(int index, ChainValues values) throws Rejected {
    certification.stated(index, samples.statement(index, values));
  }

  @Test
  void aQuorumOfEqualStatementsMakesOneCertificate() throws Rejected {
    ChainValues values = samples.values(1, 0);
    certification.captured(1, Optional.of(samples.statement(1, values)));
    states(2, values);
    assertEquals(0, formed.size());
    states(3, values);
    assertEquals(1, formed.size());
    assertDoesNotThrow(() -> formed.get(0).verify(samples.fleet));
    states(4, values);
    states(5, values);
    states(3, values);
    assertEquals(1, formed.size(), "more statements change nothing");
    certification.raise(formed.get(0));
    assertEquals(1, certification.certifiedK());
  }

  @Test
  void statementsThatDifferDoNotCountTogether() throws Rejected {
    states(1, samples.values(1, 0));
    states(2, samples.values(1, 1));
    states(3, samples.values(1, 0));
    states(4, samples.values(1, 1));
    assertEquals(0, formed.size());
    assertTrue(samples.events.contains("statements_differ"));
    states(5, samples.values(1, 1));
    assertEquals(1, formed.size());
    assertEquals(samples.values(1, 1), formed.get(0).values());
  }

  @Test
  void aStatementCountsOnlyFromItsOwnNode() {
    ChainValues values = samples.values(1, 0);
    Statement of2 = samples.statement(2, values);
    assertThrows(Rejected.class, () -> certification.stated(3, of2));
    Statement forged = new Statement(values, 3, of2.signature());
    assertThrows(Rejected.class, () -> certification.stated(3, forged));
    ChainValues elsewhere =
        new ChainValues(samples.fleet.id(), 1, 1, values.head(), values.root(), values.root());
    assertThrows(Rejected.class, () -> certification.stated(3, samples.statement(3, elsewhere)));
    assertEquals(0, formed.size());
  }

  @Test
  void statementsFarAheadOrPastAreNotKept() throws Rejected {
    certification.restore(100, Optional.of(samples.certificate(samples.values(99, 0))));
    for (long k : new long[] {1, 99, 100 + 33, 1_000_000_000L}) {
      for (int index = 1; index <= 5; index++) {
        states(index, samples.values(k, 0));
      }
    }
    assertEquals(0, formed.size());
  }

  /** As where an order is founded anew. */
  @Test
  void whereNobodyLeadsStatementsGoToAllAndMakeACertificate() throws Rejected {
    leadership = Leadership.NONE;
    ChainValues values = samples.values(1, 0);
    certification.captured(1, Optional.of(samples.statement(1, values)));
    assertEquals(
        List.of("STATEMENT to 2", "STATEMENT to 3", "STATEMENT to 4", "STATEMENT to 5"),
        samples.told);
    states(2, values);
    assertEquals(0, formed.size());
    states(3, values);
    assertEquals(1, formed.size());
  }

  @Test
  void whatIsNotCertifiedIsSentAgainToWhoeverLeads() {
    leadership = new Leadership(2, false);
    certification.captured(1, Optional.of(samples.statement(1, samples.values(1, 0))));
    assertEquals(List.of("STATEMENT to 2"), samples.told);
    certification.again();
    assertEquals(1, samples.told.size(), "not yet");
    samples.passMillis(200);
    leadership = new Leadership(3, false);
    certification.again();
    assertEquals(List.of("STATEMENT to 2", "STATEMENT to 3"), samples.told);
    certification.raise(samples.certificate(samples.values(1, 0)));
    samples.passMillis(200);
    certification.again();
    assertEquals(2, samples.told.size(), "certified: no more");
  }

  @Test
  void aNewLeaderGetsAtOnceWhatTheLastOneWasToldAMomentAgo() {
    leadership = new Leadership(2, false);
    certification.captured(1, Optional.of(samples.statement(1, samples.values(1, 0))));
    leadership = new Leadership(3, false);
    certification.anew();
    assertEquals(List.of("STATEMENT to 2", "STATEMENT to 3"), samples.told);
    certification.again();
    assertEquals(2, samples.told.size(), "it has just been sent");
  }

  @Test
  void aCertificateThatGotLostIsMadeAgain() throws Rejected {
    ChainValues values = samples.values(1, 0);
    for (int index = 1; index <= 3; index++) {
      states(index, values);
    }
    samples.passMillis(200);
    states(2, values);
    assertEquals(2, formed.size());
  }

  @Test
  void whatASilentHsmCapturedIsOwed() {
    certification.restore(4, Optional.of(samples.certificate(samples.values(2, 0))));
    certification.captured(5, Optional.empty());
    assertEquals(List.of(3L, 4L, 5L), certification.owed());
    certification.ownStatement(samples.statement(1, samples.values(4, 0)));
    assertEquals(List.of(3L, 5L), certification.owed());
    certification.captured(40, Optional.empty());
    assertEquals(8, certification.owed().size(), "the ring holds no more");
  }

  @Test
  void theNewestCertificateStays() {
    certification.raise(samples.certificate(samples.values(7, 0)));
    certification.raise(samples.certificate(samples.values(5, 0)));
    assertEquals(7, certification.certifiedK());
    assertEquals(
        Bytes.wrap(new byte[] {7, 0}),
        certification.newest().orElseThrow().values().head().slice(0, 2));
  }
}
