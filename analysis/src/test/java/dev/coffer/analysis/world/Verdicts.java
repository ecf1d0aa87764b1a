package dev.coffer.analysis.world;

import dev.coffer.analysis.world.ModelRules.Expected;
import dev.coffer.client.Cause;
import dev.coffer.client.Enrolment;
import dev.coffer.client.Recovery;
import dev.coffer.client.trust.Distrust;
import dev.coffer.protocol.account.HistoryItem;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Holds what one device's client sends and tells against the chain that it has seen: every verdict
 * must be the certified outcome of a request that this device made for this very purpose. The rules
 * on which outcome is due are {@link ModelRules}, never the client's own.
 */
final class Verdicts {
  /** What became of a request of this device, on the chain up to what it has seen. */
  private record Found(Spot spot, Expected expected) {
    private ModelAccount account() {
      return expected.account();
    }

    private Optional<Registration> registration() {
      return account().registration();
    }

    private boolean is(RequestType type, OutcomeCode code) {
      return expected.request().type() == type && expected.code() == code;
    }
  }

  /** What a lying host can bring a client to say. */
  private static final Set<Distrust> LIES =
      EnumSet.of(
          Distrust.BAD_DELIVERY,
          Distrust.BAD_CERTIFICATE,
          Distrust.BAD_ANSWER,
          Distrust.ROLLED_BACK,
          Distrust.FORKED);

  /** What can be the truth where there may be two certified chains. */
  private static final Set<Distrust> FORKS = EnumSet.of(Distrust.ROLLED_BACK, Distrust.FORKED);

  /** What is written of a registration, by how it came to stand there. */
  private static final Set<HistoryItem.Kind> BEGINNINGS =
      EnumSet.of(
          HistoryItem.Kind.REGISTERED,
          HistoryItem.Kind.REPLACED,
          HistoryItem.Kind.REPLACED_WITHOUT_PROOF);

  private final World world;
  private final Device device;
  private final Set<Request> thisCall = new HashSet<>();
  private final Set<Request> guess = new HashSet<>();
  private String guessed = "";

  Verdicts(World world, Device device) {
    this.world = world;
    this.device = device;
  }

  /** The newest first. */
  private List<Found> all() {
    List<Found> all = new ArrayList<>();
    Optional<Spot> at = device.memory().seen();
    while (at.isPresent()) {
      Spot spot = at.get();
      spot.expected().stream()
          .flatMap(Optional::stream)
          .filter(expected -> device.asked(expected.request()))
          .forEach(expected -> all.add(new Found(spot, expected)));
      at = spot.before();
    }
    return all;
  }

  private Found some(String promise, String verdict, Predicate<Found> due) {
    Optional<Found> found =
        all().stream()
            .filter(one -> thisCall.contains(one.expected().request()))
            .filter(due)
            .findFirst();
    BrokenPromise.unless(
        found.isPresent(), promise, device + " is told " + verdict + ", which nobody certified");
    return found.orElseThrow();
  }

  // What is sent
  // ----------------------------------------------------------------------------------------------

  /** The app calls the client. */
  void calls() {
    thisCall.clear();
  }

  /** A request leaves the device: it is kept, and knows no more than the device has seen. */
  void sends(Request request) {
    BrokenPromise.unless(
        request instanceof Request.Delete || device.memory().holds(request),
        "INV-8",
        device + " sends a " + request.type() + " that a crash would forget");
    BrokenPromise.unless(
        request.header().seenK() <= device.memory().seenK(),
        "INV-7",
        device + " names an entry of which it has seen no certificate");
    thisCall.add(request);
    if (request instanceof Request.Attempt) {
      guess.add(request);
    }
  }

  /** The user types a code. */
  void guessing(String code) {
    if (!code.equals(guessed)) {
      guess.clear();
      guessed = code;
    }
  }

  /** However often the user has to repeat a code before there is a verdict, it is one guess. */
  void spendNoGuessTwice() {
    Map<String, Request> counted = new HashMap<>();
    for (Found found : all()) {
      Request request = found.expected().request();
      if (guess.contains(request) && found.is(RequestType.ATTEMPT, OutcomeCode.ACCEPTED)) {
        Request other =
            counted.putIfAbsent(found.expected().evaluatedUnder().orElseThrow(), request);
        BrokenPromise.unless(
            other == null || other.equals(request),
            "INV-8",
            device + " spends two guesses on one code without a verdict between");
      }
    }
  }

  /** There was a verdict: the next guess is another one. */
  void guessIsOver() {
    guess.clear();
    guessed = "";
  }

  // What is told
  // ----------------------------------------------------------------------------------------------

  private boolean registeredHere(Found found, Bytes secret) {
    return found.registration().stream()
        .anyMatch(r -> world.registrations().of(r.ownerKey()).secret().equals(secret));
  }

  void enrolled(Wish.Register wanted, Enrolment.Enrolled told) {
    Bytes hash = device.memory().registered().orElseThrow().hash();
    List<Found> stored =
        all().stream()
            .filter(found -> found.is(RequestType.REGISTER_FINISH, OutcomeCode.ACCEPTED))
            .filter(found -> found.account().registrationHash().equals(hash))
            .filter(found -> found.account().generation() == told.generation())
            .filter(found -> registeredHere(found, wanted.secret()))
            .toList();
    BrokenPromise.unless(
        !stored.isEmpty(), "INV-5", device + " is told of a registration that nobody certified");
    Found first = stored.getLast();
    // In the same entry more may have come after it: its own line is the newest that began a slot.
    List<HistoryItem> history = first.account().history();
    boolean replaced =
        history.stream()
            .map(HistoryItem::kind)
            .filter(BEGINNINGS::contains)
            .reduce((before, after) -> after)
            .map(kind -> kind != HistoryItem.Kind.REGISTERED)
            .orElse(told.replaced());
    BrokenPromise.unless(
        told.replaced() == replaced,
        "INV-5",
        device + " is told wrongly what it replaced: " + told + " where there is " + history);
    world.ledger().acknowledged(hash, first.spot());
  }

  /** The vault refused, or some registration was alive that nothing at hand could replace. */
  void notAuthorised(Enrolment.NotAuthorised told) {
    Found found =
        some(
            "INV-8",
            "NOT_AUTHORISED",
            one ->
                one.is(RequestType.REGISTER_FINISH, OutcomeCode.NOT_AUTHORISED)
                    || (one.is(RequestType.REGISTER_START, OutcomeCode.ACCEPTED)
                        && one.registration().isPresent()));
    BrokenPromise.unless(
        told.loginWouldDo() == world.setting().replaceByLogin(),
        "INV-8",
        device + " is told wrongly what a login may do at " + found.spot().values().k());
  }

  void exhaustedAtRegistration() {
    some(
        "INV-6",
        "EXHAUSTED",
        found -> found.is(RequestType.REGISTER_FINISH, OutcomeCode.EXHAUSTED));
  }

  /** K is the one that was registered with this code, and released for this device's proof. */
  void recovered(String code, Bytes secret, Recovery.Recovered told) {
    some(
        "INV-3, INV-5",
        "RECOVERED",
        found ->
            found.is(RequestType.SUCCESS, OutcomeCode.ACCEPTED)
                && found.account().generation() == told.generation()
                && found.account().history().equals(told.history())
                && registeredHere(found, secret)
                && opens(found, code));
  }

  private boolean opens(Found found, String code) {
    return found.registration().stream()
        .anyMatch(r -> world.registrations().of(r.ownerKey()).code().equals(code));
  }

  /** The right code is never called wrong, and what is left is what was certified. */
  void wrongCode(String code, Recovery.WrongCode told) {
    // The attempt may be an earlier call's: what ended this one is the second message.
    boolean due =
        all().stream()
            .anyMatch(found ->
                found.is(RequestType.ATTEMPT, OutcomeCode.ACCEPTED)
                    && device.asked(found.expected().request(), code)
                    && found.account().guessesLeft() == told.guessesLeft()
                    && found.account().generation() == told.generation()
                    && found.account().unproven() == told.replacedWithoutProof()
                    && !told.unsettled()
                    && !opens(found, code));
    BrokenPromise.unless(due, "INV-3", device + " is told " + told + " of " + code);
  }

  void exhausted(String code) {
    some(
        "INV-6",
        "EXHAUSTED",
        found ->
            (found.is(RequestType.ATTEMPT, OutcomeCode.EXHAUSTED)
                    && device.asked(found.expected().request(), code))
                || found.is(RequestType.SUCCESS, OutcomeCode.EXHAUSTED));
  }

  void notRegistered(String code) {
    some(
        "INV-5",
        "NOT_REGISTERED",
        found ->
            found.is(RequestType.ATTEMPT, OutcomeCode.NOT_REGISTERED)
                && device.asked(found.expected().request(), code));
  }

  void forgotten() {
    some("INV-5", "FORGOTTEN", found -> found.is(RequestType.DELETE, OutcomeCode.ACCEPTED));
  }

  void nothingToForget() {
    some(
        "INV-5",
        "NOT_REGISTERED",
        found ->
            found.is(RequestType.DELETE, OutcomeCode.NOT_REGISTERED)
                || found.is(RequestType.DELETE, OutcomeCode.EXHAUSTED));
  }

  void mayNotForget() {
    some(
        "INV-8",
        "NOT_AUTHORISED",
        found -> found.is(RequestType.DELETE, OutcomeCode.NOT_AUTHORISED));
  }

  /** No verdict yet, for a reason that there can be here. */
  void again(Cause cause) {
    boolean possible =
        switch (cause) {
          case UNREACHABLE, BUSY, TOO_FEW_HSMS, CONTENTION -> true;
          // Injected; that none of it lasts is a matter of liveness.
          case LOGIN_EXPIRED, MEMORY, STRETCHING -> true;
          case LOGIN_INVALID, REFUSED, MOVED, INTERRUPTED -> false;
        };
    BrokenPromise.unless(possible, "INV-8", device + " is told " + cause + " without reason");
  }

  /** Nobody is called a liar without one, and no honest outcome a lie. */
  void untrusted(Distrust reason) {
    boolean liars = !world.setting().hostile().isEmpty() || !world.setting().traitors().isEmpty();
    boolean possible =
        (liars && LIES.contains(reason)) || (!world.setting().oneChain() && FORKS.contains(reason));
    BrokenPromise.unless(possible, "honesty", device + " is told " + reason + " without reason");
  }
}
