package dev.coffer.ceremony.plan;

import dev.coffer.files.HostName;
import dev.coffer.protocol.codec.Limits;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

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
 * @param exchangePort where the other sites fetch its files in the ceremony; empty if people carry
 *     them
 */
public record Site(
    int index,
    String name,
    String host,
    int httpPort,
    int peerPort,
    int raftPort,
    Optional<Hardware> hardware,
    OptionalInt exchangePort) {
  static final int SITES_MAX = Limits.HSMS_MAX;

  Site with(Hardware planned) {
    return new Site(
        index, name, host, httpPort, peerPort, raftPort, Optional.of(planned), exchangePort);
  }

  Site exchangingAt(int port) {
    return new Site(
        index, name, host, httpPort, peerPort, raftPort, hardware, OptionalInt.of(port));
  }

  private List<Integer> ports() {
    return Stream.concat(Stream.of(httpPort, peerPort, raftPort), exchangePort.stream().boxed())
        .toList();
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
    return sameMachine(other) && !Collections.disjoint(ports(), other.ports());
  }

  /** Its ports are ports, and differ. */
  boolean distinct() {
    return ports().stream().allMatch(port -> port > 0)
        && new HashSet<>(ports()).size() == ports().size();
  }

  /** How messages name it. */
  public String called() {
    return "site " + index + " (" + name + ")";
  }
}
