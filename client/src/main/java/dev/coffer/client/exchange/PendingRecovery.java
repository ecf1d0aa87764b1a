package dev.coffer.client.exchange;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.request.RequestType;
import java.util.Arrays;
import java.util.Optional;

/**
 * A recovery without its certified end: the attempt, and once its outcome was certified, the second
 * message, whatever the code proved to be. Not thread-safe.
 */
public final class PendingRecovery implements AutoCloseable {
  /** The last version whose second message names no trail, so that no fleet takes it any more. */
  private static final int VERSION_OLD = 2;

  private static final int VERSION = 3;

  private final OpenRequest attempt;
  private final Blinded blinded;
  private final Optional<SecondMessage> second;

  private PendingRecovery(OpenRequest attempt, Blinded blinded, Optional<SecondMessage> second) {
    this.attempt = attempt;
    this.blinded = blinded;
    this.second = second;
  }

  /** An attempt that is about to be sent. */
  public static PendingRecovery attempting(OpenRequest attempt, Blinded blinded) {
    return new PendingRecovery(attempt, blinded, Optional.empty());
  }

  /** The same recovery, its second message about to be sent. */
  public PendingRecovery ending(SecondMessage next) {
    return new PendingRecovery(attempt, blinded, Optional.of(next));
  }

  /** The same recovery with its attempt to be sent again. Shares what {@link #close} erases. */
  public PendingRecovery again() {
    return attempting(attempt, blinded);
  }

  /** The attempt. */
  public OpenRequest attempt() {
    return attempt;
  }

  /** Its blinded code. */
  public Blinded blinded() {
    return blinded;
  }

  /** The second half, if it was reached. */
  public Optional<SecondMessage> second() {
    return second;
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION);
    attempt.write(out);
    blinded.write(out);
    if (second.isPresent()) {
      SecondMessage.write(second.get(), out);
    } else {
      out.u8(0);
    }
  }

  /**
   * Reads this version, and of earlier ones, in which an app may have stopped before its update,
   * the attempt: whatever the second message was, the attempt is sent again (INV-10), which is free
   * while it is open.
   */
  static PendingRecovery read(CanonicalReader in) throws Rejected {
    int version = in.number(1, VERSION, in.u8(), "version");
    OpenRequest attempt = OpenRequest.read(in);
    require(attempt, RequestType.ATTEMPT);
    Blinded blinded = Blinded.read(in);
    if (version <= VERSION_OLD) {
      byte[] rest = new byte[in.remaining()];
      in.rawInto(rest);
      Arrays.fill(rest, (byte) 0);
      return attempting(attempt, blinded);
    }
    int tag = in.number(0, 2, in.u8(), "second message");
    return tag == 0
        ? attempting(attempt, blinded)
        : new PendingRecovery(attempt, blinded, Optional.of(SecondMessage.read(tag, in)));
  }

  static void require(OpenRequest open, RequestType type) throws Rejected {
    if (open.request().type() != type) {
      throw new Rejected(RejectionCode.NOT_CANONICAL, "kept request");
    }
  }

  /** Erases what is secret in it. */
  @Override
  public void close() {
    attempt.close();
    blinded.close();
    second.ifPresent(message -> message.success().close());
  }

  @Override
  public String toString() {
    return "PendingRecovery[redacted]";
  }
}
