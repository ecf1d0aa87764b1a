package dev.coffer.node.order;

import dev.coffer.node.core.Meters;
import dev.coffer.node.core.NodeClock;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;

/** One node's Ratis server: a group a partition. Thread-safe. */
public final class RatisOrdering implements AutoCloseable {
  private final RaftServer server;
  private final List<RatisOrderer> orderers;
  private final ExecutorService catchUps;
  private final VoterConnections connections;
  private final RaftDoor door;

  private RatisOrdering(
      RaftServer server,
      List<RatisOrderer> orderers,
      ExecutorService catchUps,
      VoterConnections connections,
      RaftDoor door) {
    this.server = server;
    this.orderers = List.copyOf(orderers);
    this.catchUps = catchUps;
    this.connections = connections;
    this.door = door;
  }

  /**
   * Starts voting under {@code identity}. A NEW identity starts without voters and waits for a
   * leader to put it in.
   *
   * @param logs one a partition, by number
   * @param meters told of connections that had no place
   * @throws IOException if the port or the directory cannot be had
   */
  public static RatisOrdering start(
      OrderSettings settings,
      VoterIdentity identity,
      List<? extends OrderedLog> logs,
      Meters meters)
      throws IOException {
    ExecutorService catchUps =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().name("catch-up").factory());
    PeerName self = new PeerName(settings.node(), identity.name().incarnation());
    ClientId client = ClientId.randomId();
    AtomicLong calls = new AtomicLong();
    List<RatisOrderer> orderers = new ArrayList<>();
    Map<RaftGroupId, LogStateMachine> machines = new HashMap<>();
    List<RaftGroup> groups = new ArrayList<>();
    for (int partition = 0; partition < logs.size(); partition++) {
      RaftGroupId id = groupId(settings.fleetId(), partition, identity.order());
      RaftGroup group =
          identity.founder()
              ? RaftGroup.valueOf(id, founders(settings, identity))
              : RaftGroup.valueOf(id);
      RatisOrderer orderer =
          new RatisOrderer(settings, self, group.getGroupId(), client, calls, logs.get(partition));
      orderers.add(orderer);
      groups.add(group);
      machines.put(id, new LogStateMachine(logs.get(partition), catchUps, orderer));
    }
    TermCeiling ceiling = TermCeiling.open(settings, identity);
    RaftDoor door = new RaftDoor(NodeClock.system(), meters);
    RaftProperties properties = RatisProperties.of(settings);
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(self.toString()))
            .setStateMachineRegistry(machines::get)
            .setProperties(properties)
            .setParameters(parameters(settings, self, ceiling, door))
            // The directory has been judged by VoterIdentity; a fresh one is formatted.
            .setOption(StartupOption.RECOVER)
            .setGroup(groups.get(0))
            .build();
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      door.close();
      throw e;
    }
    for (RaftGroup group : groups.subList(1, groups.size())) {
      if (!has(server, group.getGroupId())) {
        server.groupManagement(
            GroupManagementRequest.newAdd(client, server.getId(), calls.incrementAndGet(), group));
      }
    }
    for (int i = 0; i < orderers.size(); i++) {
      orderers.get(i).attach(server, server.getDivision(groups.get(i).getGroupId()));
    }
    VoterConnections connections =
        VoterConnections.keep(server, groups.stream().map(RaftGroup::getGroupId).toList());
    return new RatisOrdering(server, orderers, catchUps, connections, door);
  }

  private static boolean has(RaftServer server, RaftGroupId id) {
    for (RaftGroupId known : server.getGroupIds()) {
      if (known.equals(id)) {
        return true;
      }
    }
    return false;
  }

  /** The group of a partition in the order of that number. */
  static RaftGroupId groupId(FleetId fleetId, int partition, long order) {
    CanonicalWriter name =
        new CanonicalWriter().field("coffer/v1/raft-group").field(fleetId.value()).field(partition);
    if (order != 1) {
      name.u64(order);
    }
    ByteBuffer hash = ByteBuffer.wrap(Hashes.sha256(name.toBytes()).toByteArray());
    return RaftGroupId.valueOf(new UUID(hash.getLong(), hash.getLong()));
  }

  /** Where the engine keeps a group's log. */
  static Path logFolder(Path directory, RaftGroupId group) {
    return directory.resolve(group.getUuid().toString()).resolve("current");
  }

  private static List<RaftPeer> founders(OrderSettings settings, VoterIdentity identity) {
    return settings.members().stream().map(member -> peer(member, identity.order())).toList();
  }

  static RaftPeer peer(OrderSettings.Member member, long incarnation) {
    return RaftPeer.newBuilder()
        .setId(new PeerName(member.node(), incarnation).toString())
        .setAddress(member.host() + ":" + member.port())
        .build();
  }

  private static Parameters parameters(
      OrderSettings settings, PeerName self, TermCeiling ceiling, RaftDoor door) {
    Parameters parameters = new Parameters();
    GrpcTlsConfig tls =
        // Managers and not files: they are asked at each handshake, and so show what is installed.
        new GrpcTlsConfig(settings.tls().keys(), settings.tls().trust(), true);
    GrpcConfigKeys.TLS.setConf(parameters, tls);
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, new PeerGate(self, ceiling, door, NodeClock.system()));
    VoteGate.keep(parameters, ceiling);
    return parameters;
  }

  /** Keeps the connections to the other voters. */
  VoterConnections connections() {
    return connections;
  }

  /** The orderer of a partition. */
  public Orderer orderer(int partition) {
    return orderers.get(partition);
  }

  /** Stops taking part. May take a second or two; a process that must stop halts instead. */
  @Override
  public void close() {
    connections.close();
    orderers.forEach(RatisOrderer::close);
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException("the ordering engine did not close", e);
    } finally {
      catchUps.shutdownNow();
      door.close();
    }
  }
}
