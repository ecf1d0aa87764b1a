package dev.coffer.node.order;

import dev.coffer.node.core.NodeClock;
import dev.coffer.node.core.Occurrences;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in front of the engine's listener. Ratis does not tie a voter's name to a certificate, so
 * any member could vote in another's name; and it answers messages meant for an earlier
 * incarnation. Both are refused here, and so are its client and administration services, which
 * nothing of ours uses over the network; and a term that {@link TermCeiling} cannot take down. And
 * what a leader says is committed passes {@link #proven} before the engine believes it.
 */
final class PeerGate implements ServerInterceptor, GrpcServices.Customizer {
  private static final Logger LOG = LoggerFactory.getLogger(PeerGate.class);
  private static final String SERVICE = "ratis.grpc.RaftServerProtocolService";

  private final PeerName self;
  private final TermCeiling ceiling;
  private final RaftDoor door;
  private final NodeClock clock;
  private final Map<Integer, Occurrences> refusals = new ConcurrentHashMap<>();

  PeerGate(PeerName self, TermCeiling ceiling, RaftDoor door, NodeClock clock) {
    this.self = self;
    this.ceiling = ceiling;
    this.door = door;
    this.clock = clock;
  }

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
    return door.guard(builder).intercept(this);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    OptionalInt node = RaftDoor.certified(call.getAttributes());
    if (node.isEmpty() || !SERVICE.equals(call.getMethodDescriptor().getServiceName())) {
      call.close(Status.PERMISSION_DENIED, new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (refused) {
          return;
        }
        if (!admits(node.getAsInt(), message)) {
          refused = true;
          call.close(Status.PERMISSION_DENIED, new Metadata());
          return;
        }
        try {
          ceiling.admit(term(message));
        } catch (IOException e) {
          refused(node.getAsInt(), e);
          refused = true;
          call.close(Status.UNAVAILABLE, new Metadata());
          return;
        }
        super.onMessage(proven(message));
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  /** In a line a second of each node: it may send as many as it likes. */
  private void refused(int node, IOException why) {
    long times = refusals.computeIfAbsent(node, n -> new Occurrences()).again(clock.nanos());
    if (times > 0) {
      LOG.warn(
          "Node {} named a term that is not taken, {} times since this was said last: {}",
          node,
          times,
          why.getMessage());
    }
  }

  private boolean admits(int node, Object message) {
    RaftRpcRequestProto request = head(message);
    if (request == null) {
      return false;
    }
    OptionalInt sender = PeerName.nodeOf(request.getRequestorId().toStringUtf8());
    return sender.isPresent()
        && sender.getAsInt() == node
        && request.getReplyId().toStringUtf8().equals(self.toString());
  }

  /** The term that a message would have this node take part in; 0 for none. */
  private static long term(Object message) {
    return switch (message) {
      case AppendEntriesRequestProto append -> append.getLeaderTerm();
      case RequestVoteRequestProto vote -> vote.getPreVote() ? 0 : vote.getCandidateTerm();
      case InstallSnapshotRequestProto install -> install.getLeaderTerm();
      default -> 0;
    };
  }

  /**
   * Without what a message does not show to be committed here. Where an append begins at the log's
   * start, Ratis 3.3.0 counts one entry too many, and with none in it takes the first of its own
   * for committed. If that one came from a leader that was none for long, this voter would refuse
   * every other for as long as it runs, and its fleet would be without it.
   */
  @SuppressWarnings("unchecked")
  private static <Q> Q proven(Q message) {
    if (!(message instanceof AppendEntriesRequestProto append) || append.hasPreviousLog()) {
      return message;
    }
    long shown = append.getEntriesCount() - 1L;
    return append.getLeaderCommit() <= shown
        ? message
        : (Q) append.toBuilder().setLeaderCommit(shown).build();
  }

  private static @Nullable RaftRpcRequestProto head(Object message) {
    return switch (message) {
      case AppendEntriesRequestProto append -> append.getServerRequest();
      case RequestVoteRequestProto vote -> vote.getServerRequest();
      case StartLeaderElectionRequestProto start -> start.getServerRequest();
      case InstallSnapshotRequestProto install -> install.getServerRequest();
      case ReadIndexRequestProto read -> read.getServerRequest();
      default -> null;
    };
  }
}
