package dev.coffer.verification.fuzz;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.HsmAnswerer;
import dev.coffer.protocol.port.HsmCaller;
import dev.coffer.protocol.port.HsmMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A host that makes one call after another to an HSM that is being founded: u8 how far the founding
 * is ‖ {@link CallScript}. Nothing but a completed founding is stored, no fleet is ever exchanged
 * for another, an HSM without a fleet does no work, and a founding that was disturbed can be run
 * again from its beginning.
 */
final class FoundingSequences {
  private static final long SEED = 2_000;
  private static final int MEMBERS = 3;
  private static final int STATES = 4;
  private static final int PROPOSE = 0;
  private static final int REVEAL = 1;
  private static final int COMPLETE = 2;

  private final List<Bytes> words = new ArrayList<>();
  private final Fleet fleet;

  FoundingSequences(Conversation talk) {
    try {
      fleet = record(talk);
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
      seeds.add(CallScript.of(start, 0, 1, 2, 3, 4, CallScript.RESTART, 2, 3));
      seeds.add(CallScript.of(start, 5, 0, 1, CallScript.RESTART, 0, 1, 2));
    }
    return new Target("founding-sequence", seeds, this::run);
  }

  private static HsmCore core(MemoryPlatform platform) {
    return new HsmCore(platform);
  }

  /** One honest founding, of which the first member's calls become the words. */
  private Fleet record(Conversation talk) throws Rejected {
    List<FoundingPort> ports =
        IntStream.range(0, MEMBERS)
            .mapToObj(i -> core(new MemoryPlatform(SEED + i)).founding())
            .toList();
    FleetSettings settings =
        new FleetSettings(MEMBERS, 2, 10, 1, List.of(new TestIssuer(7).tenant()), true, false);
    FleetSettings otherSettings =
        new FleetSettings(MEMBERS, 3, 9, 2, List.of(new TestIssuer(8).tenant()), false, true);
    List<HsmIdentity> identities = new ArrayList<>();
    for (FoundingPort port : ports) {
      identities.add(port.identify());
    }
    Fleet founded = Fleet.of(settings, identities);
    Fleet other = Fleet.of(otherSettings, identities);
    List<FoundingPort.Commitments> commitments = new ArrayList<>();
    for (FoundingPort port : ports) {
      commitments.add(port.propose(founded));
    }
    List<FoundingPort.Reveal> reveals = new ArrayList<>();
    for (FoundingPort port : ports) {
      reveals.addAll(port.reveal(commitments));
    }
    List<FoundingPort.Reveal> mine = reveals.stream().filter(r -> r.to() == 1).toList();
    word(r -> r.propose(founded));
    word(r -> r.reveal(commitments));
    word(r -> r.complete(mine));
    word(HsmCaller::fleet);
    word(HsmCaller::index);
    word(r -> r.propose(other));
    word(r -> r.reveal(commitments.reversed()));
    word(r -> r.complete(mine.reversed()));
    word(r -> r.complete(reveals.stream().filter(one -> one.to() == 2).toList()));
    word(r -> r.reveal(List.of()));
    word(r -> r.propose(talk.fleet.fleet()));
    word(HsmCaller::identify);
    word(r -> r.position(0));
    word(r -> r.challenge(0));
    word(r -> r.status(0, Bytes.zeros(32)));
    word(r -> r.capture(0, 1, Bytes.zeros(1), List.of(), Bytes.EMPTY));
    word(r -> r.admit(talk.alice.seal(talk.alice.attempt("1111", 0), 1)));
    return founded;
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

  private Optional<Bytes> run(Bytes input) throws Exception {
    if (input.size() == 0) {
      return Optional.empty();
    }
    MemoryPlatform platform = new MemoryPlatform(SEED);
    HsmCore hsm = core(platform);
    for (int word = PROPOSE; word < input.at(0) % STATES; word++) {
      call(hsm, words.get(word));
    }
    boolean accepted = false;
    for (CallScript.Step step : CallScript.read(input.slice(1, input.size()), words)) {
      if (step.special() == CallScript.RESTART) {
        Optional<Bytes> before = fleet(hsm);
        hsm = core(platform);
        if (before.isPresent() && !fleet(hsm).equals(before)) {
          throw new AssertionError("INV-7: a fleet was forgotten over a restart");
        }
      } else if (step.special() == 0) {
        accepted |= take(hsm, platform, step.call());
      }
    }
    again(platform);
    return accepted ? Optional.of(input) : Optional.empty();
  }

  private static void call(HsmCore hsm, Bytes call) throws Rejected {
    new HsmAnswerer(hsm, hsm.founding())
        .answer(HsmMethod.of(call.at(0)), call.slice(1, call.size()));
  }

  private static Optional<Bytes> fleet(HsmCore hsm) {
    try {
      return Optional.of(hsm.founding().fleet().encode());
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  private static boolean take(HsmCore hsm, MemoryPlatform platform, Bytes call) throws Rejected {
    Optional<Bytes> before = fleet(hsm);
    Bytes state = state(platform);
    Map<Integer, Bytes> memory = platform.nvram().snapshot();
    boolean accepted = true;
    try {
      call(hsm, call);
      HsmMethod method = HsmMethod.of(call.at(0));
      Invariant.check(
          before.isPresent() || method.number() >= HsmMethod.IDENTIFY.number(),
          "an HSM without a fleet does no work");
    } catch (Rejected e) {
      accepted = false;
    }
    Optional<Bytes> after = fleet(hsm);
    boolean exchanged = before.isPresent() && !after.equals(before);
    boolean stored = !state(platform).equals(state);
    boolean began = before.isEmpty() && after.isPresent();
    if (exchanged || stored != began || (began && !accepted)) {
      throw new AssertionError("a founding was half done, or done to an HSM that had a fleet");
    }
    if (!accepted && !platform.nvram().snapshot().equals(memory)) {
      throw new AssertionError("a rejected call changed the memory");
    }
    return accepted;
  }

  private static Bytes state(MemoryPlatform platform) {
    try (SecretBytes stored = platform.load().orElseThrow()) {
      return Bytes.wrap(stored.copy());
    }
  }

  /** The founding from its beginning, with honest hosts. */
  private void again(MemoryPlatform platform) throws Rejected {
    HsmCore hsm = core(platform);
    if (fleet(hsm).isPresent()) {
      return;
    }
    List<HsmCore> all =
        List.of(hsm, core(new MemoryPlatform(SEED + 1)), core(new MemoryPlatform(SEED + 2)));
    Fleet founded = TestFleet.found(fleet.settings(), all);
    if (!fleet(hsm).equals(Optional.of(founded.encode()))) {
      throw new AssertionError("a founding that was disturbed cannot be run again");
    }
  }
}
