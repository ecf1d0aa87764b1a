package dev.coffer.client.exchange;

import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.request.RequestType;
import java.util.Optional;

/**
 * An enrolment without its certified end: the start, and once it was confirmed, the finish. Not
 * thread-safe.
 */
public final class PendingEnrolment implements AutoCloseable {
  private static final int VERSION = 1;

  private final OpenRequest start;
  private final Blinded blinded;
  private final Optional<Finish> finish;

  /**
   * The second half.
   *
   * @param replaces whether a registration was alive when it was made
   */
  public record Finish(OpenRequest request, boolean replaces) {}

  private PendingEnrolment(OpenRequest start, Blinded blinded, Optional<Finish> finish) {
    this.start = start;
    this.blinded = blinded;
    this.finish = finish;
  }

  /** A start that is about to be sent. */
  public static PendingEnrolment starting(OpenRequest start, Blinded blinded) {
    return new PendingEnrolment(start, blinded, Optional.empty());
  }

  /** The same enrolment, its finish about to be sent. */
  public PendingEnrolment finishing(Finish next) {
    return new PendingEnrolment(start, blinded, Optional.of(next));
  }

  /** The start. */
  public OpenRequest start() {
    return start;
  }

  /** Its blinded code. */
  public Blinded blinded() {
    return blinded;
  }

  /** The second half, if it was reached. */
  public Optional<Finish> finish() {
    return finish;
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION);
    start.write(out);
    blinded.write(out);
    out.bool(finish.isPresent());
    if (finish.isPresent()) {
      out.bool(finish.get().replaces());
      finish.get().request().write(out);
    }
  }

  static PendingEnrolment read(CanonicalReader in) throws Rejected {
    in.number(VERSION, VERSION, in.u8(), "version");
    OpenRequest start = OpenRequest.read(in);
    PendingRecovery.require(start, RequestType.REGISTER_START);
    Blinded blinded = Blinded.read(in);
    if (!in.bool()) {
      return starting(start, blinded);
    }
    boolean replaces = in.bool();
    OpenRequest finish = OpenRequest.read(in);
    PendingRecovery.require(finish, RequestType.REGISTER_FINISH);
    return new PendingEnrolment(start, blinded, Optional.of(new Finish(finish, replaces)));
  }

  /** Erases what is secret in it. */
  @Override
  public void close() {
    start.close();
    blinded.close();
    finish.ifPresent(f -> f.request().close());
  }

  @Override
  public String toString() {
    return "PendingEnrolment[redacted]";
  }
}
