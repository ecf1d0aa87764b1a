package dev.coffer.node.order;

import dev.coffer.node.tls.NodeTls;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ClientAuth;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.util.ProtoUtils;

/** A voter with good papers that answers whatever a leader sends with a term of its own making. */
final class LyingFollower implements AutoCloseable {
  private final long term;
  private final AtomicLong lies = new AtomicLong();
  private final Server server;

  LyingFollower(NodeTls tls, int port, long term) throws IOException {
    this.term = term;
    this.server =
        NettyServerBuilder.forPort(port)
            .sslContext(
                GrpcSslContexts.configure(SslContextBuilder.forServer(tls.key(), tls.certificate()))
                    .trustManager(tls.authority())
                    .clientAuth(ClientAuth.REQUIRE)
                    .build())
            .addService(new Service())
            .build()
            .start();
  }

  /** Asks node {@code to} for its vote in that term, once; whether it took part. */
  static boolean stands(OrderSettings liar, int to, long term) throws IOException {
    NodeTls tls = liar.tls();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", liar.member(to).port())
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forClient().keyManager(tls.key(), tls.certificate()))
                    .trustManager(tls.authority())
                    .build())
            .build();
    RaftRpcRequestProto head =
        RaftRpcRequestProto.newBuilder()
            .setRequestorId(ByteString.copyFromUtf8(new PeerName(liar.node(), 1).toString()))
            .setReplyId(ByteString.copyFromUtf8(new PeerName(to, 1).toString()))
            .setRaftGroupId(
                ProtoUtils.toRaftGroupIdProtoBuilder(RatisOrdering.groupId(liar.fleetId(), 0, 1)))
            .build();
    try {
      RequestVoteRequestProto vote =
          RequestVoteRequestProto.newBuilder()
              .setServerRequest(head)
              .setCandidateTerm(term)
              .build();
      var unused = RaftServerProtocolServiceGrpc.newBlockingStub(channel).requestVote(vote);
      return true;
    } catch (StatusRuntimeException refused) {
      if (refused.getStatus().getCode() != Status.Code.UNAVAILABLE
          || refused.getStatus().getCause() != null) {
        throw refused;
      }
      return false;
    } finally {
      channel.shutdownNow();
    }
  }

  /** How often it has lied. */
  long lies() {
    return lies.get();
  }

  private final class Service extends RaftServerProtocolServiceImplBase {
    @Override
    public StreamObserver<AppendEntriesRequestProto> appendEntries(
        StreamObserver<AppendEntriesReplyProto> leader) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AppendEntriesRequestProto request) {
          leader.onNext(lie(request));
          lies.incrementAndGet();
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {
          leader.onCompleted();
        }
      };
    }
  }

  private AppendEntriesReplyProto lie(AppendEntriesRequestProto request) {
    RaftRpcRequestProto asked = request.getServerRequest();
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(
            RaftRpcReplyProto.newBuilder()
                .setRequestorId(asked.getRequestorId())
                .setReplyId(asked.getReplyId())
                .setRaftGroupId(asked.getRaftGroupId())
                .setCallId(asked.getCallId())
                .setSuccess(false))
        .setTerm(term)
        .setResult(AppendResult.NOT_LEADER)
        .setNextIndex(0)
        .build();
  }

  @Override
  public void close() {
    var ignored = server.shutdownNow();
  }
}
