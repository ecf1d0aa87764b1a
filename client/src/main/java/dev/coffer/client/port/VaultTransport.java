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

  /** The kinds of {@link Sent}, for switches that leave none out. */
  enum Kind {
    ANSWERED,
    UNREACHABLE,
    LATER,
    LOGIN_EXPIRED,
    LOGIN_INVALID,
    REFUSED,
    MOVED
  }

  /** What became of one sending. */
  sealed interface Sent {
    /** Which of them this is. */
    Kind kind();
  }

  /** A body came back. Hostile until verified. */
  record Answered(Bytes body) implements Sent {
    @Override
    public Kind kind() {
      return Kind.ANSWERED;
    }
  }

  /** No answer: not reached, timed out, or broken off. The request may have been carried out. */
  record Unreachable() implements Sent {
    @Override
    public Kind kind() {
      return Kind.UNREACHABLE;
    }
  }

  /**
   * The node asks to come again.
   *
   * @param after its wish, not trusted
   */
  record Later(Duration after) implements Sent {
    @Override
    public Kind kind() {
      return Kind.LATER;
    }
  }

  /** The node says that the login has expired. */
  record LoginExpired() implements Sent {
    @Override
    public Kind kind() {
      return Kind.LOGIN_EXPIRED;
    }
  }

  /** The node does not accept the login. */
  record LoginInvalid() implements Sent {
    @Override
    public Kind kind() {
      return Kind.LOGIN_INVALID;
    }
  }

  /** The node does not accept the message. */
  record Refused() implements Sent {
    @Override
    public Kind kind() {
      return Kind.REFUSED;
    }
  }

  /** The node says that its fleet is retired. Not verified: the bundle says whether that is so. */
  record Moved() implements Sent {
    @Override
    public Kind kind() {
      return Kind.MOVED;
    }
  }

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

  /** Octets of the longest address worth keeping. */
  int ADDRESS_MAX = 1500;

  /**
   * A way to another fleet of the same vault, as one node here tells it. A hint like all that comes
   * through here: whoever answers there has to pass the same verification, and where nobody does,
   * another node is asked.
   *
   * @param turn as above
   * @return empty if that node knows none
   */
  default Optional<VaultTransport> toward(FleetId fleet, int turn) {
    return Optional.empty();
  }

  /**
   * Where this way leads, in words that {@link #at} understands after the app has been started
   * again: at most {@link #ADDRESS_MAX} octets. Empty if it cannot be said.
   */
  default Optional<String> address() {
    return Optional.empty();
  }

  /** The way to where an earlier one led; empty if the address makes no sense. */
  default Optional<VaultTransport> at(String address) {
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
