package dev.coffer.node.order;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.util.ProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection from a follower to every other voter. The engine opens one only when it has
 * something to say, which between two followers is the first vote after the leader's death: then
 * four TLS handshakes, and the loading of what a handshake needs, would stand in the way of the
 * election.
 *
 * <p>What is sent is a request for a pre-vote (Raft §9.6) by a candidate whose log is empty. Every
 * server whose log is not refuses it, and a pre-vote changes nothing where it is asked.
 */
final class VoterConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VoterConnections.class);
  private static final long AGAIN_MILLIS = 3_000;

  private final RaftServer server;
  private final List<RaftGroupId> groups;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("voter-connections").factory());

  private VoterConnections(RaftServer server, List<RaftGroupId> groups) {
    this.server = server;
    this.groups = List.copyOf(groups);
  }

  /**
   * Connects now, and again where a connection has ended since.
   *
   * @param groups all of them: they share their connections
   */
  static VoterConnections keep(RaftServer server, List<RaftGroupId> groups) {
    VoterConnections connections = new VoterConnections(server, groups);
    var unused =
        connections.ticker.scheduleWithFixedDelay(
            connections::callOnAll, AGAIN_MILLIS / 10, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    return connections;
  }

  /** As a follower: calls on every other voter, and returns how many answered. */
  int callOnAll() {
    int there = 0;
    try {
      RaftServer.Division own = server.getDivision(groups.getFirst());
      if (own.getInfo().getLeaderId() == null) {
        return 0;
      }
      for (RaftPeer peer : own.getRaftConf().getCurrentPeers()) {
        // A leader is connected already, and its connections are not to be broken here.
        if (!peer.getId().equals(server.getId()) && !leads() && callOn(peer.getId())) {
          there++;
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("The other voters were not called on: {}", e.toString());
    }
    return there;
  }

  private boolean leads() throws IOException {
    for (RaftGroupId group : groups) {
      if (server.getDivision(group).getInfo().isLeader()) {
        return true;
      }
    }
    return false;
  }

  private boolean callOn(RaftPeerId peer) throws IOException {
    try {
      if (server.getServerRpc().requestVote(vain(peer)).getServerReply().getSuccess()) {
        LOG.warn("Voter {} would have voted for an empty log", peer);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      LOG.debug("Voter {} is away: {}", peer, e.toString());
      boolean unconnected = Status.fromThrowable(e).getCode() == Status.Code.UNAVAILABLE;
      if (unconnected && !leads()) {
        // Otherwise the connection waits longer after each failure, up to two minutes, and a voter
        // that is back is not asked for its vote meanwhile.
        server.getServerRpc().handleException(peer, e, true);
      }
      return false;
    }
  }

  private RequestVoteRequestProto vain(RaftPeerId peer) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(server.getId().toByteString())
                .setReplyId(peer.toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(groups.getFirst())))
        .setCandidateTerm(0)
        .setPreVote(true)
        .build();
  }

  @Override
  public void close() {
    ticker.shutdownNow();
  }
}
