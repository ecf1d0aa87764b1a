package dev.coffer.node.order;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Between the engine and one partition's {@link OrderedLog} (docs/replication.md rule 3). Holds no
 * state of its own but the position: what is durable is what the log says, and a snapshot is
 * nothing but that position.
 */
final class LogStateMachine extends BaseStateMachine {
  private final OrderedLog log;
  private final Executor catchUps;
  private final RatisOrderer orderer;

  LogStateMachine(OrderedLog log, Executor catchUps, RatisOrderer orderer) {
    this.log = log;
    this.catchUps = catchUps;
    this.orderer = orderer;
    setLastAppliedTermIndex(termIndex(log.durable()));
  }

  private static TermIndex termIndex(OrderPosition position) {
    return TermIndex.valueOf(position.term(), position.index());
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    super.initialize(server, groupId, storage);
    getLifeCycle().startAndTransition(() -> setLastAppliedTermIndex(termIndex(log.durable())));
  }

  @Override
  public void pause() {
    if (getLifeCycleState() == LifeCycle.State.RUNNING) {
      getLifeCycle().transition(LifeCycle.State.PAUSING);
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
  }

  @Override
  public void reinitialize() {
    setLastAppliedTermIndex(termIndex(log.durable()));
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    TermIndex covered = covered();
    return covered.getIndex() < 0 ? null : new FileListSnapshotInfo(List.of(), covered);
  }

  /** Reports what is durable and nothing newer: the engine purges what stands below. */
  @Override
  public long takeSnapshot() {
    return covered().getIndex();
  }

  /**
   * What is durable here, but nothing that the engine's own log has not reached. Where the store
   * was fetched from peers while the engine runs, it is ahead of that log; an engine that took it
   * for its snapshot would have the leader skip entries, and then refuse the gap for ever.
   */
  private TermIndex covered() {
    TermIndex durable = termIndex(log.durable());
    TermIndex reached = getLastAppliedTermIndex();
    return reached.getIndex() < durable.getIndex() ? reached : durable;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    if (entry == null) {
      throw new IllegalStateException("the engine applies a transaction without an entry");
    }
    OrderPosition at = new OrderPosition(entry.getTerm(), entry.getIndex());
    if (at.index() <= log.taken().index()) {
      reached(at);
      return CompletableFuture.completedFuture(Message.EMPTY);
    }
    byte[] payload = entry.getStateMachineLogEntry().getLogData().toByteArray();
    orderer.committed();
    CompletableFuture<Void> applied = log.take(at, Bytes.wrap(payload));
    reached(at);
    return applied.thenApply(done -> Message.EMPTY);
  }

  /** Nothing is read through the engine: see {@link RatisOrderer#committed}. */
  @Override
  public CompletableFuture<Message> query(Message nothing) {
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    OrderPosition at = new OrderPosition(term, index);
    if (at.index() > log.taken().index()) {
      log.skip(at);
    }
    reached(at);
  }

  private void reached(OrderPosition at) {
    if (at.index() > getLastAppliedTermIndex().getIndex()) {
      updateLastAppliedTermIndex(at.term(), at.index());
    }
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId newLeader) {
    orderer.leaderChanged(newLeader.toString());
  }

  @Override
  public void notifyLeaderReady() {
    orderer.leaderChanged("");
    orderer.committed();
  }

  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex first) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return termIndex(log.catchUp(first.getIndex()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while catching up", e);
          }
        },
        catchUps);
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failed) {
    log.broken("the Raft log", cause);
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
    if (allServer) {
      orderer.leaderChanged("");
    }
  }
}
