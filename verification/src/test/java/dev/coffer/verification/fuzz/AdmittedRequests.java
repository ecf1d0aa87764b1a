package dev.coffer.verification.fuzz;

import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A hostile client with a good login: any request that decodes, sealed and signed as it should be.
 * What an HSM admits, it captures: a mean request must not stop the chain (capture is total), and
 * leaves one record of the one size.
 */
final class AdmittedRequests {
  private final Conversation talk;
  private final TestHost host;
  private final Map<Integer, Bytes> image;

  AdmittedRequests(Conversation talk) {
    this.talk = talk;
    this.host = talk.fleet.host(2);
    this.image = host.platform().nvram().snapshot();
  }

  Target target() {
    long k = talk.fleet.k();
    List<Bytes> seeds =
        List.of(
            talk.alice.attempt("2222", k).encode(),
            talk.alice.start(talk.alice.registrationId(), "3333", k).encode(),
            talk.requests.get(0).encode(),
            talk.requests.get(1).encode(),
            talk.requests.getLast().encode());
    return new Target("admitted-request", seeds, this::admitAndCapture);
  }

  private Optional<Bytes> admitAndCapture(Bytes input) throws Exception {
    Request request = Request.decode(input);
    if (request.encode().size() > request.type().paddedSize() - 2) {
      return Optional.empty();
    }
    HsmPort.Admission admission = host.hsm().admit(talk.alice.seal(request, 2));
    Entry entry = new Entry(List.of(new Entry.Item(admission.treeKey(), 2, admission.operation())));
    List<TreeKey> keys = entry.touched();
    HsmPort.Capture capture =
        host.hsm()
            .capture(
                0,
                talk.fleet.k() + 1,
                entry.encode(),
                talk.book().records(keys),
                talk.book().proof(keys));
    boolean whole =
        capture.leaves().size() == 1
            && capture.records().size() == 1
            && capture.records().getFirst().map(Bytes::size).orElse(Limits.RECORD) == Limits.RECORD;
    if (!whole) {
      throw new AssertionError("an admitted request was captured to something of another shape");
    }
    host.platform().nvram().restore(image);
    host.restart();
    return Optional.of(input);
  }
}
