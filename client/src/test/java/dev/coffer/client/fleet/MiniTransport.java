package dev.coffer.client.fleet;

import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.VaultAnswer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The way to a {@link MiniFleet}, through hosts that misbehave as told. Not thread-safe. */
public final class MiniTransport implements VaultTransport {
  /** One sending's fate. */
  public enum Fate {
    DELIVERED,
    LOST_BEFORE,
    LOST_AFTER,
    LATER,
    LOGIN_EXPIRED,
    REFUSED
  }

  private final MiniFleet fleet;
  private final Deque<Fate> fates = new ArrayDeque<>();
  private final List<String> traffic = new ArrayList<>();
  private final List<Integer> admitting = new ArrayList<>();

  /** The fate of sendings for which none was named. */
  public Fate fate = Fate.DELIVERED;

  /** What hosts make of every answer. */
  public UnaryOperator<VaultAnswer> tamper = UnaryOperator.identity();

  /** What hosts make of every bundle. */
  public UnaryOperator<FleetDelivery> tamperBundle = UnaryOperator.identity();

  /** Other fleets that hosts here know the way to. */
  public final Map<FleetId, MiniTransport> others = new HashMap<>();

  /** What single nodes say instead, by turn. */
  public final Map<Integer, Map<FleetId, MiniTransport>> directories = new HashMap<>();

  /** Where this leads, in words that a client can keep. */
  public Optional<String> address = Optional.empty();

  /** Whether the fleet is retired: it answers only those who insist. */
  public boolean retired;

  /** Whether nobody answers. */
  public boolean away;

  private boolean insisting;

  /** Called before every sending: throws where a test lets the app crash. */
  public Runnable beforePost = () -> {};

  /** Called before every sending that wishes for a quorum's replies: second messages do. */
  public Runnable beforeSecond = () -> {};

  /** Called after the fleet has worked and before the answer is seen. */
  public Runnable afterPost = () -> {};

  public MiniTransport(MiniFleet fleet) {
    this.fleet = fleet;
  }

  /** The fates of the next sendings. */
  public MiniTransport next(Fate... next) {
    fates.addAll(List.of(next));
    return this;
  }

  /** What a host sees of every sending: size and wished replies. */
  public List<String> traffic() {
    return traffic;
  }

  /** The HSMs that messages were sealed to. */
  public List<Integer> admitting() {
    return admitting;
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
    beforePost.run();
    if (replies == Replies.QUORUM) {
      beforeSecond.run();
    }
    if (away) {
      return new Unreachable();
    }
    if (retired && !insisting) {
      return new Moved();
    }
    traffic.add(message.size() + " " + replies);
    admitting.add(admittingIndex);
    Fate now = fates.isEmpty() ? fate : fates.remove();
    switch (now) {
      case LOST_BEFORE -> {
        return new Unreachable();
      }
      case LATER -> {
        return new Later(Duration.ofSeconds(1));
      }
      case LOGIN_EXPIRED -> {
        return new LoginExpired();
      }
      case REFUSED -> {
        return new Refused();
      }
      case DELIVERED, LOST_AFTER -> {}
    }
    try {
      VaultAnswer answer = fleet.process(message, replies == Replies.ALL);
      afterPost.run();
      return now == Fate.LOST_AFTER
          ? new Unreachable()
          : new Answered(tamper.apply(answer).encode());
    } catch (Rejected e) {
      return new Refused();
    }
  }

  @Override
  public Optional<VaultTransport> toward(FleetId other, int turn) {
    return away
        ? Optional.empty()
        : Optional.ofNullable(directories.getOrDefault(turn, others).get(other));
  }

  @Override
  public Optional<String> address() {
    return address;
  }

  @Override
  public Optional<VaultTransport> at(String there) {
    return others.values().stream()
        .filter(way -> way.address.equals(Optional.of(there)))
        .map(VaultTransport.class::cast)
        .findFirst();
  }

  @Override
  public VaultTransport insisting() {
    MiniTransport all = this;
    return new VaultTransport() {
      @Override
      public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
        insisting = true;
        try {
          return all.post(message, admittingIndex, replies, turn);
        } finally {
          insisting = false;
        }
      }

      @Override
      public Sent bundle(int turn) {
        return all.bundle(turn);
      }
    };
  }

  @Override
  public Sent bundle(int turn) {
    return away ? new Unreachable() : new Answered(tamperBundle.apply(fleet.delivery()).encode());
  }
}
