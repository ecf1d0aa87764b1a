package dev.coffer.node.order;

import dev.coffer.node.tls.NodeTls;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ClientAuth;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;

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
