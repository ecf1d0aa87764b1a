package dev.coffer.ceremony.plan;

import dev.coffer.files.HostName;
import dev.coffer.protocol.codec.Limits;
import java.util.Optional;
import java.util.Set;

/**
 * One site of a fleet, and where its node is reached.
 *
 * @param index 1 to n; its HSM has the same
 * @param name for people
 * @param host a {@link HostName}
 * @param httpPort for clients
 * @param peerPort for calls of the other nodes
 * @param raftPort for the order
 * @param hardware what its HSM has to be; empty if the plan leaves it open
 */
public record Site(
    int index,
    String name,
    String host,
    int httpPort,
    int peerPort,
    int raftPort,
    Optional<Hardware> hardware) {
  static final int SITES_MAX = Limits.HSMS_MAX;

  Site with(Hardware planned) {
    return new Site(index, name, host, httpPort, peerPort, raftPort, Optional.of(planned));
  }

  /** Whether only its own machine reaches it. */
  boolean loopback() {
    return HostName.ownMachineOnly(host);
  }

  /** Whether both name one machine, however they spell it. */
  boolean sameMachine(Site other) {
    return HostName.canonical(host).equals(HostName.canonical(other.host));
  }

  /** Whether one of its ports is one of {@code other}'s, or of its own twice. */
  boolean collides(Site other) {
    Set<Integer> ports = Set.of(other.httpPort, other.peerPort, other.raftPort);
    return sameMachine(other)
        && (ports.contains(httpPort) || ports.contains(peerPort) || ports.contains(raftPort));
  }

  /** Its three ports differ. */
  boolean distinct() {
    return httpPort != peerPort && peerPort != raftPort && raftPort != httpPort;
  }

  /** How messages name it. */
  public String called() {
    return "site " + index + " (" + name + ")";
  }
}
