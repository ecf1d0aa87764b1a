package dev.coffer.protocol.request;

import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import java.util.Optional;

/**
 * The canonical plaintext of a client's message. It is kept and repeated octet for octet on a
 * retry; {@link #hash} over all of it decides whether something is a retry (INV-8). Redacted text:
 * it names an account, and its proofs and elements belong in no log.
 */
public sealed interface Request {
  /** Subject, seenK, encapsulations. */
  RequestHeader header();

  /** Which of the five. */
  RequestType type();

  /** The element that this asks to have evaluated, 32 octets. */
  default Optional<Bytes> blinded() {
    if (this instanceof RegisterStart start) {
      return Optional.of(start.blindedElement());
    }
    return this instanceof Attempt attempt
        ? Optional.of(attempt.blindedElement())
        : Optional.empty();
  }

  /** Asks for shares of a fresh nonce's key applied to {@code blindedElement} (32 octets). */
  record RegisterStart(RequestHeader header, RegistrationId id, Bytes blindedElement)
      implements Request {
    @Override
    public RequestType type() {
      return RequestType.REGISTER_START;
    }

    @Override
    public String toString() {
      return "RegisterStart[redacted]";
    }
  }

  /** Stores a registration made with the evaluation at (k, position). */
  record RegisterFinish(
      RequestHeader header,
      long k,
      int position,
      Registration registration,
      Authorisation authorisation)
      implements Request {
    @Override
    public RequestType type() {
      return RequestType.REGISTER_FINISH;
    }

    @Override
    public String toString() {
      return "RegisterFinish[redacted]";
    }
  }

  /** One guess: shares of the live key applied to {@code blindedElement} (32 octets). */
  record Attempt(RequestHeader header, AttemptId id, Bytes blindedElement) implements Request {
    @Override
    public RequestType type() {
      return RequestType.ATTEMPT;
    }

    @Override
    public String toString() {
      return "Attempt[redacted]";
    }
  }

  /**
   * The proof that an attempt's code was right; after a wrong code the same with a random proof
   * (INV-10).
   *
   * @param attemptRequest the hash of that attempt's request
   * @param attemptNumber the number its certified outcome gave it
   * @param trailBefore the account's trail before it, as its certified outcome gave it, 32 octets:
   *     on a chain where other attempts were counted before this one, the success proves nothing
   * @param generation the registration it was made against
   * @param proof Ed25519 by authKey over {@link SignedTexts#recoveryProof}, 64 octets
   */
  record Success(
      RequestHeader header,
      AttemptId id,
      RequestHash attemptRequest,
      long attemptNumber,
      Bytes trailBefore,
      long generation,
      Bytes proof)
      implements Request {
    @Override
    public RequestType type() {
      return RequestType.SUCCESS;
    }

    @Override
    public String toString() {
      return "Success[redacted]";
    }
  }

  /** Deletes the registration of {@code generation}. */
  record Delete(RequestHeader header, long generation, Authorisation authorisation)
      implements Request {
    @Override
    public RequestType type() {
      return RequestType.DELETE;
    }

    @Override
    public String toString() {
      return "Delete[redacted]";
    }
  }

  /** The same with {@link Authorisation.None}: what an authorisation is given for. */
  default Request bare() {
    if (this instanceof RegisterFinish f) {
      return new RegisterFinish(
          f.header(), f.k(), f.position(), f.registration(), new Authorisation.None());
    }
    return this instanceof Delete d
        ? new Delete(d.header(), d.generation(), new Authorisation.None())
        : this;
  }

  /** The canonical encoding, unpadded. */
  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(type().number());
    header().write(out);
    if (this instanceof RegisterStart start) {
      out.raw(start.id().value()).raw(start.blindedElement());
    } else if (this instanceof RegisterFinish finish) {
      out.u64(finish.k()).u16(finish.position());
      finish.registration().write(out);
      Authorisation.write(finish.authorisation(), out);
    } else if (this instanceof Attempt attempt) {
      out.raw(attempt.id().value()).raw(attempt.blindedElement());
    } else if (this instanceof Success success) {
      out.raw(success.id().value()).raw(success.attemptRequest().value());
      out.u64(success.attemptNumber()).raw(success.trailBefore());
      out.u64(success.generation()).raw(success.proof());
    } else if (this instanceof Delete delete) {
      out.u64(delete.generation());
      Authorisation.write(delete.authorisation(), out);
    }
    return out.toBytes();
  }

  /** Decodes {@link #encode}. */
  static Request decode(Bytes encoded) throws Rejected {
    return decode(new CanonicalReader(encoded));
  }

  private static Request decode(CanonicalReader in) throws Rejected {
    RequestType type = RequestType.of(in.u8());
    RequestHeader header = RequestHeader.read(in);
    Request request =
        switch (type) {
          case REGISTER_START ->
              new RegisterStart(
                  header, new RegistrationId(in.raw(Limits.DIGEST)), in.raw(Limits.DIGEST));
          case REGISTER_FINISH ->
              new RegisterFinish(
                  header,
                  in.u64(),
                  in.number(0, Limits.OPERATIONS_MAX - 1, in.u16(), "position"),
                  Registration.read(in),
                  Authorisation.read(in));
          case ATTEMPT ->
              new Attempt(header, new AttemptId(in.raw(Limits.DIGEST)), in.raw(Limits.DIGEST));
          case SUCCESS ->
              new Success(
                  header,
                  new AttemptId(in.raw(Limits.DIGEST)),
                  new RequestHash(in.raw(Limits.DIGEST)),
                  in.u64(),
                  in.raw(Limits.DIGEST),
                  in.u64(),
                  in.raw(Limits.SIGNATURE));
          case DELETE -> new Delete(header, in.u64(), Authorisation.read(in));
        };
    in.end();
    return request;
  }

  /** H(request). */
  default RequestHash hash() {
    return new RequestHash(Hashes.sha256(Label.REQUEST_HASH.tuple().field(encode())));
  }

  /** u16 length ‖ encoding ‖ zeros, to the size of its type. */
  default Bytes pad() {
    CanonicalWriter out = new CanonicalWriter().string(encode());
    Invariant.check(out.size() <= type().paddedSize(), "a request fits its padded size");
    return out.raw(Bytes.zeros(type().paddedSize() - out.size())).toBytes();
  }

  /** Undoes {@link #pad}. */
  static Request unpad(Bytes padded) throws Rejected {
    return unpad(new CanonicalReader(padded));
  }

  /** Undoes {@link #pad}, and leaves no copy of the whole. */
  static Request unpad(CanonicalReader in) throws Rejected {
    int size = in.remaining();
    Request request = decode(in.within(Limits.REQUEST_LARGE, "request"));
    in.padding();
    in.number(request.type().paddedSize(), request.type().paddedSize(), size, "padded size");
    return request;
  }
}
