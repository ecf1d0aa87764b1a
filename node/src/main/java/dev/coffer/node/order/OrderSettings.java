package dev.coffer.node.order;

import dev.coffer.node.tls.NodeTls;
import dev.coffer.protocol.fleet.FleetId;
import java.nio.file.Path;
import java.util.List;

/**
 * What the ordering engine needs to know.
 *
 * @param node this node, 1 to n
 * @param members all nodes, this one included
 * @param directory the engine's own directory, on the same disk as the store
 * @param marker the file that remembers this node's incarnation, outside {@code directory}
 * @param partitions engine groups
 * @param electionMillis a follower that hears nothing for this long, to three times this long,
 *     stands for election; 200 suits a local network
 * @param keepEntries entries that stay in the log behind what is stored
 */
public record OrderSettings(
    FleetId fleetId,
    int node,
    List<Member> members,
    Path directory,
    Path marker,
    NodeTls tls,
    int partitions,
    int electionMillis,
    int keepEntries) {
  public OrderSettings {
    members = List.copyOf(members);
  }

  /** Where a node's engine listens. */
  public record Member(int node, String host, int port) {}

  /** The member with that number. */
  public Member member(int index) {
    return members.stream().filter(m -> m.node() == index).findFirst().orElseThrow();
  }
}
