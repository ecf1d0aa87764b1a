package dev.coffer.analysis.search;

import dev.coffer.analysis.search.LocalState.Call;
import dev.coffer.analysis.search.LocalState.Kind;
import dev.coffer.analysis.search.LocalState.Step;
import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One HSM on the bench: the real core, put into any state it was ever in, given any call. Every
 * pair of state and call is tried once and remembered; what one step alone can show is asserted
 * there.
 */
final class Bench {
  private final FoundedWorld world;
  private final Setting setting;
  private final int index;
  private final OpenPlatform platform;
  private final Map<String, LocalState> states = new HashMap<>();
  private final Map<String, Integer> kinds;
  private final LocalState start;
  private HsmCore core;
  private long calls;

  /**
   * @param kinds shared by all benches of a world
   */
  Bench(FoundedWorld world, Setting setting, int index, Map<String, Integer> kinds) {
    this.world = world;
    this.setting = setting;
    this.index = index;
    this.platform = world.platform(index);
    this.core = world.core(index);
    this.kinds = kinds;
    this.start = settle();
  }

  LocalState start() {
    return start;
  }

  int index() {
    return index;
  }

  int stateCount() {
    return states.size();
  }

  /** Calls made to the real core. */
  long calls() {
    return calls;
  }

  static List<TreeKey> touched(Bytes entry) {
    try {
      return Entry.decode(entry).touched();
    } catch (Rejected e) {
      return List.of();
    }
  }

  private LocalState settle() {
    Map<String, Object> memory = HsmMemory.take(core);
    String text = HsmMemory.text(memory, platform.image());
    LocalState known = states.get(text);
    if (known != null) {
      return known;
    }
    HsmPort.Position position = position();
    Place place =
        world
            .at(position.values())
            .orElseThrow(
                () -> new BrokenPromise("INV-7", "HSM " + index + " stands where nobody led it"));
    LocalState fresh =
        new LocalState(
            states.size(),
            kinds.computeIfAbsent(text, t -> kinds.size()),
            platform.image(),
            memory,
            place,
            position.highestCertified(),
            position.maySign());
    states.put(text, fresh);
    return fresh;
  }

  private HsmPort.Position position() {
    try {
      return core.position(0);
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private void stage(LocalState state) {
    platform.restore(state.image);
    HsmMemory.put(core, state.memory);
    calls++;
  }

  private interface Doing {
    Step tryOut() throws Rejected;
  }

  /** The remembered step, or the real one. */
  private Step step(LocalState from, Call call, Doing doing) {
    Step known = from.steps.get(call);
    if (known != null) {
      return known;
    }
    stage(from);
    Step step;
    try {
      step = doing.tryOut();
    } catch (Rejected refused) {
      step = new Step(settle(), true, Optional.empty(), 0);
    } catch (Invariant.Broken fault) {
      throw new BrokenPromise("stop", "an HSM stops itself at " + call + ": " + fault.getMessage());
    }
    boolean startsAnew = call.kind() == Kind.RESTART || call.kind() == Kind.ROLL_BACK;
    if (setting.strict()) {
      if (!startsAnew) {
        StepRules.check(setting, world, from, call, step);
      } else {
        BrokenPromise.unless(
            !step.to().maySign, "INV-7", "an HSM speaks before it has heard the others");
      }
    }
    from.steps.put(call, step);
    return step;
  }

  private Step moved(Optional<Place> stated) {
    return new Step(settle(), false, stated, 0);
  }

  /** Captures entry number {@code entry} after where it stands, with the true records. */
  Step capture(LocalState from, int entry) {
    return step(
        from, Call.of(Kind.CAPTURE, entry), () -> captured(from.place, entry, from.place.book()));
  }

  /** Captures again what led to {@code place}. */
  Step captureAgain(LocalState from, Place place) {
    return step(
        from,
        Call.of(Kind.CAPTURE_AGAIN, place.id()),
        () -> {
          Place before = place.parent().orElseThrow();
          return captured(before, place.entry(), before.book());
        });
  }

  private Step captured(Place before, int entry, RecordBook book) throws Rejected {
    Bytes octets = world.entry(entry);
    List<TreeKey> keys = touched(octets);
    HsmPort.Capture capture =
        core.capture(0, before.k() + 1, octets, book.records(keys), book.proof(keys));
    Place place = world.lead(before, entry, capture.values(), capture.records(), capture.leaves());
    capture.statement().ifPresent(statement -> stated(place, statement));
    return moved(capture.statement().map(s -> place));
  }

  /** A statement is out: it holds for its place, and its place is durable (INV-4). */
  private void stated(Place place, Statement statement) {
    place.statements().put(index, statement);
    if (!setting.strict()) {
      return;
    }
    BrokenPromise.unless(
        statement.index() == index
            && statement.values().equals(place.values())
            && statement.verify(world.fleet()),
        "INV-5",
        "a statement that does not hold");
    Place durable = world.at(HsmMemory.durable(platform.image())).orElseThrow();
    BrokenPromise.unless(
        place.leadsTo(durable), "INV-4", "stated before it was durable: a restart would forget it");
  }

  /** Releases what was captured at {@code place}, on as many statements as there are. */
  Step release(LocalState from, Place place, Certificate certificate) {
    return step(
        from,
        new Call(Kind.RELEASE, place.id(), certificate.signatures().size()),
        () -> released(place, certificate));
  }

  private Step released(Place place, Certificate certificate) throws Rejected {
    List<HsmPort.PositionedReply> replies = core.release(certificate, List.of(0));
    LocalState to = settle();
    BrokenPromise.unless(
        !setting.strict() || place.leadsTo(to.place),
        "INV-4",
        "released on the certificate of a chain that is not its own");
    FoundedWorld.Orderable what = world.orderable(place.entry());
    if (replies.isEmpty() || what.request().isEmpty()) {
      return new Step(to, false, Optional.empty(), 0);
    }
    TestClient.Answer answer =
        world.opened(
            world.alice(),
            what.request().get(),
            new TestFleet.Ordered(place.octets(), certificate, place.leaves(), List.of(replies)),
            0);
    if (answer.partials().isEmpty()) {
      return new Step(to, false, Optional.empty(), 0);
    }
    checkPartial(place, what.request().get(), answer.partials().getFirst());
    return new Step(to, false, Optional.empty(), what.guess());
  }

  /** The partial result is under this HSM's share of the live nonce, and no other (INV-3). */
  private void checkPartial(Place place, Request request, Sharing.Partial<RistrettoElement> partial)
      throws Rejected {
    Bytes nonce = Records.of(world, place).liveNonce().orElseThrow();
    RistrettoScalar share =
        world.member(index).keys().share(world.fleet().settings().n(), index, nonce);
    RistrettoElement element = Ristretto255.GROUP.decode(request.blinded().orElseThrow());
    BrokenPromise.unless(
        Oprf.RISTRETTO255.evaluate(share, element).encode().equals(partial.element().encode()),
        "INV-3",
        "a partial result under another key than the registration's share");
  }

  /** Adopts {@code place}, with the hashes of the newest entries that lead there. */
  Step adopt(LocalState from, Place place, Certificate certificate) {
    return step(
        from,
        new Call(Kind.ADOPT, place.id(), certificate.signatures().size()),
        () -> {
          core.adopt(certificate, place.newestHashes(place.k() - from.place.k()));
          return moved(Optional.empty());
        });
  }

  /** Has {@code place} stated again. */
  Step restate(LocalState from, Place place) {
    return step(
        from,
        Call.of(Kind.RESTATE, place.id()),
        () -> {
          Statement statement = core.restate(0, place.k());
          stated(place, statement);
          return moved(Optional.of(place));
        });
  }

  /** Starts anew on its own memory. */
  Step restart(LocalState from) {
    return step(from, Call.of(Kind.RESTART, 0), () -> startOn(from.image));
  }

  /** Starts anew on an old memory. */
  Step rollBack(LocalState from, LocalState old) {
    return step(from, Call.of(Kind.ROLL_BACK, old.id), () -> startOn(old.image));
  }

  private Step startOn(Bytes image) {
    platform.restore(image);
    core = new HsmCore(platform);
    return moved(Optional.empty());
  }

  /**
   * Gives a nonce. It is always the same one, so that there are few states; the host throws away
   * what was signed over it before, and that statuses over another nonce do not count is tried
   * apart.
   */
  Step challenge(LocalState from) {
    return step(
        from,
        Call.of(Kind.CHALLENGE, 0),
        () -> {
          platform.drawFrom(index);
          core.challenge(0);
          return moved(Optional.empty());
        });
  }

  /** Hears one status, the host's number {@code number}. */
  Step hear(LocalState from, int number, SignedStatus status) {
    return step(
        from,
        Call.of(Kind.HEAR, number),
        () -> {
          core.hear(0, List.of(status));
          return moved(Optional.empty());
        });
  }

  /** What this HSM in state {@code at} says over another's nonce. */
  SignedStatus status(LocalState at, Bytes nonce) {
    stage(at);
    try {
      return core.status(0, nonce);
    } catch (Rejected e) {
      throw new BrokenPromise("liveness", "a status was refused");
    }
  }

  /**
   * Everything no HSM may ever go along with, tried on one state: nothing may come of it. These
   * calls move no search on, so they are tried on each state once and not at every step.
   */
  void pester(LocalState state) {
    new Pestering(world, setting, index, state, this).all();
  }

  /** Lets {@code hostile} try a call on {@code state}; whether the HSM went along. */
  boolean goesAlong(LocalState state, Hostile hostile) {
    stage(state);
    try {
      hostile.call(core);
      return true;
    } catch (Rejected e) {
      BrokenPromise.unless(settle() == state, "INV-7", "a refused call leaves a trace");
      return false;
    } catch (Invariant.Broken fault) {
      throw new BrokenPromise("stop", "an HSM stops itself: " + fault.getMessage());
    }
  }

  /** The state after a call that may be gone along with. */
  LocalState after(LocalState state, Hostile hostile) {
    stage(state);
    try {
      hostile.call(core);
    } catch (Rejected e) {
      // Refused or not: the caller looks at the state.
    }
    return settle();
  }

  /** A hostile call. */
  interface Hostile {
    void call(HsmCore core) throws Rejected;
  }

  /** Old books: what the records were at every place before {@code place}. */
  static List<RecordBook> olderBooks(Place place) {
    List<RecordBook> books = new ArrayList<>();
    Optional<Place> at = place.parent();
    while (at.isPresent()) {
      books.add(at.get().book());
      at = at.get().parent();
    }
    return books;
  }

  /** The window's size, here so that rules and pestering agree. */
  static final int WINDOW = Limits.RING;
}
