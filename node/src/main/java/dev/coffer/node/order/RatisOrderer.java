package dev.coffer.node.order;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's group. Proposals go into the local server only: followers forward to the leader's
 * node themselves.
 */
final class RatisOrderer implements Orderer {
  private static final Logger LOG = LoggerFactory.getLogger(RatisOrderer.class);
  private static final long TRANSFER_MILLIS = 1_000;
  private static final long CHANGE_MILLIS = 10_000;

  private final OrderSettings settings;
  private final PeerName self;
  private final RaftGroupId group;
  private final ClientId client;
  private final AtomicLong calls;
  private final OrderedLog log;
  private final AtomicInteger proposed = new AtomicInteger();
  private final AtomicBoolean spreading = new AtomicBoolean();
  private volatile @Nullable RaftServer server;
  private volatile RaftServer.@Nullable Division division;

  RatisOrderer(
      OrderSettings settings,
      PeerName self,
      RaftGroupId group,
      ClientId client,
      AtomicLong calls,
      OrderedLog log) {
    this.settings = settings;
    this.self = self;
    this.group = group;
    this.client = client;
    this.calls = calls;
    this.log = log;
  }

  void attach(RaftServer started, RaftServer.Division own) {
    server = started;
    division = own;
    log.leadership(leadership());
  }

  /**
   * Something about the leader has changed; who leads now is asked afresh, since notices may
   * overtake each other.
   */
  void leaderChanged(String name) {
    log.leadership(leadership());
  }

  private RaftPeerId selfId() {
    return RaftPeerId.valueOf(self.toString());
  }

  @Override
  public CompletableFuture<Fate> propose(Bytes payload) {
    RaftServer current = server;
    if (current == null) {
      return CompletableFuture.completedFuture(Fate.UNKNOWN);
    }
    Message message = Message.valueOf(UnsafeByteOperations.unsafeWrap(payload.toByteArray()));
    proposed.incrementAndGet();
    try {
      return current
          .submitClientRequestAsync(request(RaftClientRequest.writeRequestType(), message))
          .handle((reply, failure) -> {
            proposed.decrementAndGet();
            return failure == null && reply.isSuccess() ? Fate.APPLIED : Fate.UNKNOWN;
          });
    } catch (IOException e) {
      proposed.decrementAndGet();
      LOG.debug("A proposal was not taken: {}", e.toString());
      return CompletableFuture.completedFuture(Fate.UNKNOWN);
    }
  }

  private RaftClientRequest request(RaftClientRequest.Type type, Message message) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(selfId())
        .setGroupId(group)
        .setCallId(calls.incrementAndGet())
        .setMessage(message)
        .setType(type)
        .build();
  }

  /**
   * Tells the followers what is committed. The engine would do it with the next entry or heartbeat,
   * so that a lone operation waited for up to half the election time until a quorum of HSMs had
   * captured it; and so waited what an earlier leader had left, when a new one is ready. Its one
   * way to send a heartbeat at once is the question before a linearizable read; the read itself is
   * empty and nobody uses its answer.
   */
  void committed() {
    RaftServer current = server;
    if (current == null
        || proposed.get() > 1
        || !leadership().mine()
        || !spreading.compareAndSet(false, true)) {
      return;
    }
    try {
      CompletableFuture<?> ignored =
          current
              .submitClientRequestAsync(request(RaftClientRequest.readRequestType(), Message.EMPTY))
              .whenComplete((reply, failure) -> spreading.set(false));
    } catch (IOException e) {
      spreading.set(false);
    }
  }

  @Override
  public Leadership leadership() {
    RaftServer.Division own = division;
    if (own == null) {
      return Leadership.NONE;
    }
    DivisionInfo info = own.getInfo();
    RaftPeerId leader = info.getLeaderId();
    int node = leader == null ? 0 : PeerName.nodeOf(leader.toString()).orElse(0);
    return new Leadership(node, info.isLeader() && info.isLeaderReady());
  }

  @Override
  public boolean voting() {
    RaftServer.Division own = division;
    return own != null && counts(own.getRaftConf());
  }

  /**
   * A newcomer counts when its change is over. While old and new voters still decide together (Raft
   * §6), losing one more old voter stops both, the newcomer's vote notwithstanding.
   */
  private boolean counts(RaftConfiguration voters) {
    return has(voters.getCurrentPeers())
        && (voters.getPreviousPeers().isEmpty() || has(voters.getPreviousPeers()));
  }

  private boolean has(Collection<RaftPeer> peers) {
    return peers.stream().anyMatch(peer -> peer.getId().equals(selfId()));
  }

  @Override
  public void handOver(int node) {
    RaftServer current = server;
    RaftServer.Division own = division;
    if (current == null || own == null || !own.getInfo().isLeader()) {
      return;
    }
    RaftPeerId target =
        voters(own).stream()
            .map(RaftPeer::getId)
            .filter(id -> PeerName.nodeOf(id.toString()).orElse(0) == node)
            .findFirst()
            .orElse(null);
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            client, selfId(), group, calls.incrementAndGet(), target, TRANSFER_MILLIS);
    try {
      CompletableFuture<?> ignored =
          current
              .transferLeadershipAsync(request)
              .whenComplete(
                  (reply, failure) -> LOG.debug("Handing over to node {}: {}", node, reply));
    } catch (IOException e) {
      LOG.warn("Handing over to node {} failed: {}", node, e.toString());
    }
  }

  private static Collection<RaftPeer> voters(RaftServer.Division own) {
    return own.getRaftConf().getAllPeers();
  }

  @Override
  public boolean changeVoter(int node, long incarnation) throws InterruptedException {
    RaftServer current = server;
    RaftServer.Division own = division;
    if (current == null || own == null || !leadership().mine()) {
      return false;
    }
    Collection<RaftPeer> before = voters(own);
    List<RaftPeer> wanted = new ArrayList<>();
    for (RaftPeer voter : before) {
      if (PeerName.nodeOf(voter.getId().toString()).orElse(0) != node) {
        wanted.add(voter);
      }
    }
    // No fewer voters than a majority of the fleet may be left, or a second loss would end the
    // service.
    if (wanted.size() < OrderRules.majority(settings.members().size())) {
      return false;
    }
    if (incarnation > 0) {
      wanted.add(RatisOrdering.peer(settings.member(node), incarnation));
    }
    SetConfigurationRequest.Arguments arguments =
        SetConfigurationRequest.Arguments.newBuilder()
            .setServersInNewConf(wanted)
            .setServersInCurrentConf(new ArrayList<>(before))
            .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
            .build();
    return change(
        current,
        new SetConfigurationRequest(client, selfId(), group, calls.incrementAndGet(), arguments));
  }

  private static boolean change(RaftServer current, SetConfigurationRequest request)
      throws InterruptedException {
    try {
      RaftClientReply reply =
          current.setConfigurationAsync(request).get(CHANGE_MILLIS, TimeUnit.MILLISECONDS);
      return reply.isSuccess();
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.warn("Changing the voters failed, it will be asked again: {}", e.toString());
      return false;
    }
  }

  @Override
  public void close() {
    server = null;
    division = null;
  }
}
