package dev.coffer.hsm.founding;

import dev.coffer.hsm.chain.Partition;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.platform.Platform;
import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An HSM from its first start to its membership for good. Thread-safe: all calls are serialised,
 * they are few.
 */
public final class Membership implements FoundingPort {
  private final Platform platform;
  private final Consumer<Member> begin;
  private StaticState state;
  private Optional<FoundingRound> round = Optional.empty();

  /**
   * Goes on where the platform's stored state says; a new HSM makes its identity first.
   *
   * @param begin called once the member can work: now, or when the founding is complete
   */
  public Membership(Platform platform, Consumer<Member> begin) {
    this.platform = platform;
    this.begin = begin;
    this.state = load(platform);
    state.founded().ifPresent(this::begin);
  }

  private void begin(StaticState.Founded founded) {
    begin.accept(StaticState.member(state.identity(), founded, platform.randomness()));
  }

  private static StaticState load(Platform platform) {
    Optional<SecretBytes> stored = platform.load();
    if (stored.isEmpty()) {
      StaticState fresh =
          new StaticState(OwnIdentity.make(platform.randomness()), Optional.empty());
      store(platform, fresh);
      return fresh;
    }
    try (SecretBytes encoded = stored.get()) {
      return encoded.parse(StaticState::read);
    } catch (Rejected e) {
      throw new Nvram.Fault(
          "the static state cannot be read: it is damaged, or its fleet was founded with a program"
              + " of another record format; run that program, or found a new fleet",
          e);
    }
  }

  private static void store(Platform platform, StaticState state) {
    try (SecretBytes encoded = SecretBytes.wrap(state.encode())) {
      platform.store(encoded);
    }
  }

  private static Rejected wrongPhase(String what) {
    return new Rejected(RejectionCode.WRONG_PHASE, what);
  }

  private StaticState.Founded founded() throws Rejected {
    return state.founded().orElseThrow(() -> wrongPhase("this HSM has no fleet yet"));
  }

  @Override
  public synchronized HsmIdentity identify() {
    if (state.founded().isPresent()) {
      StaticState.Founded founded = state.founded().get();
      return founded.fleet().hsm(founded.index());
    }
    return state.identity().describe(platform);
  }

  @Override
  public synchronized Commitments propose(Fleet fleet) throws Rejected {
    if (state.founded().isPresent()) {
      throw wrongPhase("this HSM has a fleet for good");
    }
    boolean same = round.filter(r -> r.fleet().id().equals(fleet.id())).isPresent();
    if (!same) {
      FoundingRound next =
          FoundingRound.begin(fleet, identify(), state.identity(), platform.randomness());
      round.ifPresent(FoundingRound::close);
      round = Optional.of(next);
    }
    return round().commitments();
  }

  private FoundingRound round() throws Rejected {
    return round.orElseThrow(() -> wrongPhase("propose comes first"));
  }

  @Override
  public synchronized List<Reveal> reveal(List<Commitments> commitments) throws Rejected {
    return round().reveal(platform.randomness(), commitments);
  }

  @Override
  public synchronized TranscriptSignature complete(List<Reveal> reveals) throws Rejected {
    if (state.founded().isPresent()) {
      return state.founded().get().signature();
    }
    FoundingRound current = round();
    FleetKeys keys = current.complete(reveals);
    TranscriptSignature signature = current.signTranscript();
    StaticState.Founded founded =
        new StaticState.Founded(current.fleet(), current.index(), keys, signature);
    for (int number = 0; number < current.fleet().settings().partitions(); number++) {
      Partition.found(platform.nvram(), current.fleet(), number);
    }
    // A crash before this: not founded, and the round is gone; the founding is run again. A crash
    // after it: founded. Memory first, because a member without memory never starts.
    StaticState next = new StaticState(state.identity(), Optional.of(founded));
    store(platform, next);
    state = next;
    current.close();
    round = Optional.empty();
    begin(founded);
    return signature;
  }

  @Override
  public synchronized Fleet fleet() throws Rejected {
    return founded().fleet();
  }

  @Override
  public synchronized int index() throws Rejected {
    return founded().index();
  }
}
