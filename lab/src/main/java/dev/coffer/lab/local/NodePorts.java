package dev.coffer.lab.local;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.cli.home.FleetPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The loopback ports of one node.
 *
 * @param https for clients
 * @param peers for the other nodes
 * @param order for the ordering engine
 * @param metrics for whoever counts; empty in homes that an earlier version founded
 */
record NodePorts(int https, int peers, int order, OptionalInt metrics) {
  private static final int A_NODE = FleetPlan.PORTS_A_NODE;

  /**
   * Ports for {@code nodes} nodes.
   *
   * @param base the first of consecutive ones, validated by {@link FleetPlan}; 0 for any that are
   *     free now
   */
  static List<NodePorts> choose(int nodes, int base) throws Failure, IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < nodes * A_NODE; i++) {
        // All are held until all are chosen, so that no two are the same.
        sockets.add(open(base == 0 ? 0 : base + i));
      }
      List<NodePorts> chosen = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        chosen.add(
            new NodePorts(
                sockets.get(A_NODE * i).getLocalPort(),
                sockets.get(A_NODE * i + 1).getLocalPort(),
                sockets.get(A_NODE * i + 2).getLocalPort(),
                OptionalInt.of(sockets.get(A_NODE * i + 3).getLocalPort())));
      }
      return chosen;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Fails with the port's number if one of these is taken. */
  void checkFree() throws Failure, IOException {
    for (int port : new int[] {https, peers, order}) {
      open(port).close();
    }
    if (metrics.isPresent()) {
      open(metrics.getAsInt()).close();
    }
  }

  private static ServerSocket open(int port) throws Failure, IOException {
    ServerSocket socket = new ServerSocket();
    try {
      // As servers do it: connections of an earlier run that are still fading away are no obstacle.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new Failure(
          ExitCode.HERE,
          "Port " + port + " on this machine is in use.",
          "Stop the program that uses it and run the command again, or found another fleet with --home and --ports.");
    }
  }
}
