package dev.coffer.hsm.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.harness.MemoryNvram;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.port.HsmAnswerer;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmFrames;
import dev.coffer.protocol.port.HsmFrames.Frame;
import dev.coffer.protocol.port.HsmMethod;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real core behind a real socket, and hosts that do not speak our language. */
@Tag("long")
final class FrameServerTest {
  private static final RecordBook NOTHING = RecordBook.empty();

  @TempDir private Path folder;

  private final TestFleet fleet = TestFleet.founded(3, 2);
  private final TestHost host = fleet.host(1);
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
  private boolean failureExpected;
  private Thread server;

  private Path socket() {
    return folder.resolve("hsm");
  }

  private void serve() throws InterruptedException {
    serve(new HsmAnswerer(host.hsm(), host.hsm().founding()));
  }

  private void serve(HsmAnswerer answerer) throws InterruptedException {
    CountDownLatch listening = new CountDownLatch(1);
    FrameServer frames = new FrameServer(answerer, this::failed);
    server =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                frames.serve(socket(), listening::countDown);
              } catch (IOException e) {
                // The test is over.
              }
            });
    listening.await();
  }

  /** Ends whoever waits for an answer that will not come. */
  private void failed(Throwable cause) {
    failure.complete(cause);
    if (!failureExpected) {
      connections.forEach(FrameServerTest::close);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.interrupt();
      server.join();
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket()));
    connections.add(channel);
    return channel;
  }

  /** One call after the other, as the simplest host makes them. */
  private static HsmCaller caller(SocketChannel channel) {
    return new HsmCaller((method, body) -> {
      try {
        HsmFrames.write(channel, new Frame(7, method.number(), body));
        Frame answer = HsmFrames.read(channel).orElseThrow();
        assertEquals(7, answer.correlation());
        if (answer.tag() == HsmFrames.REJECTED) {
          throw HsmFrames.decodeRejected(answer.body());
        }
        assertEquals(HsmFrames.OK, answer.tag());
        return answer.body();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  private static Bytes tick(int number) {
    return Bytes.copyOf(new byte[] {(byte) number});
  }

  @Test
  void anHsmBehindASocketAnswersAsItself() throws Exception {
    serve();
    try (SocketChannel channel = connect()) {
      HsmCaller caller = caller(channel);
      assertEquals(host.hsm().founding().identify(), caller.identify());
      assertEquals(fleet.fleet().id(), caller.fleet().id());
      assertEquals(1, caller.index());
      assertEquals(host.position(), caller.position(0));
      Bytes proof = NOTHING.proof(List.<TreeKey>of());
      HsmPort.Capture capture = caller.capture(0, 1, tick(1), List.of(), proof);
      assertEquals(host.hsm().restate(0, 1), capture.statement().orElseThrow());
      assertEquals(capture.values(), caller.position(0).values());
      TestClient alice = new TestClient(fleet, "alice", 1);
      Request.Attempt attempt = alice.attempt("1", 0);
      assertEquals(
          host.hsm().admit(alice.seal(attempt, 1)).treeKey(),
          caller.admit(alice.seal(attempt, 1)).treeKey());
    }
  }

  @Test
  void aRejectionArrivesWithItsReasonAndEndsNothing() throws Exception {
    serve();
    try (SocketChannel channel = connect()) {
      HsmCaller caller = caller(channel);
      Rejected ring = assertThrows(Rejected.class, () -> caller.restate(0, 99));
      assertEquals(RejectionCode.NOT_IN_RING, ring.code());
      Rejected partition = assertThrows(Rejected.class, () -> caller.challenge(1));
      assertEquals(RejectionCode.WRONG_ADDRESSEE, partition.code());
      assertEquals(host.position(), caller.position(0));
    }
    assertFalse(failure.isDone());
  }

  @Test
  void manyCallsAtOnceAreAnsweredOnceEach() throws Exception {
    serve();
    int calls = 300;
    Bytes body = new CanonicalWriter().u16(0).toBytes();
    try (SocketChannel channel = connect()) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < calls; i++) {
                    HsmMethod method = i % 2 == 0 ? HsmMethod.POSITION : HsmMethod.CHALLENGE;
                    HsmFrames.write(channel, new Frame(i, method.number(), body));
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      Set<Long> answered = new HashSet<>();
      for (int i = 0; i < calls; i++) {
        Frame answer = HsmFrames.read(channel).orElseThrow();
        assertEquals(HsmFrames.OK, answer.tag());
        assertTrue(answered.add(answer.correlation()));
        assertEquals(answer.correlation() % 2 == 0, answer.body().size() > 32);
      }
      writer.join();
      assertEquals(calls, answered.size());
    }
  }

  @Test
  void whoeverDoesNotSpeakOurLanguageIsCutOffAlone() throws Exception {
    serve();
    try (SocketChannel good = connect()) {
      List<Bytes> nonsense =
          List.of(
              Bytes.fromHex("00000000"),
              Bytes.fromHex("ffffffff").concat(Bytes.zeros(40)),
              Bytes.fromHex("00800001").concat(Bytes.zeros(40)),
              // A method that does not exist.
              Bytes.fromHex("0000000900000000000000070a"));
      for (Bytes octets : nonsense) {
        try (SocketChannel bad = connect()) {
          bad.write(ByteBuffer.wrap(octets.toByteArray()));
          bad.shutdownOutput();
          assertTrue(ended(bad), octets.hex());
        }
      }
      assertEquals(host.position(), caller(good).position(0));
    }
    assertFalse(failure.isDone());
  }

  /** Whether the other side says nothing any more. */
  private static boolean ended(SocketChannel channel) throws Rejected {
    try {
      return HsmFrames.read(channel).isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aFailedMemoryStopsTheProcessAndAnswersNothing() throws Exception {
    failureExpected = true;
    serve();
    host.platform().nvram().failAfter(0, MemoryNvram.Failing.AFTER);
    try (SocketChannel channel = connect()) {
      Bytes proof = NOTHING.proof(List.<TreeKey>of());
      Bytes body = new CanonicalWriter().u16(0).u64(1).field(tick(1)).u32(0).field(proof).toBytes();
      HsmFrames.write(channel, new Frame(1, HsmMethod.CAPTURE.number(), body));
      assertInstanceOf(Nvram.Fault.class, failure.get());
      HsmFrames.write(channel, new Frame(2, HsmMethod.IDENTIFY.number(), Bytes.EMPTY));
      assertEquals(2, HsmFrames.read(channel).orElseThrow().correlation(), "1 has no answer");
    }
  }

  /** A core whose calls of one method wait until they are let go. */
  private final class Held {
    final CountDownLatch gate = new CountDownLatch(1);
    final AtomicInteger begun = new AtomicInteger();

    HsmAnswerer of(HsmMethod slow) {
      HsmAnswerer inner = new HsmAnswerer(host.hsm(), host.hsm().founding());
      HsmCaller port =
          new HsmCaller((method, body) -> {
            if (method == slow) {
              begun.incrementAndGet();
              awaitGate();
            }
            return inner.answer(method, body);
          });
      return new HsmAnswerer(port, port);
    }

    private void awaitGate() {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void admissionsAndReleasesNeverStandInFrontOfACapture() throws Exception {
    Held held = new Held();
    serve(held.of(HsmMethod.ADMIT));
    TestClient alice = new TestClient(fleet, "alice", 1);
    Bytes message = alice.seal(alice.attempt("1", 0), 1).encode();
    try (SocketChannel channel = connect()) {
      for (int i = 100; i < 150; i++) {
        HsmFrames.write(channel, new Frame(i, HsmMethod.ADMIT.number(), message));
      }
      HsmPort.Position position = caller(channel).position(0);
      assertEquals(host.position(), position);
      Bytes proof = NOTHING.proof(List.<TreeKey>of());
      assertEquals(1, caller(channel).capture(0, 1, tick(1), List.of(), proof).values().k());
      assertTrue(held.begun.get() < 50, "the rest waits in its own lane");
      held.gate.countDown();
      Set<Long> admitted = new HashSet<>();
      for (int i = 100; i < 150; i++) {
        admitted.add(HsmFrames.read(channel).orElseThrow().correlation());
      }
      assertEquals(50, admitted.size());
    }
  }

  @Test
  void aFloodSlowsItsSenderAndPassesInTheEnd() throws Exception {
    Held held = new Held();
    serve(held.of(HsmMethod.CAPTURE));
    int calls = 40;
    Bytes proof = NOTHING.proof(List.<TreeKey>of());
    Bytes body =
        new CanonicalWriter()
            .u16(0)
            .u64(1)
            .field(Bytes.zeros(1 << 20))
            .u32(0)
            .field(proof)
            .toBytes();
    try (SocketChannel channel = connect()) {
      Thread flood =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  for (int i = 0; i < calls; i++) {
                    HsmFrames.write(channel, new Frame(i, HsmMethod.CAPTURE.number(), body));
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      flood.join(TimeUnit.SECONDS.toMillis(1));
      assertTrue(flood.isAlive(), "forty megabytes do not fit a budget of twelve");
      held.gate.countDown();
      for (int i = 0; i < calls; i++) {
        assertEquals(HsmFrames.OK, HsmFrames.read(channel).orElseThrow().tag());
      }
      flood.join();
      assertEquals(1, host.k(), "the same entry, captured once");
    }
  }

  /** What a capture of k answers here: 256 records of octets k, far more than one write takes. */
  private static Bytes largeAnswer(long k) {
    CanonicalWriter out = new CanonicalWriter();
    ChainValues.founding(Samples.fleet().id(), 0).write(out);
    out.u32(256);
    for (int i = 0; i < 256; i++) {
      out.bool(true).raw(Samples.octets((int) k, 1024));
    }
    return out.u32(0).bool(false).toBytes();
  }

  @Test
  void largeAnswersThatAreReadyAtOnceDoNotMix() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    HsmCaller port =
        new HsmCaller((method, body) -> {
          try {
            CanonicalReader in = new CanonicalReader(body);
            assertEquals(0, in.u16());
            long k = in.u64();
            together.await();
            return largeAnswer(k);
          } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
          }
        });
    serve(new HsmAnswerer(port, port));
    try (SocketChannel channel = connect()) {
      for (int round = 0; round < 200; round++) {
        for (long k = 1; k <= 2; k++) {
          Bytes body =
              new CanonicalWriter()
                  .u16(0)
                  .u64(k)
                  .field(Bytes.EMPTY)
                  .u32(0)
                  .field(Bytes.EMPTY)
                  .toBytes();
          HsmFrames.write(channel, new Frame(k, HsmMethod.CAPTURE.number(), body));
        }
        for (int i = 0; i < 2; i++) {
          Frame answer = HsmFrames.read(channel).orElseThrow();
          boolean whole = largeAnswer(answer.correlation()).equals(answer.body());
          assertTrue(whole, "octets of another answer, in round " + round);
        }
      }
    }
  }

  @Test
  void aHostThatGoesAwayMayComeBack() throws Exception {
    Held held = new Held();
    serve(held.of(HsmMethod.CHALLENGE));
    Bytes body = new CanonicalWriter().u16(0).toBytes();
    try (SocketChannel channel = connect()) {
      HsmFrames.write(channel, new Frame(1, HsmMethod.CHALLENGE.number(), body));
    }
    held.gate.countDown();
    try (SocketChannel channel = connect()) {
      assertEquals(32, caller(channel).challenge(0).size());
    }
    assertFalse(failure.isDone());
  }

  @Test
  void aSocketLeftBehindByAnEarlierLifeIsReplaced() throws Exception {
    Files.createFile(socket());
    serve();
    try (SocketChannel channel = connect()) {
      assertEquals(Optional.of(1), Optional.of(caller(channel).index()));
    }
  }
}
