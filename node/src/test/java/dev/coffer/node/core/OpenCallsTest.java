package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.core.Messages.Replies;
import dev.coffer.node.core.Messages.Reply;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.RequestType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * An answer goes out when enough HSMs replied to one evaluation, and nothing a peer forges gets
 * into it.
 */
final class OpenCallsTest {
  private static final int ALL = 0b11111;

  private final CoreSamples samples = new CoreSamples();
  private final OpenCalls calls = new OpenCalls(samples.context(1));
  private final List<Bytes> leaves =
      IntStream.range(0, 3).mapToObj(i -> Bytes.wrap(new byte[32]).concat(Bytes.EMPTY)).toList();

  private Certificate certificate(long k) {
    ChainValues values = samples.values(k, 0);
    return samples.certificate(
        new ChainValues(
            values.fleetId(), 0, k, values.head(), values.root(), OutcomeTree.root(leaves)));
  }

  private Replies replies(Certificate certificate, long call, int index, int releasers) {
    Reply reply =
        new Reply(
            call,
            1,
            leaves.get(1),
            OutcomeTree.path(leaves, 1),
            releasers,
            samples.sealedReply(index));
    return new Replies(certificate, leaves.size(), List.of(reply));
  }

  private OpenCall call(RequestType type, boolean all) {
    return new OpenCall(type, all, samples.context(1));
  }

  private static Optional<VaultAnswer> now(OpenCall call) throws InterruptedException {
    return call.await(0);
  }

  @Test
  void anAttemptNeedsAThreshold() throws Exception {
    OpenCall call = call(RequestType.ATTEMPT, false);
    long number = calls.add(call);
    for (int index = 1; index <= 2; index++) {
      calls.replies(index, replies(certificate(1), number, index, 0b111));
      assertTrue(now(call).isEmpty());
    }
    calls.replies(2, replies(certificate(1), number, 2, 0b111));
    assertTrue(now(call).isEmpty(), "one HSM counts once");
    calls.replies(5, replies(certificate(1), number, 5, 0b111));
    VaultAnswer answer = now(call).orElseThrow();
    assertEquals(List.of(1, 2, 5), answer.replies().stream().map(r -> r.index()).toList());
    assertEquals(1, answer.position());
    assertEquals(3, answer.entrySize());
  }

  @Test
  void repliesOfDifferentEvaluationsDoNotCountTogether() throws Exception {
    OpenCall call = call(RequestType.ATTEMPT, false);
    long number = calls.add(call);
    calls.replies(1, replies(certificate(1), number, 1, 0b111));
    calls.replies(2, replies(certificate(2), number, 2, 0b111));
    calls.replies(3, replies(certificate(2), number, 3, 0b111));
    assertTrue(now(call).isEmpty());
    calls.replies(4, replies(certificate(2), number, 4, 0b111));
    assertEquals(2, now(call).orElseThrow().certificate().values().k());
  }

  @Test
  void aStartWaitsForAllAndTakesWhatIsThereAfterAWhile() throws Exception {
    OpenCall call = call(RequestType.REGISTER_START, false);
    long number = calls.add(call);
    for (int index = 1; index <= 4; index++) {
      calls.replies(index, replies(certificate(1), number, index, ALL));
    }
    assertTrue(now(call).isEmpty());
    samples.passMillis(251);
    assertEquals(4, now(call).orElseThrow().replies().size());
  }

  @Test
  void withOnlyAThresholdOfRepliesTheOneThatTellsALiarIsWaitedForLonger() throws Exception {
    for (RequestType type : List.of(RequestType.REGISTER_START, RequestType.ATTEMPT)) {
      OpenCall call = call(type, true);
      long number = calls.add(call);
      for (int index = 1; index <= 3; index++) {
        calls.replies(index, replies(certificate(1), number, index, ALL));
      }
      samples.passMillis(600);
      assertTrue(now(call).isEmpty(), type.name());
      calls.replies(4, replies(certificate(1), number, 4, ALL));
      assertEquals(4, now(call).orElseThrow().replies().size(), type.name());

      OpenCall few = call(type, true);
      number = calls.add(few);
      for (int index = 1; index <= 3; index++) {
        calls.replies(index, replies(certificate(1), number, index, ALL));
      }
      samples.passMillis(601);
      assertEquals(3, now(few).orElseThrow().replies().size(), type.name());
    }
  }

  @Test
  void oneReplyIsEnoughForTheRest() throws Exception {
    for (RequestType type :
        List.of(RequestType.REGISTER_FINISH, RequestType.SUCCESS, RequestType.DELETE)) {
      OpenCall call = call(type, false);
      long number = calls.add(call);
      calls.replies(3, replies(certificate(1), number, 3, 0b100));
      assertEquals(1, now(call).orElseThrow().replies().size(), type.name());
    }
    OpenCall all = call(RequestType.SUCCESS, true);
    calls.replies(3, replies(certificate(1), calls.add(all), 3, ALL));
    assertTrue(now(all).isEmpty());
  }

  @Test
  void forgeriesDoNotGetIn() throws Exception {
    OpenCall call = call(RequestType.SUCCESS, false);
    long number = calls.add(call);
    // A certificate without a quorum.
    Certificate good = certificate(1);
    Certificate thin = new Certificate(good.values(), good.signatures().subList(0, 2));
    assertThrows(Rejected.class, () -> calls.replies(3, replies(thin, number, 3, ALL)));
    // Another HSM's reply, brought by node 2.
    assertThrows(Rejected.class, () -> calls.replies(2, replies(good, number, 3, ALL)));
    // A leaf that is not under the certificate.
    Reply stray =
        new Reply(
            number,
            1,
            Bytes.wrap(new byte[31]).concat(Bytes.fromHex("01")),
            OutcomeTree.path(leaves, 1),
            ALL,
            samples.sealedReply(3));
    assertThrows(Rejected.class, () -> calls.replies(3, new Replies(good, 3, List.of(stray))));
    assertTrue(now(call).isEmpty());
    // And a number nobody waits under.
    calls.replies(3, replies(good, number + 77, 3, ALL));
    assertTrue(now(call).isEmpty());
    // Once the certificate is known, a copy that lacks signatures does no harm.
    calls.replies(3, replies(thin, number, 3, ALL));
    assertEquals(good, now(call).orElseThrow().certificate());
  }

  @Test
  void aSlowHsmIsBackedByOthersOneAfterTheOther() throws Exception {
    OpenCall call = call(RequestType.ATTEMPT, false);
    long number = calls.add(call);
    calls.replies(1, replies(certificate(1), number, 1, 0b00111));
    assertEquals(Optional.empty(), call.wanted(ALL), "not before 20 ms");
    samples.passMillis(21);
    assertEquals(4, call.wanted(ALL).orElseThrow().node());
    assertEquals(Optional.empty(), call.wanted(ALL), "one every 20 ms");
    samples.passMillis(21);
    assertEquals(5, call.wanted(ALL).orElseThrow().node());
    samples.passMillis(21);
    assertEquals(
        2, call.wanted(ALL).orElseThrow().node(), "then those that should have come by themselves");
    samples.passMillis(21);
    assertEquals(Optional.empty(), call.wanted(0b00011), "a dead one is not asked");
  }

  @Test
  void pathsAreThoseOfTheTree() {
    for (int size = 1; size <= 40; size++) {
      List<Bytes> many =
          IntStream.range(0, size)
              .mapToObj(i -> Bytes.wrap(new byte[] {(byte) i}).concat(Bytes.zeros(31)))
              .toList();
      List<List<Bytes>> paths = OutcomePaths.of(many);
      for (int position = 0; position < size; position++) {
        assertEquals(OutcomeTree.path(many, position), paths.get(position));
      }
    }
    assertEquals(List.of(), OutcomePaths.of(List.of()));
  }
}
