package dev.coffer.client.exchange;

import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A request with the contexts that open its replies, one an HSM. Kept and repeated octet for octet
 * until a certified outcome verifies (INV-8). Holds secrets, hence no record. Not thread-safe.
 */
public final class OpenRequest implements AutoCloseable {
  private final Request request;
  private final List<Hpke.Exporter> exporters;

  private OpenRequest(Request request, List<Hpke.Exporter> exporters) {
    this.request = request;
    this.exporters = List.copyOf(exporters);
  }

  /** Opens a request: fresh encapsulations for every HSM, then the rest around them. */
  public static OpenRequest open(
      Randomness randomness,
      Fleet fleet,
      Subject subject,
      long seenK,
      Function<RequestHeader, Request> rest) {
    List<Hpke.Exporter> exporters = new ArrayList<>();
    List<Bytes> encapsulations = new ArrayList<>();
    for (int index = 1; index <= fleet.settings().n(); index++) {
      Bytes info = SealedReply.encapsulationInfo(fleet.id().value(), index);
      try {
        Hpke.Exporter exporter = Hpke.encapsulate(randomness, fleet.hsm(index).sessionKey(), info);
        exporters.add(exporter);
        encapsulations.add(exporter.encapsulation());
      } catch (Rejected e) {
        // A session key of low order: founding HSMs refuse one, so the fleet id cannot cover it.
        throw new IllegalStateException("a trusted fleet has a session key that cannot be used", e);
      }
    }
    return new OpenRequest(
        rest.apply(new RequestHeader(subject, seenK, encapsulations)), exporters);
  }

  /** The request. */
  public Request request() {
    return request;
  }

  /** Another wording under the same header and contexts; this one is not to be used any more. */
  public OpenRequest with(Request other) {
    Invariant.check(other.header().equals(request.header()), "contexts belong to a header");
    return new OpenRequest(other, exporters);
  }

  /** The context shared with HSM {@code index}, 1 to n. */
  Hpke.Exporter exporter(int index) {
    return exporters.get(index - 1);
  }

  int hsms() {
    return exporters.size();
  }

  /** Appends the encoding, contexts included: secret. */
  void write(CanonicalWriter out) {
    out.string(request.encode()).u8(exporters.size());
    exporters.forEach(exporter -> exporter.exporterSecret().write(out));
  }

  /** Reads what {@link #write} wrote. */
  static OpenRequest read(CanonicalReader in) throws Rejected {
    Request request = Request.decode(in.string(Limits.REQUEST_LARGE, "request"));
    List<Bytes> encapsulations = request.header().encapsulations();
    int count = in.number(1, Limits.HSMS_MAX, in.u8(), "contexts");
    if (count != encapsulations.size()) {
      throw new Rejected(RejectionCode.NOT_CANONICAL, "contexts");
    }
    List<Hpke.Exporter> exporters = new ArrayList<>(count);
    for (Bytes encapsulation : encapsulations) {
      exporters.add(Hpke.Exporter.restore(encapsulation, SecretBytes.read(in, Limits.DIGEST)));
    }
    return new OpenRequest(request, exporters);
  }

  /** The request as the type the caller opened it with. */
  public <R extends Request> R as(Class<R> type) {
    Invariant.check(type.isInstance(request), "a kept request has its stage's type");
    return type.cast(request);
  }

  /** Erases the contexts. */
  @Override
  public void close() {
    exporters.forEach(Hpke.Exporter::close);
  }

  @Override
  public String toString() {
    return "OpenRequest[" + request.type() + "]";
  }
}
