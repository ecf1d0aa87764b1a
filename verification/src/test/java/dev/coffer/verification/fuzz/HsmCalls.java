package dev.coffer.verification.fuzz;

import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.port.HsmAnswerer;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmMethod;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Any call of any content on a founded HSM in the middle of its work, through the decoder and the
 * dispatch that its process has: u8 method ‖ body. A call that is rejected leaves memory and
 * position as they were; one that is accepted is undone for the next input, so that every finding
 * stands alone.
 */
final class HsmCalls {
  private final Conversation talk;
  private final TestHost host;
  private final Map<Integer, Bytes> image;
  private HsmAnswerer answerer;

  HsmCalls(Conversation talk) {
    this.talk = talk;
    this.host = talk.host();
    this.image = host.platform().nvram().snapshot();
    this.answerer = answerer();
  }

  private HsmAnswerer answerer() {
    return new HsmAnswerer(host.hsm(), host.hsm().founding());
  }

  Target target() {
    return new Target("hsm-call", seeds(), this::call);
  }

  private Optional<Bytes> call(Bytes input) throws Exception {
    if (input.size() == 0) {
      return Optional.empty();
    }
    HsmMethod method = HsmMethod.of(input.at(0));
    HsmPort.Position before = host.position();
    try {
      answerer.answer(method, input.slice(1, input.size()));
    } catch (Rejected e) {
      boolean same =
          host.platform().nvram().snapshot().equals(image) && host.position().equals(before);
      if (!same) {
        throw new AssertionError("a rejected call changed the HSM: " + input);
      }
      throw e;
    }
    if (changes(method)) {
      reset();
    }
    return Optional.of(input);
  }

  private static boolean changes(HsmMethod method) {
    return switch (method) {
      case ADMIT, RESTATE, STATUS, POSITION, ATTEST, IDENTIFY, FLEET, INDEX -> false;
      case CAPTURE, RELEASE, ADOPT, CHALLENGE, HEAR, PROPOSE, REVEAL, COMPLETE -> true;
    };
  }

  private void reset() throws Rejected {
    host.platform().nvram().restore(image);
    host.restart();
    host.hear(talk.fleet.hosts(2, 3));
    answerer = answerer();
  }

  /** One call of every method, each accepted or just not. */
  private List<Bytes> seeds() {
    List<Bytes> calls = new ArrayList<>();
    HsmCaller recorder =
        new HsmCaller((method, body) -> {
          calls.add(HsmTargets.call(method.number(), body));
          throw new Rejected(RejectionCode.WRONG_PHASE, "recorded only");
        });
    long k = talk.fleet.k();
    Bytes entry = talk.nextEntry();
    Certificate newest = talk.ordered.getLast().certificate();
    record(() -> recorder.admit(talk.alice.seal(talk.alice.attempt("1111", k), 1)));
    record(() -> recorder.capture(0, k + 1, entry, records(entry), proof(entry)));
    record(
        () -> recorder.capture(0, k + 1, Bytes.zeros(1), List.of(), talk.book().proof(List.of())));
    record(() -> recorder.capture(0, k, host.entry(k), before(k), proofBefore(k)));
    record(() -> recorder.restate(0, k));
    record(() -> recorder.release(newest, List.of(0)));
    record(() -> recorder.adopt(newest, List.of(Bytes.zeros(32))));
    record(() -> recorder.challenge(0));
    record(() -> recorder.status(0, Bytes.zeros(32)));
    record(() -> recorder.attest(Bytes.zeros(64)));
    record(() -> recorder.hear(0, List.of(talk.fleet.host(2).hsm().status(0, Bytes.zeros(32)))));
    record(() -> recorder.position(0));
    record(recorder::identify);
    record(() -> recorder.propose(talk.fleet.fleet()));
    record(() -> recorder.reveal(List.of()));
    record(() -> recorder.complete(List.of()));
    record(recorder::fleet);
    record(recorder::index);
    return calls;
  }

  @FunctionalInterface
  private interface Call {
    void make() throws Rejected;
  }

  private static void record(Call call) {
    try {
      call.make();
    } catch (Rejected e) {
      // The recorder rejects everything.
    }
  }

  private List<Optional<Bytes>> records(Bytes entry) throws Rejected {
    return talk.book().records(keys(entry));
  }

  private Bytes proof(Bytes entry) throws Rejected {
    return talk.book().proof(keys(entry));
  }

  private List<Optional<Bytes>> before(long k) throws Rejected {
    return host.book(k - 1).records(keys(host.entry(k)));
  }

  private Bytes proofBefore(long k) throws Rejected {
    return host.book(k - 1).proof(keys(host.entry(k)));
  }

  private static List<TreeKey> keys(Bytes entry) throws Rejected {
    return Entry.decode(entry).touched();
  }
}
