package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.LoopbackPorts;
import dev.coffer.node.core.Meters;
import dev.coffer.node.fleet.LoopbackFleet;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.MetadataProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ratis on loopback, with mutual TLS and real disks. */
@Tag("long")
final class RatisOrdererTest extends OrdererConformance {
  @TempDir Path home;

  @Override
  Engine engine() throws IOException {
    return new Ratis(home, 200);
  }

  @Test
  void callingOnTheOtherVotersChangesNeitherTermNorLeader() throws Exception {
    // So patient that a busy machine alone makes no new leader.
    try (Ratis engine = new Ratis(home, 3_000)) {
      for (int node = 1; node <= NODES; node++) {
        engine.start(node);
      }
      int leader = engine.awaitLeader();
      order(engine, leader, "before");
      long term = engine.log(leader).taken().term();
      int follower = leader % NODES + 1;
      int other = follower % NODES + 1;
      awaitCalls(engine, follower, NODES - 1);
      awaitCalls(engine, other, NODES - 1);
      for (int round = 0; round < 20; round++) {
        assertEquals(0, calledOn(engine, leader));
        assertEquals(NODES - 1, calledOn(engine, follower));
        assertEquals(NODES - 1, calledOn(engine, other));
      }
      order(engine, leader, "after");
      assertEquals(term, engine.log(leader).taken().term());
      engine.stop(other);
      awaitCalls(engine, follower, NODES - 2);
      engine.start(other);
      awaitCalls(engine, follower, NODES - 1);
    }
  }

  /** It has nothing of what the others have ordered meanwhile, nor of what stands before that. */
  @Test
  void aFounderOfANewOrderThatComesLateTakesAllOfIt() throws Exception {
    try (Ratis engine = new Ratis(home, 200)) {
      engine.found(1, 7);
      engine.found(2, 7);
      for (int i = 0; i < 5; i++) {
        order(engine, engine.awaitLeader(), "early " + i);
      }
      engine.found(3, 7);
      order(engine, engine.awaitLeader(), "late");
      engine.settle();
      for (int node = 1; node <= NODES; node++) {
        assertEquals(6, engine.log(node).payloads().size());
        assertEquals(List.of(), engine.log(node).faults());
      }
    }
  }

  /** Otherwise one voter alone stops all others for good: nobody can be elected in that term. */
  @Test
  void aTermThatAFollowerMakesUpMovesNoLeader() throws Exception {
    try (Ratis engine = new Ratis(home, 3_000)) {
      engine.start(1);
      engine.start(2);
      int leader = engine.awaitLeader();
      order(engine, leader, "before");
      long term = engine.log(leader).taken().term();
      OrderSettings third = engine.settings(3);
      int port = third.members().get(2).port();
      try (LyingFollower liar = new LyingFollower(third.tls(), port, 1L << 60)) {
        LoopbackFleet.await("the follower to lie", 30, () -> liar.lies() > 2);
        for (int i = 0; i < 5; i++) {
          order(engine, leader, "beside it " + i);
        }
        assertEquals(term, engine.log(leader).taken().term());
      }
    }
  }

  /** What a member may repeat as fast as it can must not fill the log, and the line names it. */
  @Test
  void aVoterThatMakesUpTermsIsNamedOnceASecond() throws Exception {
    List<String> said = new ArrayList<>();
    Handler listening =
        new Handler() {
          @Override
          public synchronized void publish(LogRecord line) {
            said.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger(PeerGate.class.getName());
    log.addHandler(listening);
    long began = System.nanoTime();
    try (Ratis engine = new Ratis(home, 3_000)) {
      engine.start(1);
      engine.start(2);
      int leader = engine.awaitLeader();
      order(engine, leader, "before");
      int refused = 0;
      try (BareVoter liar = new BareVoter(engine.settings(3), leader)) {
        for (int i = 0; i < 50; i++) {
          refused += liar.stands(1L << 60) ? 0 : 1;
        }
      }
      assertEquals(50, refused);
      order(engine, leader, "after");
    } finally {
      log.removeHandler(listening);
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    assertTrue(said.size() <= seconds + 1, said::toString);
    assertTrue(said.getFirst().startsWith("Node 3 named a term that is not taken, 1 times"));
    assertTrue(said.getFirst().contains("a node lies"), said::toString);
  }

  private static LogEntryProto entry(long term, long index) {
    return LogEntryProto.newBuilder()
        .setTerm(term)
        .setIndex(index)
        .setMetadataEntry(MetadataProto.newBuilder().setCommitIndex(index))
        .build();
  }

  private static AppendEntriesRequestProto.Builder append(
      long term, long committed, LogEntryProto... entries) {
    return AppendEntriesRequestProto.newBuilder()
        .setLeaderTerm(term)
        .setLeaderCommit(committed)
        .addAllEntries(List.of(entries));
  }

  /** Otherwise it refuses what all others have for as long as it runs. */
  @Test
  void whatALeaderThatIsNoneLeftAtTheLogsStartIsNotTakenForCommitted() throws Exception {
    try (Ratis engine = new Ratis(home, 30_000)) {
      engine.start(1);
      try (BareVoter before = new BareVoter(engine.settings(2), 1);
          BareVoter leader = new BareVoter(engine.settings(3), 1)) {
        AppendResult left =
            before.leads(append(4, -1, entry(4, 0), entry(4, 1), entry(4, 2))).getResult();
        assertEquals(AppendResult.SUCCESS, left);

        AppendEntriesReplyProto beat = leader.leads(append(5, 2));
        assertEquals(-1, beat.getFollowerCommit(), "it has shown none of its entries");
        AppendEntriesReplyProto first = leader.leads(append(5, 2, entry(4, 0)));
        assertEquals(AppendResult.SUCCESS, first.getResult());
        assertEquals(0, first.getFollowerCommit(), "it has shown one");
        AppendEntriesReplyProto rest =
            leader.leads(
                append(5, 2, entry(5, 1), entry(5, 2))
                    .setPreviousLog(TermIndexProto.newBuilder().setTerm(4).setIndex(0)));
        assertEquals(AppendResult.SUCCESS, rest.getResult());
        assertEquals(2, rest.getFollowerCommit());
      }
    }
  }

  private static void awaitCalls(Ratis engine, int node, int there) throws Exception {
    LoopbackFleet.await(
        there + " voters to answer node " + node, 30, () -> calledOn(engine, node) == there);
  }

  private static int calledOn(Ratis engine, int node) {
    return engine.running.get(node).connections().callOnAll();
  }

  private static void order(Ratis engine, int leader, String payload) throws Exception {
    assertEquals(
        Orderer.Fate.APPLIED,
        engine.orderer(leader).propose(Bytes.wrap(payload.getBytes(StandardCharsets.UTF_8))).get());
  }

  private static final class Ratis implements Engine {
    private final Path home;
    private final int electionMillis;
    private final List<OrderSettings.Member> members = new ArrayList<>();
    private final Map<Integer, OrderedLogRecorder> logs = new HashMap<>();
    private final Map<Integer, RatisOrdering> running = new TreeMap<>();

    Ratis(Path home, int electionMillis) throws IOException {
      this.home = home;
      this.electionMillis = electionMillis;
      List<FleetCertificates.NodeHome> homes = new ArrayList<>();
      for (int node = 1; node <= NODES; node++) {
        homes.add(new FleetCertificates.NodeHome(node, folder(node), List.of()));
        members.add(new OrderSettings.Member(node, "127.0.0.1", LoopbackPorts.take()));
        logs.put(node, new OrderedLogRecorder());
      }
      FleetCertificates.write(home.resolve("ca.pem"), homes, Clock.systemUTC(), new SecureRandom());
    }

    private Path folder(int node) {
      return home.resolve("node-" + node);
    }

    @Override
    public Orderer orderer(int node) {
      return running.get(node).orderer(0);
    }

    @Override
    public OrderedLogRecorder log(int node) {
      return logs.get(node);
    }

    @Override
    public void start(int node) throws IOException {
      boolean fresh = log(node).taken().index() < 0;
      OrderSettings settings = settings(node);
      start(settings, VoterIdentity.decide(settings, fresh, Clock.systemUTC()));
    }

    /** As a founder of the order of that number, whose store has come to where it begins. */
    void found(int node, long number) throws IOException {
      log(node).skip(VoterIdentity.start(number));
      OrderSettings settings = settings(node);
      start(settings, VoterIdentity.found(settings, number, Bytes.zeros(32)));
    }

    private void start(OrderSettings settings, VoterIdentity identity) throws IOException {
      int node = settings.node();
      running.put(node, RatisOrdering.start(settings, identity, List.of(log(node)), Meters.NONE));
    }

    private OrderSettings settings(int node) throws IOException {
      Path folder = folder(node);
      NodeTls tls = TlsFiles.in(folder).load(node, Optional.empty(), Instant.now());
      return new OrderSettings(
          new FleetId(Bytes.zeros(32)),
          node,
          members,
          folder.resolve("raft"),
          folder.resolve("voter.properties"),
          tls,
          1,
          electionMillis,
          20_000);
    }

    @Override
    public void stop(int node) {
      running.remove(node).close();
    }

    @Override
    public int awaitLeader() throws InterruptedException {
      int[] leader = new int[1];
      LoopbackFleet.await(
          "a leader",
          30,
          () -> {
            for (Map.Entry<Integer, RatisOrdering> node : running.entrySet()) {
              if (node.getValue().orderer(0).leadership().mine()) {
                leader[0] = node.getKey();
              }
            }
            return leader[0] != 0;
          });
      return leader[0];
    }

    @Override
    public void settle() throws InterruptedException {
      LoopbackFleet.await(
          "all to take the same",
          30,
          () ->
              running.keySet().stream().map(node -> log(node).payloads().size()).distinct().count()
                  == 1);
    }

    @Override
    public void close() {
      List.copyOf(running.keySet()).forEach(this::stop);
    }
  }
}
