package dev.coffer.node.order;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Connections;
import dev.coffer.node.tls.PeerIdentity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.ServerTransportFilter;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.ServerChannel;
import org.apache.ratis.thirdparty.io.netty.channel.nio.NioEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.socket.nio.NioServerSocketChannel;
import org.apache.ratis.thirdparty.io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections to the engine's port from the moment they are accepted, by the rule of the
 * peers' port: whoever has not shown a certificate has one of few places, and for three seconds;
 * members have places of their own. Thread-safe.
 */
final class RaftDoor extends ServerTransportFilter implements AutoCloseable {
  /** Connections of one member: the newest count, older ones may not have noticed their end. */
  private static final int OF_A_MEMBER_MAX = 16;

  /** Strangers' handshakes run where the voters' heartbeats do: on all cores. */
  private static final int SELECTORS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final NodeClock clock;
  private final Meters meters;

  // By channel: two of them may come from one address and port, the first of which is reset.
  private final Connections<Channel> strangers = new Connections<>(Connections.Limits.STRANGERS);
  private final Map<SocketAddress, Channel> open = new ConcurrentHashMap<>();
  private final Map<Integer, Deque<Channel>> members = new HashMap<>();
  private final EventLoopGroup accepting = threads("raft-accept", 1);
  private final EventLoopGroup selectors = threads("raft", SELECTORS);

  RaftDoor(NodeClock clock, Meters meters) {
    this.clock = clock;
    this.meters = meters;
  }

  private static EventLoopGroup threads(String name, int count) {
    return new NioEventLoopGroup(count, new DefaultThreadFactory(name, true));
  }

  /** Stands before that port. gRPC offers no hook at accepting but the channel that accepts. */
  NettyServerBuilder guard(NettyServerBuilder builder) {
    return builder
        .bossEventLoopGroup(accepting)
        .workerEventLoopGroup(selectors)
        .channelFactory(this::listener)
        .handshakeTimeout(Connections.Limits.STRANGERS.firstNanos(), TimeUnit.NANOSECONDS)
        .addTransportFilter(this);
  }

  private ServerChannel listener() {
    ServerChannel listener = new NioServerSocketChannel();
    // The first: what gRPC makes of a connection comes after it.
    listener.pipeline().addLast(new Accepting());
    return listener;
  }

  private final class Accepting extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      Channel accepted = (Channel) message;
      if (admits(accepted)) {
        context.fireChannelRead(accepted);
      } else {
        accepted.unsafe().closeForcibly();
      }
    }
  }

  private boolean admits(Channel accepted) {
    if (!(accepted.remoteAddress() instanceof InetSocketAddress from)) {
      return false;
    }
    Connections.Entrance<Channel> entrance =
        strangers.enter(accepted, from.getAddress(), clock.nanos());
    entrance.instead().ifPresent(RaftDoor::close);
    if (!entrance.admitted() || entrance.instead().isPresent()) {
      meters.event("limited_raft_connection");
    }
    if (entrance.admitted()) {
      open.put(from, accepted);
      var unused = accepted.closeFuture().addListener(closed -> gone(from, accepted));
    }
    return entrance.admitted();
  }

  private static void close(Channel channel) {
    var unused = channel.close();
  }

  private void gone(SocketAddress from, Channel channel) {
    boolean ignored = open.remove(from, channel);
    strangers.leave(channel);
    synchronized (members) {
      members.values().forEach(own -> own.remove(channel));
    }
  }

  /** The handshake is over, in which a certificate is demanded. */
  @Override
  public Attributes transportReady(Attributes transport) {
    SocketAddress from = transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    OptionalInt node = certified(transport);
    Channel channel = from == null ? null : open.get(from);
    if (channel == null || node.isEmpty()) {
      // It stays a stranger, and is refused whatever it asks.
      return transport;
    }
    strangers.leave(channel);
    Channel oldest = null;
    synchronized (members) {
      if (channel.isOpen()) {
        Deque<Channel> own = members.computeIfAbsent(node.getAsInt(), n -> new ArrayDeque<>());
        own.add(channel);
        oldest = own.size() > OF_A_MEMBER_MAX ? own.remove() : null;
      }
    }
    if (oldest != null) {
      close(oldest);
    }
    return transport;
  }

  /** The node that the other end's certificate names; empty if it shows none that does. */
  static OptionalInt certified(Attributes transport) {
    @Nullable SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return OptionalInt.empty();
    }
    try {
      return PeerIdentity.indexIn((X509Certificate) session.getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException e) {
      return OptionalInt.empty();
    }
  }

  /** Once the server is closed. */
  @Override
  public void close() {
    for (EventLoopGroup threads : new EventLoopGroup[] {accepting, selectors}) {
      var unused = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
