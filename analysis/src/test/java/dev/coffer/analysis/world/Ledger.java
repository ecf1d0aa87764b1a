package dev.coffer.analysis.world;

import dev.coffer.analysis.world.ModelRules.Expected;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Sees every call to every HSM and checks the promises there. It stands outside the world: it knows
 * whose request each operation holds, opens every reply that leaves an HSM, and follows each chain
 * with {@link ModelRules}.
 */
final class Ledger {
  private final Setting setting;
  private final Fleet fleet;
  private final SessionKeys keys;
  private final Diary diary;
  private final Map<Bytes, Request> messages = new HashMap<>();
  private final Map<Bytes, Request> operations = new HashMap<>();
  private final TreeMap<Long, List<Spot>> spots = new TreeMap<>();
  private final Map<Integer, TreeMap<Long, ChainValues>> stated = new HashMap<>();
  private final TreeMap<Long, ChainValues> certified = new TreeMap<>();
  private final Map<String, TreeMap<Bytes, Set<Integer>>> evaluated = new HashMap<>();
  private final Map<Integer, Long> reached = new HashMap<>();
  private final Map<Bytes, Spot> acknowledged = new HashMap<>();
  private boolean forked;
  private int mostGuesses;

  Ledger(Setting setting, Fleet fleet, SessionKeys keys, Diary diary) {
    this.setting = setting;
    this.fleet = fleet;
    this.keys = keys;
    this.diary = diary;
    spots.put(0L, new ArrayList<>(List.of(Spot.founding(ChainValues.founding(fleet.id(), 0)))));
  }

  /** A client sends a message: what it asks, as any of the HSMs would read it. */
  Request sent(SealedMessage message) {
    try {
      Request request = keys.request(message);
      messages.put(message.sealed(), request);
      return request;
    } catch (Rejected e) {
      throw new IllegalStateException("a client sends what no HSM can read", e);
    }
  }

  /** An HSM admitted a message. */
  void admitted(Bytes message, HsmPort.Admission admission) {
    operations.put(admission.operation(), messages.get(message));
  }

  /** An operation that an HSM never admitted was made with a stolen key. */
  void forged(HsmPort.Admission admission, Request request) {
    operations.put(admission.operation(), request);
    named(admission);
  }

  /** Whether two different entries at one k were both certified. */
  boolean forked() {
    return forked;
  }

  Optional<Spot> at(ChainValues values) {
    return spots.getOrDefault(values.k(), List.of()).stream()
        .filter(spot -> spot.values().equals(values))
        .findFirst();
  }

  private boolean honest(int hsm) {
    return !setting.corrupted().contains(hsm);
  }

  /** An HSM captured an entry. */
  void captured(int hsm, long k, Bytes entry, HsmPort.Capture capture, Bytes image) {
    Spot before =
        spots.getOrDefault(k - 1, List.of()).stream()
            .filter(s ->
                s.values().nextHead(ChainValues.entryHash(entry)).equals(capture.values().head()))
            .findFirst()
            .orElse(null);
    BrokenPromise.unless(before != null, "INV-7", "HSM " + hsm + " captured on no known chain");
    Spot spot =
        spots.computeIfAbsent(k, unused -> new ArrayList<>()).stream()
            .filter(s -> s.values().head().equals(capture.values().head()))
            .findFirst()
            .orElseGet(() -> follow(before, entry, capture));
    BrokenPromise.unless(
        spot.values().equals(capture.values())
            && spot.capture().leaves().equals(capture.leaves())
            && spot.capture().records().equals(capture.records()),
        "determinism",
        "HSM " + hsm + " made something else of entry " + k);
    durable(hsm, capture.values(), image);
    spot.captured().add(hsm);
    capture.statement().ifPresent(statement -> stated(hsm, statement, image));
    diary.note("HSM " + hsm + " captured " + k + " " + shortly(capture.values().head()));
  }

  static String shortly(Bytes octets) {
    return octets.slice(0, 4).hex();
  }

  /** What is returned is in the memory already: no crash forgets it (INV-4). */
  private static void durable(int hsm, ChainValues values, Bytes image) {
    BrokenPromise.unless(
        image.hex().contains(values.head().hex()), "INV-4", "HSM " + hsm + " did not write first");
  }

  private Spot follow(Spot before, Bytes entry, HsmPort.Capture capture) {
    Map<String, ModelAccount> accounts = new HashMap<>(before.accounts());
    List<Optional<Expected>> expected = new ArrayList<>();
    List<Entry.Item> items = List.of();
    try {
      items = Entry.decode(entry).items();
    } catch (Rejected unreadable) {
      diary.done("unreadable entries");
    }
    for (Entry.Item item : items) {
      Request request = operations.get(item.operation());
      int position = expected.size();
      if (request == null || !item.treeKey().equals(treeKeys.get(item.operation()))) {
        expected.add(Optional.empty());
        continue;
      }
      String account = request.header().subject().account();
      Expected one =
          new ModelRules(fleet, capture.values().k(), position)
              .apply(request, accounts.getOrDefault(account, ModelAccount.NEVER));
      accounts.put(account, one.account());
      expected.add(Optional.of(one));
      diary.done("operations ordered");
      diary.done("outcomes " + one.code());
    }
    Spot spot =
        new Spot(
            capture.values(),
            Optional.of(before),
            entry,
            capture,
            expected,
            accounts,
            new TreeSet<>());
    spots.get(capture.values().k()).add(spot);
    return spot;
  }

  private final Map<Bytes, dev.coffer.protocol.account.TreeKey> treeKeys = new HashMap<>();

  /** Under which name an operation was admitted. */
  void named(HsmPort.Admission admission) {
    treeKeys.put(admission.operation(), admission.treeKey());
  }

  /** A statement left an HSM. */
  void stated(int hsm, Statement statement, Bytes image) {
    BrokenPromise.unless(statement.verify(fleet), "INV-5", "a statement does not verify");
    durable(hsm, statement.values(), image);
    Spot spot = at(statement.values()).orElse(null);
    BrokenPromise.unless(spot != null, "INV-7", "HSM " + hsm + " states what nobody captured");
    spot.captured().add(hsm);
    if (honest(hsm)) {
      ChainValues other =
          stated
              .computeIfAbsent(hsm, unused -> new TreeMap<>())
              .putIfAbsent(statement.values().k(), statement.values());
      BrokenPromise.unless(
          other == null || other.equals(statement.values()),
          "INV-7",
          "HSM " + hsm + " stated two different things of entry " + statement.values().k());
    }
  }

  /** An HSM says where it stands. */
  void position(int hsm, HsmPort.Position position) {
    if (honest(hsm)) {
      long k = position.values().k();
      Long before = reached.put(hsm, k);
      BrokenPromise.unless(before == null || before <= k, "INV-7", "HSM " + hsm + " went back");
    }
  }

  /** An HSM that went along with a certificate believes it: so it must be true. */
  Spot believed(Certificate certificate) {
    try {
      certificate.verify(fleet);
    } catch (Rejected e) {
      BrokenPromise.unless(false, "INV-5", "a bad certificate was believed");
    }
    return certified(at(certificate.values()).orElse(null));
  }

  /** A client has taken note of entry {@code k} and its head: by a certificate, so it was one. */
  Spot believed(long k, Bytes head) {
    return certified(
        spots.getOrDefault(k, List.of()).stream()
            .filter(spot -> spot.values().head().equals(head))
            .findFirst()
            .orElse(null));
  }

  private Spot certified(Spot spot) {
    BrokenPromise.unless(spot != null, "INV-5", "a certificate of what nobody captured");
    ChainValues values = spot.values();
    long captured = spot.captured().stream().filter(this::honest).count();
    BrokenPromise.unless(
        captured + setting.corrupted().size() >= setting.q(),
        "INV-5",
        "certified entry " + values.k() + ", captured by " + spot.captured());
    ChainValues other = certified.putIfAbsent(values.k(), values);
    if (other != null && !other.equals(values)) {
      BrokenPromise.unless(!setting.oneChain(), "INV-7", "two certified entries " + values.k());
      forked = true;
      diary.done("certified forks");
    }
    return spot;
  }

  /** Sealed replies left an HSM. */
  void released(int hsm, Certificate certificate, List<HsmPort.PositionedReply> replies) {
    Spot spot = believed(certificate);
    for (HsmPort.PositionedReply reply : replies) {
      Expected expected = spot.expected().get(reply.position()).orElse(null);
      Request request = asked(spot, reply.position());
      BrokenPromise.unless(
          expected != null && request != null, "INV-7", "a reply to what no client asked");
      try {
        compare(hsm, expected, opened(request, spot, reply));
      } catch (Rejected e) {
        BrokenPromise.unless(false, "INV-5", "a reply of HSM " + hsm + " does not verify: " + e);
      }
    }
  }

  /** A reply as its client reads it, which fits the certified entry. */
  private ReplyContent opened(Request request, Spot spot, HsmPort.PositionedReply positioned)
      throws Rejected {
    int position = positioned.position();
    List<Bytes> leaves = spot.capture().leaves();
    Bytes leaf = leaves.get(position);
    SealedReply reply = positioned.reply();
    SealedReply.Context context =
        new SealedReply.Context(reply.index(), spot.values(), position, request.type(), leaf);
    ReplyContent content = keys.content(request, context, reply);
    Outcome outcome = content.outcome();
    boolean fits =
        OutcomeTree.contains(
                spot.values().outcomesRoot(),
                leaves.size(),
                position,
                leaf,
                OutcomeTree.path(leaves, position))
            && outcome.leaf(content.blind()).equals(leaf)
            && outcome.request().equals(request.hash())
            && outcome.payloadHash().equals(Outcome.payloadHash(content.payload()));
    BrokenPromise.unless(
        fits, "INV-5", "a reply of HSM " + reply.index() + " is not what was certified");
    if (content.partial().isPresent()) {
      Ristretto255.GROUP.decode(content.partial().get());
    }
    return content;
  }

  /** What was asked at {@code position}; null if nobody did. */
  Request asked(Spot spot, int position) {
    try {
      return operations.get(Entry.decode(spot.entry()).items().get(position).operation());
    } catch (Rejected e) {
      return null;
    }
  }

  private void compare(int hsm, Expected expected, ReplyContent answer) {
    Outcome outcome = answer.outcome();
    ModelAccount account = expected.account();
    String said = outcome.code() + " " + outcome.attemptNumber() + " " + outcome.guessesLeft();
    String meant = expected.code() + " " + expected.attemptNumber() + " " + account.guessesLeft();
    boolean same =
        said.equals(meant)
            && outcome.type() == expected.request().type()
            && outcome.generation() == account.generation()
            && outcome.registrationHash().equals(account.registrationHash());
    BrokenPromise.unless(
        same, "INV-6, INV-8", "the HSMs say " + said + " where the rules say " + meant);
    BrokenPromise.unless(
        Payloads.right(expected, answer.payload()),
        "INV-8, INV-10",
        "the HSMs grant something else with " + said);
    boolean evaluates = expected.evaluatedUnder().isPresent();
    BrokenPromise.unless(
        answer.partial().isPresent() == evaluates, "INV-2", "evaluated what was not granted");
    diary.done("replies released");
    if (evaluates) {
      count(hsm, expected.evaluatedUnder().get(), expected.request().blinded().orElseThrow());
    }
  }

  /** INV-2: with what the corrupted HSMs can add, t partial results make an evaluation. */
  private void count(int hsm, String period, Bytes element) {
    TreeMap<Bytes, Set<Integer>> elements =
        evaluated.computeIfAbsent(period, unused -> new TreeMap<>());
    Set<Integer> by =
        elements.computeIfAbsent(element, unused -> new TreeSet<>(setting.corrupted()));
    by.add(hsm);
    int whole = (int) elements.values().stream().filter(s -> s.size() >= setting.t()).count();
    int bound = period.startsWith("start") ? 1 : setting.bound();
    BrokenPromise.unless(
        whole <= bound, "INV-2", whole + " different guesses evaluated, at most " + bound);
    if (!period.startsWith("start")) {
      mostGuesses = Math.max(mostGuesses, whole);
    }
  }

  /** A client believes that its registration is stored. */
  void acknowledged(Bytes registrationHash, Spot spot) {
    acknowledged.putIfAbsent(registrationHash, spot);
  }

  /** No acknowledged registration is off the chain that the fleet ends on (INV-5). */
  void nothingLost(Spot end) {
    acknowledged
        .values()
        .forEach(spot ->
            BrokenPromise.unless(
                spot.leadsTo(end),
                "INV-5",
                "an acknowledged registration at " + spot.values().k() + " is lost"));
  }

  /** The newest certified place. */
  Optional<Spot> newestCertified() {
    return certified.isEmpty() ? Optional.empty() : at(certified.lastEntry().getValue());
  }

  boolean knows(Bytes operation) {
    return operations.get(operation) != null;
  }

  int mostGuesses() {
    return mostGuesses;
  }
}
