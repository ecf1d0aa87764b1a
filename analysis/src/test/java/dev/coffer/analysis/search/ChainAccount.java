package dev.coffer.analysis.search;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.harness.RecordBook;
import dev.coffer.hsm.harness.TestClient;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An account on one chain, after some sequence of operations there. */
final class ChainAccount {
  /** Distances by which an operation is ahead of a chain that are told apart. */
  private static final int AHEAD_MAX = 2;

  /** Which of the chains, from 0: that of HSM {@code chain + 1}. */
  final int chain;

  final Bytes image;
  final Map<String, Object> memory;
  final ChainValues values;
  final RecordBook book;
  final RecordBook before;
  final Records record;

  /**
   * Attempts evaluated since the one that truly succeeded last, or since the registration, in
   * order: all under the live nonce.
   */
  final Set<Bytes> window;

  /** Attempts evaluated since the one that truly succeeded last, over all registrations. */
  final Set<Bytes> failures;

  /** All attempts evaluated, by nonce. */
  final Map<Bytes, Set<Bytes>> evaluated;

  /** The elements evaluated for starts, by nonce. */
  final Map<Bytes, Bytes> started;

  /** The numbers of counted attempts, by operation. */
  final Map<Integer, Long> counted;

  /** The same with the generation that each was counted for: what the record's trail names. */
  final Map<Integer, String> sequence;

  /** Operations that were done for good: successes, registrations and deletions. */
  final Set<Integer> done;

  /** What came of operations that were tried from here already. */
  final Map<Integer, Taken> taken = new HashMap<>();

  /** This account once its chain has grown to some k. */
  final Map<Long, ChainAccount> grown = new HashMap<>();

  /** Whether everything that is tried once a state was tried. */
  boolean tried;

  /** Whether it was tried that the user gets on from here. */
  boolean goesOn;

  /** Where an operation leads, and what its client is told. */
  record Taken(ChainAccount after, TestClient.Answer answer) {}

  /** What only the HSM and its host's store know. */
  record Stand(
      Bytes image,
      Map<String, Object> memory,
      ChainValues values,
      RecordBook book,
      RecordBook before,
      Records record) {}

  ChainAccount(int chain, Stand stand) {
    this(chain, stand, Set.of(), Set.of(), Map.of(), Map.of(), Map.of(), Map.of(), Set.of());
  }

  private ChainAccount(
      int chain,
      Stand stand,
      Set<Bytes> window,
      Set<Bytes> failures,
      Map<Bytes, Set<Bytes>> evaluated,
      Map<Bytes, Bytes> started,
      Map<Integer, Long> counted,
      Map<Integer, String> sequence,
      Set<Integer> done) {
    this.chain = chain;
    this.image = stand.image();
    this.memory = stand.memory();
    this.values = stand.values();
    this.book = stand.book();
    this.before = stand.before();
    this.record = stand.record();
    this.window = new LinkedHashSet<>(window);
    this.failures = new LinkedHashSet<>(failures);
    this.evaluated = new HashMap<>();
    evaluated.forEach((nonce, elements) -> this.evaluated.put(nonce, new HashSet<>(elements)));
    this.started = new HashMap<>(started);
    this.counted = new HashMap<>(counted);
    this.sequence = new HashMap<>(sequence);
    this.done = new HashSet<>(done);
  }

  /** Where an entry leads. */
  ChainAccount next(Stand stand) {
    return new ChainAccount(
        chain, stand, window, failures, evaluated, started, counted, sequence, done);
  }

  Account account() {
    return record.account();
  }

  long k() {
    return values.k();
  }

  /** An attempt was counted. */
  void counted(int op, long number) {
    counted.put(op, number);
    sequence.put(op, number + "@" + account().counters().generation());
  }

  /** An attempt was evaluated under {@code nonce}. */
  void evaluated(Bytes nonce, Bytes element) {
    evaluated.computeIfAbsent(nonce, unused -> new HashSet<>()).add(element);
  }

  /** The place of an attempt among those that are open, -1 if it is not. */
  int openAt(AccountOp op) {
    if (!(account() instanceof Account.Active live && op.request() instanceof Request.Attempt a)) {
      return -1;
    }
    for (int place = 0; place < live.used(); place++) {
      if (Records.trail(live, place, a).equals(live.open().get(place))) {
        return place;
      }
    }
    return -1;
  }

  /** The trail before an attempt that is open: what its client is told. */
  Bytes trailBefore(AccountOp op) {
    int place = openAt(op);
    return place < 0
        ? account().counters().trail()
        : Records.trailBefore((Account.Active) account(), place);
  }

  /** All trails that the record knows, oldest first. */
  List<Bytes> trails() {
    List<Bytes> trails = new ArrayList<>(List.of(account().counters().trail()));
    if (account() instanceof Account.Active live) {
      trails.addAll(live.open());
    }
    return trails;
  }

  /** The account as far as rules read it. */
  String summary() {
    Account account = account();
    StringBuilder text = new StringBuilder(account.getClass().getSimpleName());
    text.append(account.counters().failuresSinceSuccess());
    if (account instanceof Account.Active live) {
      text.append(',').append(live.used()).append(',').append(live.registration().limit());
    }
    text.append(account.counters().pending().isPresent())
        .append(window.size())
        .append(',')
        .append(failures.size());
    return text.toString();
  }

  /** What {@code op} would mean here. */
  String describe(AccountOp op) {
    long seen = op.request().header().seenK();
    boolean stale = seen < account().counters().floorK();
    long ahead = Math.min(AHEAD_MAX, Math.max(0, seen - k()));
    String matters =
        switch (op.request()) {
          case Request.Attempt attempt -> openAt(op) + (counted.containsKey(op.id()) ? "c" : "");
          case Request.Success success -> {
            long age = account().counters().attemptNumber() - success.attemptNumber();
            int named = trails().indexOf(Records.trail(success));
            boolean same = success.generation() == account().counters().generation();
            yield op.attempt().map(this::openAt).orElse(-1) + "," + named + age + same;
          }
          case Request.RegisterStart start -> place(start.id().value());
          case Request.RegisterFinish finish ->
              place(finish.registration().id().value())
                  + account().counters().pending().filter(p -> p.k() == finish.k()).isPresent();
          case Request.Delete delete ->
              "" + (delete.generation() == account().counters().generation());
        };
    return matters + stale + ahead + done.contains(op.id());
  }

  private String place(Bytes registration) {
    boolean pending =
        account().counters().pending().filter(p -> p.id().value().equals(registration)).isPresent();
    boolean last =
        account()
            .counters()
            .lastRegistration()
            .filter(l -> l.id().value().equals(registration))
            .isPresent();
    return pending + "," + last;
  }

  /** ν of the live registration, if there is one. */
  Optional<Bytes> liveNonce() {
    return record.liveNonce();
  }
}
