package dev.coffer.ceremony.plan;

import dev.coffer.protocol.codec.Limits;
import java.util.Set;

/**
 * One site of a fleet, and where its node is reached.
 *
 * @param index 1 to n; its HSM has the same
 * @param name for people
 * @param host a name or literal address
 * @param httpPort for clients
 * @param peerPort for calls of the other nodes
 * @param raftPort for the order
 */
public record Site(int index, String name, String host, int httpPort, int peerPort, int raftPort) {
  static final int SITES_MAX = Limits.HSMS_MAX;

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

  /** Whether only its own machine reaches it. */
  boolean loopback() {
    return LOOPBACK.contains(host);
  }

  /** Whether one of its ports is one of {@code other}'s, or of its own twice. */
  boolean collides(Site other) {
    Set<Integer> ports = Set.of(other.httpPort, other.peerPort, other.raftPort);
    return host.equals(other.host)
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
