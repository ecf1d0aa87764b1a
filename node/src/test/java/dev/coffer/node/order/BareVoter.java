package dev.coffer.node.order;

import dev.coffer.node.tls.NodeTls;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.util.ProtoUtils;

/** A voter with good papers and no engine behind it: sends another one what a test tells it. */
final class BareVoter implements AutoCloseable {
  private final ManagedChannel channel;
  private final RaftRpcRequestProto head;

  BareVoter(OrderSettings self, int to) throws IOException {
    NodeTls tls = self.tls();
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", self.member(to).port())
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forClient().keyManager(tls.key(), tls.certificate()))
                    .trustManager(tls.authority())
                    .build())
            .build();
    this.head =
        RaftRpcRequestProto.newBuilder()
            .setRequestorId(ByteString.copyFromUtf8(new PeerName(self.node(), 1).toString()))
            .setReplyId(ByteString.copyFromUtf8(new PeerName(to, 1).toString()))
            .setRaftGroupId(
                ProtoUtils.toRaftGroupIdProtoBuilder(RatisOrdering.groupId(self.fleetId(), 0, 1)))
            .build();
  }

  /** Asks for its vote in that term, once; whether it took part. */
  boolean stands(long term) {
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
    }
  }

  /** What it answers to that from its leader, which this is from now on. */
  AppendEntriesReplyProto leads(AppendEntriesRequestProto.Builder append) throws Exception {
    CompletableFuture<AppendEntriesReplyProto> answer = new CompletableFuture<>();
    StreamObserver<AppendEntriesRequestProto> to =
        RaftServerProtocolServiceGrpc.newStub(channel)
            .appendEntries(
                new StreamObserver<>() {
                  @Override
                  public void onNext(AppendEntriesReplyProto reply) {
                    answer.complete(reply);
                  }

                  @Override
                  public void onError(Throwable cause) {
                    answer.completeExceptionally(cause);
                  }

                  @Override
                  public void onCompleted() {}
                });
    to.onNext(append.setServerRequest(head).build());
    AppendEntriesReplyProto reply = answer.get(30, TimeUnit.SECONDS);
    to.onCompleted();
    return reply;
  }

  @Override
  public void close() {
    var ignored = channel.shutdownNow();
  }
}
