package dev.coffer.client.port;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.time.Duration;
import java.util.Optional;

/**
 * The way to the vault. Trusted for nothing: it may lose, delay, alter or invent. Implementations
 * bound every call in time and every answer in size, make one sending a call (the client decides on
 * repetitions), and are thread-safe.
 */
public interface VaultTransport {
  /** How many replies the node should gather. */
  enum Replies {
    /** As many as the operation needs. */
    QUORUM,
    /** From every live HSM. */
    ALL
  }

  /** What became of one sending. */
  sealed interface Sent {}

  /** A body came back. Hostile until verified. */
  record Answered(Bytes body) implements Sent {}

  /** No answer: not reached, timed out, or broken off. The request may have been carried out. */
  record Unreachable() implements Sent {}

  /**
   * The node asks to come again.
   *
   * @param after its wish, not trusted
   */
  record Later(Duration after) implements Sent {}

  /** The node says that the login has expired. */
  record LoginExpired() implements Sent {}

  /** The node does not accept the login. */
  record LoginInvalid() implements Sent {}

  /** The node does not accept the message. */
  record Refused() implements Sent {}

  /** The node says that its fleet is retired. Not verified: the bundle says whether that is so. */
  record Moved() implements Sent {}

  /** Octets of the largest answer worth reading. */
  int ANSWER_MAX = 16 << 10;

  /** Octets of the largest bundle worth reading: a certificate for each of 1,024 partitions. */
  int BUNDLE_MAX = 1 << 20;

  /**
   * Posts a sealed message.
   *
   * @param admittingIndex the HSM it is sealed to, 1 to 7: a good hint which node to ask
   * @param turn counts the sendings of one exchange from 0: a later one prefers another node
   */
  Sent post(Bytes message, int admittingIndex, Replies replies, int turn);

  /** Fetches the bundle; {@code turn} as above. */
  Sent bundle(int turn);

  /**
   * A way to another fleet of the same vault, as the nodes here tell it. A hint like all that comes
   * through here: whoever answers there has to pass the same verification.
   *
   * @return empty if nobody here knows one
   */
  default Optional<VaultTransport> toward(FleetId fleet) {
    return Optional.empty();
  }

  /**
   * The same way, with the word that newer fleets were asked first. A retired fleet sends everyone
   * else on; the right code still opens there what was never moved.
   */
  default VaultTransport insisting() {
    return this;
  }
}
