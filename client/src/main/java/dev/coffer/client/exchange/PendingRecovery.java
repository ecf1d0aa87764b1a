package dev.coffer.client.exchange;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.request.RequestType;
import java.util.Optional;

/**
 * A recovery without its certified end: the attempt, and once its outcome was certified, the second
 * message, whatever the code proved to be. Not thread-safe.
 */
public final class PendingRecovery implements AutoCloseable {
  /** The second message could only be a proof. */
  private static final int VERSION_FIRST = 1;

  private static final int VERSION = 2;

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

  /** Reads this version and the first, in which an app may have stopped before its update. */
  static PendingRecovery read(CanonicalReader in) throws Rejected {
    int version = in.number(VERSION_FIRST, VERSION, in.u8(), "version");
    OpenRequest attempt = OpenRequest.read(in);
    require(attempt, RequestType.ATTEMPT);
    Blinded blinded = Blinded.read(in);
    int tag = in.number(0, version, in.u8(), "second message");
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
