package dev.coffer.node.peer;

import dev.coffer.protocol.codec.Bytes;
import java.time.Duration;
import java.util.Optional;

/**
 * The port to the other nodes. Thread-safe. A peer is trusted for nothing but being the node its
 * certificate names.
 */
public interface Peers {
  /**
   * Asks and waits.
   *
   * @param node 1 to n, not this node
   * @return the answer, at most {@link Frame#BODY_MAX} octets, unverified
   * @throws Refusal if the peer refuses; {@code UNREACHABLE} if it cannot be reached or does not
   *     answer in time, and then it may or may not have acted
   */
  Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline)
      throws Refusal, InterruptedException;

  /**
   * Tells without waiting. Returns false if it was dropped because the peer is away or slow; true
   * says nothing about arrival.
   */
  boolean tell(int node, PeerMethod method, Bytes body);

  /** Whether there is a live link to {@code node} now. */
  boolean reachable(int node);

  /**
   * Why {@code node}, which listens, and this node do not accept each other, as far as is known.
   */
  default Optional<String> trouble(int node) {
    return Optional.empty();
  }
}
