package dev.coffer.verification.torture;

import dev.coffer.client.port.VaultTransport;
import dev.coffer.protocol.codec.Bytes;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A device's way to the fleet that loses answers: a request that was carried out is sent again, or
 * the device is gone when its answer comes. One thread.
 */
final class LossyTransport implements VaultTransport {
  private static final int LOST_OF_A_HUNDRED = 4;

  private final VaultTransport inner;
  private final SplittableRandom random;
  private final Consumer<Bytes> heard;
  private boolean dying;

  /** The device is gone: its request is out. */
  static final class DeviceGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeviceGone() {
      super("the device is gone");
    }
  }

  /**
   * @param heard gets each answer to a message that arrives, before the device does
   */
  LossyTransport(VaultTransport inner, SplittableRandom random, Consumer<Bytes> heard) {
    this.inner = inner;
    this.random = random;
    this.heard = heard;
  }

  /** With the next message that is sent the device ends. */
  void dying(boolean soon) {
    dying = soon;
  }

  @Override
  public Sent post(Bytes message, int admittingIndex, Replies replies, int turn) {
    Sent sent = inner.post(message, admittingIndex, replies, turn);
    if (dying) {
      throw new DeviceGone();
    }
    boolean lost = random.nextInt(100) < LOST_OF_A_HUNDRED;
    if (lost && sent instanceof Answered) {
      return new Unreachable();
    }
    if (sent instanceof Answered answered) {
      heard.accept(answered.body());
    }
    return sent;
  }

  @Override
  public Sent bundle(int turn) {
    return inner.bundle(turn);
  }
}
