package dev.coffer.client.exchange;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.outcome.AttemptPayload;
import dev.coffer.protocol.request.RequestType;
import java.util.Optional;

/**
 * A recovery without its certified end: the attempt, and once the code proved right, the proof of
 * it. Not thread-safe.
 */
public final class PendingRecovery implements AutoCloseable {
  private static final int VERSION = 1;

  private final OpenRequest attempt;
  private final Blinded blinded;
  private final Optional<Proof> proof;

  /**
   * The second half.
   *
   * @param evaluated the combined evaluation, 32 octets: with the code it gives every key again
   * @param payload of the certified attempt
   * @param registrationHash of the certified attempt
   * @param guessesUsed since the last success, this attempt's own included, 1 to 10
   */
  public record Proof(
      Bytes evaluated,
      AttemptPayload payload,
      Bytes registrationHash,
      int guessesUsed,
      OpenRequest success) {
    @Override
    public String toString() {
      return "Proof[redacted]";
    }
  }

  private PendingRecovery(OpenRequest attempt, Blinded blinded, Optional<Proof> proof) {
    this.attempt = attempt;
    this.blinded = blinded;
    this.proof = proof;
  }

  /** An attempt that is about to be sent. */
  public static PendingRecovery attempting(OpenRequest attempt, Blinded blinded) {
    return new PendingRecovery(attempt, blinded, Optional.empty());
  }

  /** The same recovery, its proof about to be sent. */
  public PendingRecovery proving(Proof next) {
    return new PendingRecovery(attempt, blinded, Optional.of(next));
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
  public Optional<Proof> proof() {
    return proof;
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION);
    attempt.write(out);
    blinded.write(out);
    out.bool(proof.isPresent());
    if (proof.isPresent()) {
      out.raw(proof.get().evaluated()).string(proof.get().payload().encode());
      out.raw(proof.get().registrationHash()).u8(proof.get().guessesUsed());
      proof.get().success().write(out);
    }
  }

  static PendingRecovery read(CanonicalReader in) throws Rejected {
    in.number(VERSION, VERSION, in.u8(), "version");
    OpenRequest attempt = OpenRequest.read(in);
    require(attempt, RequestType.ATTEMPT);
    Blinded blinded = Blinded.read(in);
    if (!in.bool()) {
      return attempting(attempt, blinded);
    }
    Bytes evaluated = in.raw(Limits.DIGEST);
    AttemptPayload payload = AttemptPayload.decode(in.string(Limits.PAYLOAD_MAX, "payload"));
    Bytes registrationHash = in.raw(Limits.DIGEST);
    int guessesUsed = in.number(1, Limits.GUESSES_MAX, in.u8(), "guesses used");
    OpenRequest success = OpenRequest.read(in);
    require(success, RequestType.SUCCESS);
    return new PendingRecovery(
        attempt,
        blinded,
        Optional.of(new Proof(evaluated, payload, registrationHash, guessesUsed, success)));
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
    proof.ifPresent(p -> p.success().close());
  }

  @Override
  public String toString() {
    return "PendingRecovery[redacted]";
  }
}
