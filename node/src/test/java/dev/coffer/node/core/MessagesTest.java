package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every message is read as it was written, and nothing shorter, longer or bent is read at all. */
final class MessagesTest {
  private final CoreSamples samples = new CoreSamples();

  /** Reads octets or rejects them. */
  private interface Reading {
    Object read(Bytes octets) throws Rejected;
  }

  private static void assertStrict(Bytes written, Object value, Reading reading) throws Rejected {
    assertEquals(value, reading.read(written));
    for (int cut = 0; cut < written.size(); cut++) {
      Bytes part = written.slice(0, cut);
      // No octets at all are how a missing certificate is written.
      if (cut > 0 || !(value instanceof Optional)) {
        assertThrows(Rejected.class, () -> reading.read(part), "cut at " + cut);
      }
    }
    assertThrows(Rejected.class, () -> reading.read(written.concat(Bytes.zeros(1))));
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] bent = written.toByteArray();
      bent[random.nextInt(bent.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        reading.read(Bytes.wrap(bent));
      } catch (Rejected e) {
        // Either is fine; anything else thrown is not.
      }
    }
  }

  @Test
  void questionsAndAnswers() throws Rejected {
    TreeKey key = new TreeKey(Bytes.zeros(32));
    Messages.Submission submission =
        new Messages.Submission(0, key, 3, Bytes.zeros(77), RequestType.ATTEMPT, true, 99);
    assertStrict(submission.encode(), submission, Messages.Submission::decode);
    HsmPort.Admission admission = new HsmPort.Admission(0, key, Bytes.zeros(50));
    assertStrict(Messages.admission(admission), admission, Messages::admission);
    Messages.Challenge challenge = new Messages.Challenge(0, Bytes.zeros(32));
    assertStrict(challenge.encode(), challenge, Messages.Challenge::decode);
    Messages.ReleaseWanted wanted = new Messages.ReleaseWanted(0, 5, 255);
    assertStrict(wanted.encode(), wanted, Messages.ReleaseWanted::decode);
    Messages.HashesWanted hashes = new Messages.HashesWanted(0, 5, 65_536);
    assertStrict(hashes.encode(), hashes, Messages.HashesWanted::decode);
    Messages.VoterWanted voter = new Messages.VoterWanted(0, 1_700_000_000L);
    assertStrict(voter.encode(), voter, Messages.VoterWanted::decode);
    Messages.EntryWanted entry = new Messages.EntryWanted(0, 5);
    assertStrict(entry.encode(), entry, Messages.EntryWanted::decode);
    Optional<Bytes> kept = Optional.of(Bytes.zeros(77));
    assertStrict(Messages.EntryWanted.answer(kept), kept, Messages.EntryWanted::answered);
    OrderStanding.Place place = new OrderStanding.Place(7, Bytes.zeros(32), 8, Bytes.zeros(32));
    OrderStanding standing =
        new OrderStanding(
            3, OrderStanding.Phase.REBUILDS, 2, Bytes.zeros(32), List.of(place, place));
    assertStrict(standing.encode(), standing, OrderStanding::decode);
    CertificatesWanted certificates = new CertificatesWanted(0, 5);
    assertStrict(certificates.encode(), certificates, CertificatesWanted::decode);
    assertStrict(Messages.number(3), 3, Messages::number);
    List<Bytes> some = List.of(Bytes.zeros(32), Bytes.zeros(32));
    assertStrict(Messages.hashes(some), some, Messages::hashes);
  }

  @Test
  void notices() throws Rejected {
    List<Messages.Beat> beats =
        List.of(
            new Messages.Beat(0, 9, 8, true, true, false),
            new Messages.Beat(1, 2, 1, false, false, true));
    assertStrict(Messages.Beat.encode(beats), beats, Messages.Beat::decode);
    var statement = samples.statement(2, samples.values(4, 0));
    assertStrict(Messages.statement(statement), statement, Messages::statement);
    var certificate = samples.certificate(samples.values(4, 0));
    assertStrict(
        Messages.certificate(Optional.of(certificate)),
        Optional.of(certificate),
        Messages::certificate);
    assertStrict(
        CertificatesWanted.answer(List.of(certificate)),
        List.of(certificate),
        CertificatesWanted::answered);
    List<Bytes> leaves = List.of(Bytes.zeros(32), Bytes.zeros(32), Bytes.zeros(32));
    Messages.Reply reply =
        new Messages.Reply(
            7, 2, leaves.get(2), OutcomeTree.path(leaves, 2), 0b101, samples.sealedReply(1));
    Messages.Replies replies = new Messages.Replies(certificate, 3, List.of(reply));
    assertStrict(replies.encode(), replies, Messages.Replies::decode);
  }

  @Test
  void envelopes() throws Rejected {
    Envelope envelope =
        new Envelope(
            List.of(new Envelope.Route(1, 12, 0b11111), new Envelope.Route(7, 0, 0)),
            Optional.of(samples.certificate(samples.values(4, 0))),
            Bytes.zeros(90));
    assertStrict(envelope.encode(), envelope, Envelope::decode);
    Envelope bare = new Envelope(List.of(), Optional.empty(), Bytes.EMPTY);
    assertStrict(bare.encode(), bare, Envelope::decode);
  }
}
