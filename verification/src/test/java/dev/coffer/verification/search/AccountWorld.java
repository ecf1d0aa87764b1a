package dev.coffer.verification.search;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Every sequence of operations on one account, along one chain: fresh guesses, right codes,
 * registrations, deletions, forgeries, and any of them inserted again at any time. All HSMs compute
 * the same, so one real HSM suffices; a corrupted second one completes its certificates. After
 * every operation the promises about accounts are asserted.
 */
final class AccountWorld {
  private static final SecretBytes THIEFS_SEED = SecretBytes.copyOf(Bytes.fromHex("05".repeat(32)));
  private static final SecretBytes STRANGERS_SEED =
      SecretBytes.copyOf(Bytes.fromHex("04".repeat(32)));
  private static final Bytes THIEFS_SECRET = Bytes.fromHex("06".repeat(32));

  private final AccountSetting setting;
  private final FoundedWorld world;
  private final TestClient alice;
  private final HsmCore core;
  private final OpenPlatform platform;
  private final AccountRules rules;
  private final Set<String> seen = new HashSet<>();
  private final ArrayDeque<AccountState> open = new ArrayDeque<>();
  private int opsMade;
  private long steps;
  private int mostInWindow;
  private int mostFailures;

  /** What a search found out. */
  record Found(AccountSetting setting, int states, long steps, int window, int failures) {
    @Override
    public String toString() {
      return "%s %,d states %,d steps; most guesses between successes %d, over all registrations %d"
          .formatted(setting, states, steps, window, failures);
    }
  }

  AccountWorld(AccountSetting setting) {
    this.setting = setting;
    Setting fleet = Setting.of(3, 2, 1).guessing(setting.limit(), 0);
    this.world = new FoundedWorld(fleet, true);
    this.alice = world.alice();
    this.core = world.core(1);
    this.platform = world.platform(1);
    this.rules = new AccountRules(world, setting);
  }

  /** Explores all states. */
  Found explore() {
    Place base = world.base();
    AccountState first =
        new AccountState(
            platform.image(),
            HsmMemory.take(core),
            base.values(),
            base.book(),
            RecordBook.empty(),
            Records.of(world, base));
    visit(first);
    while (!open.isEmpty()) {
      expand(open.poll());
    }
    return new Found(setting, seen.size(), steps, mostInWindow, mostFailures);
  }

  private void visit(AccountState state) {
    mostInWindow = Math.max(mostInWindow, state.window.size());
    mostFailures = Math.max(mostFailures, state.failures.size());
    if (seen.add(state.key())) {
      open.add(state);
    }
  }

  private void expand(AccountState state) {
    state.ops.stream().findFirst().ifPresent(op -> misplaced(state, op));
    for (AccountOp again : List.copyOf(state.ops)) {
      order(state, again);
    }
    guesses(state);
    registrations(state);
    if (setting.deletes()) {
      deletions(state);
    }
  }

  private AccountOp op(String label, Request request, boolean genuine) {
    return op(label, request, genuine, Optional.empty());
  }

  private AccountOp op(
      String label, Request request, boolean genuine, Optional<AccountOp> attempt) {
    return new AccountOp(opsMade++, label, request, alice.admit(request, 1), genuine, attempt);
  }

  private void guesses(AccountState state) {
    long k = state.values.k();
    long guesses = state.count("guess");
    if (guesses < setting.guesses()) {
      order(state, op("guess " + (guesses + 1), alice.attempt("guess " + guesses, k), true));
    }
    if (state.count("twin") < setting.twins()) {
      for (AccountOp other : List.copyOf(state.ops)) {
        if (other.label().startsWith("guess")
            && other.request() instanceof Request.Attempt attempt) {
          Request twin = alice.attempt(attempt.id(), "twin", other.request().header().seenK());
          order(state, op("twin of " + other.label(), twin, true));
        }
      }
    }
    if (state.count("right") < setting.rights()) {
      order(
          state,
          op(
              "right code " + (state.count("right") + 1),
              alice.attempt(FoundedWorld.RIGHT_CODE, k),
              true));
    }
    if (setting.hostile() && state.count("forged success") == 0) {
      for (AccountOp attempt : List.copyOf(state.ops)) {
        if (attempt.label().startsWith("guess") && state.counted.containsKey(attempt.id())) {
          order(state, success("forged success", state, attempt, STRANGERS_SEED, false));
        }
      }
    }
  }

  private AccountOp success(
      String label, AccountState state, AccountOp attempt, SecretBytes seed, boolean genuine) {
    Request request =
        alice.success(
            (Request.Attempt) attempt.request(),
            state.counted.get(attempt.id()),
            state.account().standing().generation(),
            seed);
    return op(label, request, genuine, Optional.of(attempt));
  }

  private void registrations(AccountState state) {
    long starts = state.count("start");
    long k = state.values.k();
    if (starts < setting.starts()) {
      order(state, op("start " + (starts + 1), alice.start(alice.registrationId(), "x", k), true));
    }
    boolean pending = state.account().standing().pending().isPresent();
    for (AccountOp started : List.copyOf(state.ops)) {
      if (!pending || !(started.request() instanceof Request.RegisterStart start)) {
        continue;
      }
      if (setting.hostile() && state.count("other element") == 0) {
        Request other = alice.start(start.id(), "y", k);
        order(state, op("other element, id of " + started.label(), other, true));
      }
      var place = state.account().standing().pending().orElseThrow();
      if (place.id().equals(start.id())) {
        finishes(state, start, place.k(), place.position());
      }
    }
  }

  private void finishes(AccountState state, Request.RegisterStart start, long k, int position) {
    long seen = state.values.k();
    Request.RegisterFinish bare =
        alice.finish(
            seen, k, position, registration(start, setting.limit()), new Authorisation.None());
    if (state.count("finish") < setting.starts()) {
      AccountOp finish = op("finish " + (state.count("finish") + 1), alice.byLogin(bare), true);
      order(state, finish);
      if (setting.rights() > 0) {
        visit(state.withholding(finish));
      }
    }
    if (!setting.hostile() || state.count("bad finish") > 0) {
      return;
    }
    Bytes other = Ed25519.sign(STRANGERS_SEED, Bytes.zeros(1));
    order(
        state,
        op(
            "bad finish, login of another request",
            alice.authorised(bare, new Authorisation.Login(alice.token(), other)),
            false));
    order(state, op("bad finish, unauthorised", bare, false));
    order(
        state,
        op(
            "bad finish, foreign owner",
            alice.authorised(bare, new Authorisation.Owner(other)),
            false));
    if (setting.limit() < 10) {
      Request.RegisterFinish more =
          alice.finish(
              seen, k, position, registration(start, setting.limit() + 1), bare.authorisation());
      order(state, op("bad finish, limit too large", alice.byLogin(more), false));
    }
  }

  private static Registration registration(Request.RegisterStart start, int limit) {
    return new Registration(
        Ed25519.publicKey(THIEFS_SEED),
        Ed25519.publicKey(THIEFS_SEED),
        THIEFS_SECRET,
        limit,
        KsfParameters.DEFAULT,
        start.id());
  }

  private void deletions(AccountState state) {
    long generation = state.account().standing().generation();
    long k = state.values.k();
    Request.Delete bare = alice.delete(k, generation, new Authorisation.None());
    if (state.count("bad delete") == 0) {
      order(state, op("bad delete by login", alice.byLogin(bare), false));
      order(state, op("bad delete, unauthorised", bare, false));
    }
    if (state.count("delete") == 0
        && state.account() instanceof Account.Active live
        && live.registration().wrappedKey().equals(FoundedWorld.SECRET)) {
      Bytes text = SignedTexts.ownerDelete(bare);
      AccountOp delete =
          op(
              "delete by owner",
              alice.authorised(bare, alice.byOwner(FoundedWorld.SECRET, text)),
              true);
      order(state, delete);
      visit(state.withholding(delete));
    }
  }

  /** Has one operation ordered and released, and asserts everything about it. */
  private void order(AccountState state, AccountOp op) {
    steps++;
    try {
      AccountState next = capture(state, op);
      if (next.account() instanceof Account.Active
          && op.label().startsWith("right")
          && next.counted.containsKey(op.id())
          && next.openAt(op) >= 0
          && next.ops.stream().noneMatch(o -> o.attempt().equals(Optional.of(op)))
          && next.account().standing().generation() == 1) {
        // The client signs once it has verified the certified outcome of this very attempt.
        next.ops.add(success("success of " + op, next, op, world.rightKeys().authSeed(), true));
      }
      visit(next);
    } catch (BrokenPromise broken) {
      List<String> schedule = new ArrayList<>(List.of(op.label()));
      for (Optional<AccountState> at = Optional.of(state);
          at.isPresent() && at.get().from.isPresent();
          at = at.get().from) {
        schedule.addFirst(at.get().step);
      }
      throw broken.after(setting.toString(), schedule);
    } catch (Invariant.Broken fault) {
      throw new BrokenPromise("stop", "an HSM stops itself: " + fault.getMessage());
    } catch (Rejected e) {
      throw new BrokenPromise("liveness", "an honest step was refused");
    }
  }

  private AccountState capture(AccountState state, AccountOp op) throws Rejected {
    Bytes entry = new Entry(List.of(op.item())).encode();
    List<TreeKey> keys = Bench.touched(entry);
    pester(state, entry, keys);
    stage(state);
    HsmPort.Capture capture =
        core.capture(
            0, state.values.k() + 1, entry, state.book.records(keys), state.book.proof(keys));
    RecordBook book = state.book.with(keys, capture.records());
    BrokenPromise.unless(
        book.root().equals(capture.values().root()), "INV-7", "the root is not the records'");
    Certificate certificate =
        Certificate.of(
            List.of(capture.statement().orElseThrow(), world.forge(2, capture.values())));
    List<HsmPort.PositionedReply> replies = core.release(certificate, List.of(0));
    TestClient.Answer answer =
        alice.open(
            op.request(),
            new TestFleet.Ordered(entry, certificate, capture.leaves(), List.of(replies)),
            0);
    AccountState next =
        state.next(
            platform.image(),
            HsmMemory.take(core),
            capture.values(),
            book,
            Records.of(world, alice.subject(), book),
            op);
    rules.check(state, op, answer, next);
    return next;
  }

  private void stage(AccountState state) {
    platform.restore(state.image);
    HsmMemory.put(core, state.memory);
  }

  /** Records that are not the newest of their own key, with the right proof (INV-7). */
  private void pester(AccountState state, Bytes entry, List<TreeKey> keys) {
    TreeKey bobs = world.member(1).keys().treeKey(world.bob().subject());
    Optional<Bytes> old = state.before.record(keys.getFirst());
    for (Optional<Bytes> wrong : List.of(state.book.record(bobs), old)) {
      if (wrong.equals(state.book.record(keys.getFirst()))) {
        continue;
      }
      stage(state);
      try {
        core.capture(0, state.values.k() + 1, entry, List.of(wrong), state.book.proof(keys));
      } catch (Rejected refused) {
        continue;
      }
      throw new BrokenPromise("INV-7", "a record that is old or another's was accepted");
    }
  }

  /** An operation beside another record's name than its own acts on neither. */
  private void misplaced(AccountState state, AccountOp op) {
    TreeKey bobs = world.member(1).keys().treeKey(world.bob().subject());
    Entry.Item moved = new Entry.Item(bobs, 1, op.item().operation());
    Bytes entry = new Entry(List.of(moved)).encode();
    List<TreeKey> keys = List.of(bobs);
    stage(state);
    try {
      HsmPort.Capture capture =
          core.capture(
              0, state.values.k() + 1, entry, state.book.records(keys), state.book.proof(keys));
      Certificate certificate =
          Certificate.of(
              List.of(capture.statement().orElseThrow(), world.forge(2, capture.values())));
      BrokenPromise.unless(
          core.release(certificate, List.of(0)).isEmpty(),
          "INV-7",
          "an operation acted on another account's record");
    } catch (Rejected e) {
      throw new BrokenPromise("liveness", "a bad operation stopped the chain");
    }
  }

  /** Whether {@code code} lets anything happen. */
  static boolean accepted(OutcomeCode code) {
    return code == OutcomeCode.ACCEPTED;
  }
}
