package dev.coffer.verification.fuzz;

import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
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
 * A host that makes one call after another to a member of a fleet that has gone on without it: u8
 * where it stands ‖ {@link CallScript}. It may speak or be silent after a start, hold what it
 * captured and not released, have adopted, have its window full. Watched by {@link WatchedHsm}; a
 * call that is rejected changes neither memory nor position, k never goes back, and in the end the
 * HSM can be brought up to the others and speaks, unless the script gave it a chain of its own.
 */
final class HsmSequences {
  private static final int SPEAKING = 0;
  private static final int SILENT = 1;
  private static final int CAPTURED = 2;
  private static final int ADOPTED = 3;
  private static final int FULL = 4;
  private static final int STATES = 5;

  /** One more than the HSM may capture without a certificate. */
  private static final int AHEAD = Limits.RING + 1;

  private final Conversation talk = new Conversation();
  private final MemoryPlatform platform = talk.host().platform();
  private final TestHost second = talk.fleet.host(2);
  private final long k0 = talk.fleet.k();
  private final List<Certificate> certificates = new ArrayList<>();
  private final List<Bytes> words = new ArrayList<>();
  private final Map<Integer, Bytes> image = platform.nvram().snapshot();
  private Bytes nonce = Bytes.zeros(Limits.DIGEST);

  HsmSequences() {
    try {
      List<TestHost> others = talk.fleet.hosts(2, 3);
      for (int ahead = 0; ahead < AHEAD; ahead++) {
        Bytes entry = ahead % 3 == 2 ? Bytes.zeros(1) : talk.nextEntry();
        certificates.add(talk.fleet.order(others, entry).certificate());
      }
      prepare();
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  Target target() {
    List<Bytes> seeds = new ArrayList<>();
    for (int start = 0; start < STATES; start++) {
      for (int word = 0; word < words.size(); word++) {
        seeds.add(CallScript.of(start, word));
      }
      seeds.add(CallScript.of(start, 0, 1, 2, 3, 4, 5, CallScript.RESTART, 0, 1));
      seeds.add(CallScript.of(start, CallScript.RESTART, CallScript.HEAR_SECOND, 1, 0, 4, 1, 7, 0));
      seeds.add(
          CallScript.of(start, CallScript.HEAR_SECOND, 2, CallScript.HEAR_THIRD, 0, 4, 8, 12));
    }
    return new Target("hsm-sequence", seeds, this::run);
  }

  private Optional<Bytes> run(Bytes input) throws Exception {
    if (input.size() == 0) {
      return Optional.empty();
    }
    platform.nvram().restore(image);
    WatchedHsm hsm = new WatchedHsm(platform, talk.fleet.fleet());
    nonce = Bytes.zeros(Limits.DIGEST);
    stand(hsm, input.at(0) % STATES);
    boolean accepted = false;
    for (CallScript.Step step : CallScript.read(input.slice(1, input.size()), words)) {
      accepted |= take(hsm, step);
    }
    revive(hsm);
    return accepted ? Optional.of(input) : Optional.empty();
  }

  private void stand(WatchedHsm hsm, int start) throws Rejected {
    if (start != SILENT) {
      hear(hsm, List.of(second), true);
    }
    if (start == CAPTURED) {
      capture(hsm, 1);
    } else if (start == ADOPTED) {
      hsm.adopt(certificates.get(1), second.entryHashes(k0, k0 + 2));
    } else if (start == FULL) {
      for (int ahead = 1; ahead <= Limits.RING; ahead++) {
        capture(hsm, ahead);
      }
    }
  }

  private void capture(WatchedHsm hsm, int ahead) throws Rejected {
    Bytes entry = second.entry(k0 + ahead);
    RecordBook book = second.book(k0 + ahead - 1);
    hsm.capture(0, k0 + ahead, entry, book.records(keys(entry)), book.proof(keys(entry)));
  }

  private void hear(WatchedHsm hsm, List<TestHost> others, boolean afresh) throws Rejected {
    if (afresh) {
      nonce = hsm.challenge(0);
    }
    hsm.mayHear();
    for (TestHost other : others) {
      hsm.hear(0, List.of(other.hsm().status(0, nonce)));
    }
  }

  /** Whether the call was accepted. */
  private boolean take(WatchedHsm hsm, CallScript.Step step) throws Exception {
    HsmPort.Position before = hsm.position(0);
    Map<Integer, Bytes> memory = platform.nvram().snapshot();
    try {
      switch (step.special()) {
        case CallScript.RESTART -> hsm.restart();
        case CallScript.HEAR_SECOND -> hear(hsm, List.of(second), true);
        case CallScript.HEAR_THIRD -> hear(hsm, List.of(talk.fleet.host(3)), false);
        default -> call(hsm, step.call());
      }
    } catch (Rejected e) {
      boolean same = platform.nvram().snapshot().equals(memory) && hsm.position(0).equals(before);
      if (!same) {
        throw new AssertionError("a rejected call changed the HSM");
      }
      return false;
    }
    if (hsm.position(0).values().k() < before.values().k()) {
      throw new AssertionError("INV-7: k went back");
    }
    return true;
  }

  private static void call(WatchedHsm hsm, Bytes call) throws Rejected {
    HsmMethod method = HsmMethod.of(call.at(0));
    new HsmAnswerer(hsm, hsm.core().founding()).answer(method, call.slice(1, call.size()));
  }

  /** Honest hosts again: INV-8 is worth nothing if a script can silence an HSM for good. */
  private void revive(WatchedHsm hsm) throws Rejected {
    ChainValues own = hsm.position(0).values();
    int ahead = (int) (own.k() - k0);
    boolean forked =
        ahead > AHEAD || (ahead > 0 && !certificates.get(ahead - 1).values().equals(own));
    if (forked) {
      return;
    }
    Certificate newest = certificates.getLast();
    long last = newest.values().k();
    hsm.restart();
    hsm.adopt(newest, second.entryHashes(own.k(), last));
    hear(hsm, List.of(second), true);
    hsm.restate(0, last);
  }

  private interface Recorded {
    void by(HsmCaller recorder) throws Rejected;
  }

  private void word(Recorded call) {
    HsmCaller recorder =
        new HsmCaller((method, body) -> {
          words.add(HsmTargets.call(method.number(), body));
          throw new Rejected(RejectionCode.WRONG_PHASE, "recorded only");
        });
    try {
      call.by(recorder);
    } catch (Rejected e) {
      // The recorder rejects everything.
    }
  }

  private void prepare() throws Rejected {
    Bytes other = talk.nextEntry();
    RecordBook now = second.book(k0);
    Certificate old = talk.ordered.getLast().certificate();
    word(r -> prepared(r, 1));
    word(r -> r.release(certificates.getFirst(), List.of(0)));
    word(r -> r.adopt(certificates.getFirst(), second.entryHashes(k0, k0 + 1)));
    word(r -> r.restate(0, k0 + 1));
    word(r -> prepared(r, 2));
    word(r -> r.release(certificates.get(1), List.of(0)));
    word(r -> r.adopt(certificates.getLast(), second.entryHashes(k0, k0 + AHEAD)));
    word(r -> r.adopt(certificates.get(1), second.entryHashes(k0 + 1, k0 + 2)));
    word(r -> r.adopt(certificates.get(1), List.of()));
    word(r -> r.capture(0, k0 + 1, other, now.records(keys(other)), now.proof(keys(other))));
    word(r -> r.restate(0, k0));
    word(r -> r.release(old, List.of(0)));
    word(r -> r.challenge(0));
    word(r -> r.status(0, Bytes.zeros(Limits.DIGEST)));
    word(r -> r.hear(0, List.of(second.hsm().status(0, Bytes.zeros(Limits.DIGEST)))));
    word(r -> r.admit(talk.alice.seal(talk.alice.attempt("1111", k0), 1)));
    word(r -> r.position(0));
    for (int ahead = 3; ahead <= AHEAD; ahead++) {
      int number = ahead;
      word(r -> prepared(r, number));
    }
    word(r -> prepared(r, 0));
    word(HsmCaller::identify);
    word(r -> r.propose(talk.fleet.fleet()));
    word(r -> r.reveal(List.of()));
    word(r -> r.complete(List.of()));
  }

  private void prepared(HsmCaller recorder, int ahead) throws Rejected {
    Bytes entry = second.entry(k0 + ahead);
    RecordBook book = second.book(k0 + ahead - 1);
    recorder.capture(0, k0 + ahead, entry, book.records(keys(entry)), book.proof(keys(entry)));
  }

  private static List<TreeKey> keys(Bytes entry) {
    try {
      return Entry.decode(entry).touched();
    } catch (Rejected e) {
      return List.of();
    }
  }
}
