package dev.coffer.verification.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SignedTexts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An account after some sequence of operations, and what everybody knows by then. */
final class AccountState {
  final Bytes image;
  final Map<String, Object> memory;
  final ChainValues values;
  final RecordBook book;
  final RecordBook before;
  final Records record;
  final List<AccountOp> ops;

  /** Attempts evaluated since the last true success or registration, all under the live nonce. */
  final Set<Bytes> window;

  /** Attempts evaluated since the last true success, over all registrations. */
  final Set<Bytes> failures;

  /** The elements evaluated for starts, by nonce. */
  final Map<Bytes, Bytes> started;

  /** The numbers of counted attempts, by operation. */
  final Map<Integer, Long> counted;

  /** Operations that were done for good: successes, registrations and deletions. */
  final Set<Integer> done;

  Optional<AccountState> from = Optional.empty();
  String step = "";

  AccountState(
      Bytes image,
      Map<String, Object> memory,
      ChainValues values,
      RecordBook book,
      RecordBook before,
      Records record) {
    this(
        image, memory, values, book, before, record, List.of(), Set.of(), Set.of(), Map.of(),
        Map.of(), Set.of());
  }

  private AccountState(
      Bytes image,
      Map<String, Object> memory,
      ChainValues values,
      RecordBook book,
      RecordBook before,
      Records record,
      List<AccountOp> ops,
      Set<Bytes> window,
      Set<Bytes> failures,
      Map<Bytes, Bytes> started,
      Map<Integer, Long> counted,
      Set<Integer> done) {
    this.image = image;
    this.memory = memory;
    this.values = values;
    this.book = book;
    this.before = before;
    this.record = record;
    this.ops = new ArrayList<>(ops);
    this.window = new HashSet<>(window);
    this.failures = new HashSet<>(failures);
    this.started = new HashMap<>(started);
    this.counted = new HashMap<>(counted);
    this.done = new HashSet<>(done);
  }

  /** Where one entry leads. */
  AccountState next(
      Bytes nextImage,
      Map<String, Object> nextMemory,
      ChainValues nextValues,
      RecordBook nextBook,
      Records nextRecord,
      AccountOp op) {
    AccountState next =
        new AccountState(
            nextImage,
            nextMemory,
            nextValues,
            nextBook,
            book,
            nextRecord,
            ops,
            window,
            failures,
            started,
            counted,
            done);
    if (!next.ops.contains(op)) {
      next.ops.add(op);
    }
    next.from = Optional.of(this);
    next.step = op.label();
    return next;
  }

  /** The same, but for one operation that a client has made and the host keeps back. */
  AccountState withholding(AccountOp op) {
    AccountState next =
        new AccountState(
            image, memory, values, book, before, record, ops, window, failures, started, counted,
            done);
    next.ops.add(op);
    next.from = Optional.of(this);
    next.step = op.label() + ", kept back";
    return next;
  }

  Account account() {
    return record.account();
  }

  long count(String kind) {
    return ops.stream().filter(op -> op.label().startsWith(kind)).count();
  }

  /** The place of an attempt among those that are open, -1 if it is not. */
  int openAt(AccountOp op) {
    if (!(account() instanceof Account.Active live && op.request() instanceof Request.Attempt a)) {
      return -1;
    }
    Bytes tag =
        SignedTexts.attemptTag(
            a.header().subject(), live.standing().generation(), a.id(), a.hash());
    return live.open().indexOf(tag);
  }

  /**
   * A name shared by states that behave alike: k itself, who is who among like operations, and the
   * history, which no rule reads, are left out.
   */
  String key() {
    Account account = account();
    StringBuilder key = new StringBuilder(account.getClass().getSimpleName());
    key.append(account.standing().failuresSinceSuccess());
    if (account instanceof Account.Active live) {
      key.append(',').append(live.used()).append(',').append(live.registration().limit());
    }
    key.append(account.standing().pending().isPresent())
        .append(window.size())
        .append(',')
        .append(failures.size());
    ops.stream().map(this::describe).sorted().forEach(text -> key.append(';').append(text));
    return key.toString();
  }

  private String describe(AccountOp op) {
    long seen = op.request().header().seenK();
    boolean stale = seen < account().standing().floorK();
    String kind = op.label().replaceAll("\\d", "");
    String matters =
        switch (op.request()) {
          case Request.Attempt attempt -> openAt(op) + (counted.containsKey(op.id()) ? "c" : "");
          case Request.Success success -> {
            long age = account().standing().attemptNumber() - success.attemptNumber();
            boolean last =
                account() instanceof Account.Active live
                    && live.lastSuccess().isPresent()
                    && live.lastSuccess().get().attemptNumber() == success.attemptNumber();
            yield op.attempt().map(this::openAt).orElse(-1) + "," + last + age;
          }
          case Request.RegisterStart start -> place(start.id().value());
          case Request.RegisterFinish finish ->
              place(finish.registration().id().value())
                  + account().standing().pending().filter(p -> p.k() == finish.k()).isPresent();
          case Request.Delete delete ->
              "" + (delete.generation() == account().standing().generation());
        };
    return kind + matters + stale + done.contains(op.id());
  }

  private String place(Bytes registration) {
    boolean pending =
        account().standing().pending().filter(p -> p.id().value().equals(registration)).isPresent();
    boolean last =
        account()
            .standing()
            .lastRegistration()
            .filter(l -> l.id().value().equals(registration))
            .isPresent();
    return pending + "," + last;
  }
}
