package dev.coffer.node.http;

import dev.coffer.node.core.NodeClock;
import dev.coffer.node.door.Connections;
import dev.coffer.node.door.Door;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port where each connection is counted before a single octet of it is read: who has no place is
 * closed at once, which costs less than anything that could be said to him. Thread-safe.
 */
final class GuardedConnector extends ServerConnector {
  private static final Logger LOOK = LoggerFactory.getLogger(GuardedConnector.class);
  private static final int BACKLOG = 1_024;

  private final Door door;
  private final Connections<SocketChannel> connections;
  private final NodeClock clock;

  /** Those that the library has made something of: closing the channel alone would leave that. */
  private final Map<SocketChannel, EndPoint> open = new ConcurrentHashMap<>();

  GuardedConnector(
      Server server,
      Door door,
      Connections.Limits limits,
      NodeClock clock,
      int selectors,
      ConnectionFactory... factories) {
    super(server, null, null, null, 1, selectors, factories);
    this.door = door;
    this.connections = new Connections<>(limits);
    this.clock = clock;
    setAcceptQueueSize(BACKLOG);
  }

  @Override
  protected SelectorManager newSelectorManager(
      Executor executor, Scheduler scheduler, int selectors) {
    return new Counting(executor, scheduler, selectors);
  }

  /** Below TLS there is one end point more. */
  private static SocketChannel channel(EndPoint point) {
    return point instanceof EndPoint.Wrapper tls
        ? channel(tls.unwrap())
        : (SocketChannel) point.getTransport();
  }

  private static SocketChannel channel(Request request) {
    return channel(request.getConnectionMetaData().getConnection().getEndPoint());
  }

  /** A request's head is here: what is to be told of the rest. */
  Exchange.Progress progress(Request request) {
    SocketChannel channel = channel(request);
    connections.reads(channel, clock.nanos());
    Request.addCompletionListener(request, failure -> connections.rests(channel, clock.nanos()));
    return new Exchange.Progress() {
      @Override
      public void works() {
        connections.works(channel, clock.nanos());
      }

      @Override
      public void writes() {
        connections.writes(channel, clock.nanos());
      }
    };
  }

  /** Closes whoever takes too long. */
  void look() {
    try {
      connections.overdue(clock.nanos()).forEach(this::close);
    } catch (RuntimeException e) {
      // Whoever looks has to come again.
      LOOK.warn("Closing late connections failed", e);
    }
  }

  private void close(SocketChannel channel) {
    EndPoint point = open.get(channel);
    if (point != null) {
      point.close();
    } else {
      closeQuietly(channel);
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  private final class Counting extends ServerConnectorManager {
    Counting(Executor executor, Scheduler scheduler, int selectors) {
      super(executor, scheduler, selectors);
    }

    @Override
    public void accept(SelectableChannel accepted, Object attachment) {
      SocketChannel channel = (SocketChannel) accepted;
      if (!(channel.socket().getRemoteSocketAddress() instanceof InetSocketAddress from)
          || !door.connects(from.getAddress())) {
        closeQuietly(channel);
        return;
      }
      Connections.Entrance<SocketChannel> entrance =
          connections.enter(channel, from.getAddress(), clock.nanos());
      entrance.instead().ifPresent(GuardedConnector.this::close);
      if (entrance.admitted()) {
        super.accept(channel, attachment);
      } else {
        closeQuietly(channel);
      }
    }

    @Override
    public Connection newConnection(SelectableChannel channel, EndPoint endpoint, Object attachment)
        throws IOException {
      open.put((SocketChannel) channel, endpoint);
      return super.newConnection(channel, endpoint, attachment);
    }

    @Override
    protected void endPointClosed(EndPoint endpoint) {
      gone(channel(endpoint));
      super.endPointClosed(endpoint);
    }

    @Override
    protected void onAcceptFailed(SelectableChannel channel, Throwable cause, Object attachment) {
      gone((SocketChannel) channel);
      super.onAcceptFailed(channel, cause, attachment);
    }

    private void gone(SocketChannel channel) {
      open.remove(channel);
      connections.leave(channel);
    }
  }
}
