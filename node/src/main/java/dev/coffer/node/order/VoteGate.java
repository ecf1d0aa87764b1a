package dev.coffer.node.order;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Objects;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServer.Division;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;

/**
 * The engine's gRPC, but for two things: where this node asks for votes, and so has voted for
 * itself, {@link TermCeiling} is asked first, and so it is of every term that a reply names. What
 * else comes in passes {@link PeerGate}.
 */
final class VoteGate implements GrpcServices {
  private static final String CEILING = "coffer.term-ceiling";

  private final GrpcServicesImpl engine;
  private final TermCeiling ceiling;

  private VoteGate(GrpcServicesImpl engine, TermCeiling ceiling) {
    this.engine = engine;
    this.ceiling = ceiling;
  }

  /** Has an engine that is told {@link Type} of this ceiling. */
  static void keep(Parameters parameters, TermCeiling ceiling) {
    TermCeiling ignored = parameters.put(CEILING, ceiling, TermCeiling.class);
  }

  /** The engine makes one by this class's name. */
  public static final class Type implements RpcType {
    /** For the engine. */
    public Type() {}

    @Override
    public String name() {
      return Type.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
      return new Factory(parameters);
    }
  }

  private static final class Factory extends GrpcFactory {
    private final TermCeiling ceiling;

    Factory(Parameters parameters) {
      super(parameters);
      this.ceiling = parameters.getNonNull(CEILING, TermCeiling.class);
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      return new VoteGate((GrpcServicesImpl) super.newRaftServerRpc(server), ceiling);
    }

    @Override
    public LogAppender newLogAppender(Division server, LeaderState state, FollowerInfo follower) {
      return new Appender(server, state, follower, ceiling);
    }
  }

  /** The engine's own takes its services for what they are without the gate. */
  private static final class Appender extends GrpcLogAppender {
    private final TermCeiling ceiling;

    Appender(Division server, LeaderState state, FollowerInfo follower, TermCeiling ceiling) {
      super(server, state, follower);
      this.ceiling = ceiling;
    }

    /** The engine would step down for a later term that a follower's reply names, and keep it. */
    @Override
    public boolean onFollowerTerm(long term) {
      try {
        ceiling.believe(term);
      } catch (IOException lie) {
        return false;
      }
      return super.onFollowerTerm(term);
    }

    @Override
    public GrpcServicesImpl getServerRpc() {
      VoteGate gate = (VoteGate) getServer().getRaftServer().getServerRpc();
      return Objects.requireNonNull(gate).engine;
    }
  }

  @Override
  public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
    if (!request.getPreVote()) {
      ceiling.admit(request.getCandidateTerm());
    }
    RequestVoteReplyProto reply = engine.requestVote(request);
    // The engine would go to a later term that a reply names, and ask for votes there.
    ceiling.believe(reply.getTerm());
    return reply;
  }

  @Override
  public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
      throws IOException {
    return engine.startLeaderElection(request);
  }

  @Override
  public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
    return engine.appendEntries(request);
  }

  @Override
  public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) {
    return engine.installSnapshot(request);
  }

  @Override
  public RaftServerAsynchronousProtocol async() {
    return engine.async();
  }

  @Override
  public void handleException(RaftPeerId peer, Exception e, boolean reconnect) {
    engine.handleException(peer, e, reconnect);
  }

  @Override
  public void notifyNotLeader(RaftGroupId group) {
    engine.notifyNotLeader(group);
  }

  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {
    engine.addRaftPeers(peers);
  }

  @Override
  public SupportedRpcType getRpcType() {
    return engine.getRpcType();
  }

  @Override
  public InetSocketAddress getInetSocketAddress() {
    return engine.getInetSocketAddress();
  }

  @Override
  public InetSocketAddress getClientServerAddress() {
    return engine.getClientServerAddress();
  }

  @Override
  public InetSocketAddress getAdminServerAddress() {
    return engine.getAdminServerAddress();
  }

  @Override
  public void start() throws IOException {
    engine.start();
  }

  @Override
  public void close() throws IOException {
    engine.close();
  }
}
