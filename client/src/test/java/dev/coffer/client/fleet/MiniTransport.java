package dev.coffer.client.fleet;

import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.VaultAnswer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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

  /** Called before every sending: throws where a test lets the app crash. */
  public Runnable beforePost = () -> {};

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
  public Sent bundle(int turn) {
    return new Answered(tamperBundle.apply(fleet.delivery()).encode());
  }
}
