package dev.coffer.protocol.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.HsmFrames.Frame;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both ends of every call against each other, and frames of any octets. */
final class HsmFramesTest {
  private static final ChainValues VALUES =
      new ChainValues(
          Samples.fleet().id(), 0, 5, Samples.digest(1), Samples.digest(2), Samples.digest(3));
  private static final Statement STATEMENT = new Statement(VALUES, 2, Samples.octets(4, 64));
  private static final Certificate CERTIFICATE = Certificate.of(List.of(STATEMENT));
  private static final SealedReply REPLY =
      new SealedReply(1, Samples.digest(5), Samples.octets(6, 656));
  private static final SealedMessage MESSAGE =
      new SealedMessage(
          RequestType.ATTEMPT,
          1,
          Samples.octets(7, 32 + 640 + 16),
          new LoginAssertion(Samples.token("a.b.c"), Samples.octets(8, 64)));
  private static final SignedStatus STATUS =
      new SignedStatus(
          3, Samples.digest(9), VALUES, Optional.of(CERTIFICATE), Samples.octets(10, 64));

  /** Says what it was asked, and answers with the samples. */
  private static final class Parrot implements HsmPort, FoundingPort {
    final List<Object> heard = new ArrayList<>();

    @Override
    public Admission admit(SealedMessage message) {
      heard.add(message);
      return new Admission(3, new TreeKey(Samples.digest(11)), Samples.octets(12, 688));
    }

    @Override
    public Capture capture(
        int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof) {
      heard.add(List.of(partition, k, entry, records, multiproof));
      return new Capture(VALUES, records, List.of(Samples.digest(13)), Optional.of(STATEMENT));
    }

    @Override
    public Statement restate(int partition, long k) throws Rejected {
      if (k == 0) {
        throw new Rejected(RejectionCode.NOT_IN_RING, "k of restate");
      }
      heard.add(List.of(partition, k));
      return STATEMENT;
    }

    @Override
    public List<PositionedReply> release(Certificate certificate, List<Integer> positions) {
      heard.add(List.of(certificate, positions));
      return positions.stream().map(p -> new PositionedReply(p, REPLY)).toList();
    }

    @Override
    public void adopt(Certificate certificate, List<Bytes> entryHashes) {
      heard.add(List.of(certificate, entryHashes));
    }

    @Override
    public Bytes challenge(int partition) {
      heard.add(partition);
      return Samples.digest(14);
    }

    @Override
    public SignedStatus status(int partition, Bytes nonce) {
      heard.add(List.of(partition, nonce));
      return STATUS;
    }

    @Override
    public Bytes attest(Bytes nonce) {
      heard.add(nonce);
      return Samples.octets(19, 500);
    }

    @Override
    public boolean hear(int partition, List<SignedStatus> statuses) {
      heard.add(List.of(partition, statuses));
      return true;
    }

    @Override
    public Position position(int partition) {
      heard.add(partition);
      return new Position(VALUES, 4, true);
    }

    @Override
    public HsmIdentity identify() {
      return Samples.fleet().hsm(1);
    }

    @Override
    public Commitments propose(Fleet fleet) {
      heard.add(fleet.id());
      return new Commitments(2, Samples.octets(15, 300));
    }

    @Override
    public List<Reveal> reveal(List<Commitments> commitments) {
      heard.add(commitments);
      return List.of(new Reveal(1, 2, Samples.octets(16, 100)));
    }

    @Override
    public TranscriptSignature complete(List<Reveal> reveals) {
      heard.add(reveals);
      return new TranscriptSignature(
          2, Samples.fleet().id(), Samples.digest(17), Samples.octets(18, 64));
    }

    @Override
    public Fleet fleet() {
      return Samples.fleet();
    }

    @Override
    public int index() {
      return 3;
    }
  }

  private final Parrot parrot = new Parrot();
  private final HsmAnswerer answerer = new HsmAnswerer(parrot, parrot);
  private final HsmCaller caller = new HsmCaller(answerer::answer);

  private void heard(Object what) {
    assertEquals(what, parrot.heard.remove(0));
  }

  @Test
  void everyCallArrivesAsItWasMadeAndItsAnswerReturns() throws Exception {
    assertEquals(parrot.admit(MESSAGE), caller.admit(MESSAGE));
    heard(MESSAGE);
    heard(MESSAGE);
    List<Optional<Bytes>> records = List.of(Optional.of(Samples.octets(1, 1024)), Optional.empty());
    HsmPort.Capture capture = caller.capture(1, 2, Samples.octets(3, 99), records, Bytes.EMPTY);
    heard(List.of(1, 2L, Samples.octets(3, 99), records, Bytes.EMPTY));
    assertEquals(
        new HsmPort.Capture(VALUES, records, List.of(Samples.digest(13)), Optional.of(STATEMENT)),
        capture);
    assertEquals(STATEMENT, caller.restate(1, 9));
    heard(List.of(1, 9L));
    assertEquals(
        List.of(new HsmPort.PositionedReply(0, REPLY), new HsmPort.PositionedReply(255, REPLY)),
        caller.release(CERTIFICATE, List.of(0, 255)));
    heard(List.of(CERTIFICATE, List.of(0, 255)));
    caller.adopt(CERTIFICATE, List.of(Samples.digest(1)));
    heard(List.of(CERTIFICATE, List.of(Samples.digest(1))));
    assertEquals(Samples.digest(14), caller.challenge(4));
    heard(4);
    assertEquals(STATUS, caller.status(5, Samples.digest(6)));
    heard(List.of(5, Samples.digest(6)));
    assertEquals(Samples.octets(19, 500), caller.attest(Samples.octets(7, 64)));
    heard(Samples.octets(7, 64));
    assertTrue(caller.hear(6, List.of(STATUS, STATUS)));
    heard(List.of(6, List.of(STATUS, STATUS)));
    assertEquals(new HsmPort.Position(VALUES, 4, true), caller.position(7));
    heard(7);
  }

  @Test
  void theFoundingCallsToo() throws Exception {
    assertEquals(Samples.fleet().hsm(1), caller.identify());
    assertEquals(
        new FoundingPort.Commitments(2, Samples.octets(15, 300)), caller.propose(Samples.fleet()));
    heard(Samples.fleet().id());
    List<FoundingPort.Commitments> commitments =
        List.of(new FoundingPort.Commitments(1, Samples.digest(2)));
    assertEquals(
        List.of(new FoundingPort.Reveal(1, 2, Samples.octets(16, 100))),
        caller.reveal(commitments));
    heard(commitments);
    List<FoundingPort.Reveal> reveals =
        List.of(new FoundingPort.Reveal(3, 2, Samples.octets(1, 80)));
    assertEquals(parrot.complete(reveals), caller.complete(reveals));
    assertEquals(Samples.fleet().encode(), caller.fleet().encode());
    assertEquals(3, caller.index());
  }

  @Test
  void aRejectionTravelsWithItsCodeAndPhrase() throws Exception {
    Rejected thrown = assertThrows(Rejected.class, () -> caller.restate(0, 0));
    Rejected returned = HsmFrames.decodeRejected(HsmFrames.encode(thrown));
    assertEquals(RejectionCode.NOT_IN_RING, returned.code());
    assertEquals(thrown.getMessage(), returned.getMessage());
  }

  @Test
  void anyOctetsAreAnsweredOrRejected() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = new byte[random.nextInt(300)];
      random.nextBytes(body);
      HsmMethod method = HsmMethod.values()[random.nextInt(HsmMethod.values().length)];
      try {
        answerer.answer(method, Bytes.wrap(body));
      } catch (Rejected e) {
        // Refused: fine. Any other exception fails the test.
      }
    }
  }

  private static Bytes written(Frame frame) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HsmFrames.write(Channels.newChannel(out), frame);
    return Bytes.wrap(out.toByteArray());
  }

  private static Optional<Frame> read(Bytes octets) throws IOException, Rejected {
    return HsmFrames.read(Channels.newChannel(new ByteArrayInputStream(octets.toByteArray())));
  }

  @Test
  void framesOfAllSizesPass() throws Exception {
    for (int size : new int[] {0, 1, 65_535, 65_536, 1_000_000}) {
      Frame frame = new Frame(0x0123456789abcdefL, 200, Samples.octets(7, size));
      assertEquals(Optional.of(frame), read(written(frame)));
    }
    assertEquals(Optional.empty(), read(Bytes.EMPTY));
  }

  @Test
  void cutAndOversizedFramesAreRefused() throws Exception {
    Bytes good = written(new Frame(1, 2, Samples.digest(3)));
    for (int size = 1; size < good.size(); size++) {
      int cut = size;
      assertThrows(EOFException.class, () -> read(good.slice(0, cut)));
    }
    for (String length : List.of("00000000", "00000008", "00800001", "7fffffff", "ffffffff")) {
      Bytes bad = Bytes.fromHex(length).concat(good.slice(4, good.size()));
      assertThrows(Rejected.class, () -> read(bad));
    }
    assertThrows(Rejected.class, () -> HsmMethod.of(0));
    assertThrows(Rejected.class, () -> HsmMethod.of(255));
  }

  @Test
  void aSilentHsmsCaptureHasNoStatement() throws Exception {
    CanonicalWriter out = new CanonicalWriter();
    VALUES.write(out);
    Bytes silent = out.u32(0).u32(0).bool(false).toBytes();
    HsmCaller host = new HsmCaller((method, body) -> silent);
    assertEquals(
        new HsmPort.Capture(VALUES, List.of(), List.of(), Optional.empty()),
        host.capture(0, 5, Bytes.EMPTY, List.of(), Bytes.EMPTY));
    HsmCaller chatty = new HsmCaller((method, body) -> silent.concat(Bytes.zeros(1)));
    Rejected trailing =
        assertThrows(
            Rejected.class, () -> chatty.capture(0, 5, Bytes.EMPTY, List.of(), Bytes.EMPTY));
    assertEquals(RejectionCode.TRAILING, trailing.code());
  }

  @Test
  void methodsHaveStableNumbers() throws Exception {
    for (HsmMethod method : HsmMethod.values()) {
      assertEquals(method, HsmMethod.of(method.number()));
    }
    assertEquals(
        RejectionCode.UNKNOWN_TAG, assertThrows(Rejected.class, () -> HsmMethod.of(11)).code());
  }
}
