package dev.coffer.transparency.published;

import static dev.coffer.transparency.TransparencyWorld.DAY;
import static dev.coffer.transparency.TransparencyWorld.START;
import static dev.coffer.transparency.TransparencyWorld.fleet;
import static dev.coffer.transparency.TransparencyWorld.listed;
import static dev.coffer.transparency.TransparencyWorld.signed;
import static dev.coffer.transparency.published.Case.bad;
import static dev.coffer.transparency.published.Case.good;
import static dev.coffer.transparency.text.RefusalCode.BAD_TEXT;
import static dev.coffer.transparency.text.RefusalCode.MALFORMED;
import static dev.coffer.transparency.text.RefusalCode.NOT_CANONICAL;
import static dev.coffer.transparency.text.RefusalCode.TOO_LARGE;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleDelivery;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.trust.TrustPolicy;
import dev.coffer.transparency.verify.Anchor;
import dev.coffer.transparency.verify.ClientFloor;
import dev.coffer.transparency.verify.FleetVerifier;
import dev.coffer.transparency.verify.Memory;
import dev.coffer.transparency.verify.Purpose;
import dev.coffer.transparency.verify.Step;
import dev.coffer.transparency.verify.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Texts of bundles and trust policies, and whole deliveries with the verdict on each. */
final class BundleVectors {
  private final TransparencyWorld world = new TransparencyWorld();
  private final Fleet blue = fleet("blue");
  private final ListedFleet active = listed(blue, FleetState.ACTIVE);
  private final TrustPolicy policy = world.policy();
  private final List<Map<String, Object>> deliveries = new ArrayList<>();

  Map<String, Object> bundle() {
    Case.Reader reader =
        input -> {
          Bundle read = Bundle.parse(Utf8.decode(input, "bundle"));
          return Case.fields("epoch", read.epoch(), "fleets", read.fleets().size());
        };
    ListedFleet green = listed(fleet("green", 3, 2, "SIMULATED software HSM"), FleetState.REVOKED);
    String ok = world.next(START, active).text();
    String both = world.next(START, active, green).text();
    String id = blue.id().value().hex();
    String key = ok.lines().filter(l -> l.startsWith("key " + id + " 1 session")).findFirst().get();
    String next = ok.lines().filter(l -> l.startsWith("key " + id + " 1 st")).findFirst().get();
    return Case.file(
        "Texts of bundles (docs/transparency.md).",
        Map.of(),
        good("one fleet", ok, reader),
        good("an active and a revoked fleet", both, reader),
        bad(MALFORMED, "another version", ok.replace("bundle/v1", "bundle/v2"), reader),
        bad(NOT_CANONICAL, "a leading zero", ok.replace("epoch 1\n", "epoch 01\n"), reader),
        bad(TOO_LARGE, "2^63", ok.replace("\nepoch 1\n", "\nepoch 9223372036854775808\n"), reader),
        bad(MALFORMED, "epoch zero", ok.replace("\nepoch 1\n", "\nepoch 0\n"), reader),
        bad(MALFORMED, "min-epoch above epoch", ok.replace("min-epoch 1", "min-epoch 2"), reader),
        bad(MALFORMED, "no prev after epoch 1", ok.replace("\nepoch 1\n", "\nepoch 2\n"), reader),
        bad(MALFORMED, "an end before the start", ok.replace("not-after 1", "not-after "), reader),
        bad(NOT_CANONICAL, "two spaces", ok.replace("settings ", "settings  "), reader),
        bad(NOT_CANONICAL, "a space at the end", ok.replace("policy 1\n", "policy 1 \n"), reader),
        bad(MALFORMED, "an unknown keyword", ok + "comment x\n", reader),
        bad(MALFORMED, "another order", swap(ok, key, next), reader),
        bad(MALFORMED, "a line missing", ok.replace(next + "\n", ""), reader),
        bad(MALFORMED, "a line twice", ok.replace(key + "\n", key + "\n" + key + "\n"), reader),
        bad(MALFORMED, "an unknown state", ok.replace(" active ", " paused "), reader),
        bad(MALFORMED, "an even number", ok.replace(" 5 3 3 10 16", " 4 3 3 10 16"), reader),
        bad(MALFORMED, "a smaller threshold", ok.replace(" 5 3 3 10 16", " 5 2 3 10 16"), reader),
        bad(MALFORMED, "a quorum below it", ok.replace(" 5 3 3 10 16", " 5 3 2 10 16"), reader),
        bad(MALFORMED, "11 guesses", ok.replace(" 5 3 3 10 16", " 5 3 3 11 16"), reader),
        bad(MALFORMED, "fleets in another order", reversed(both), reader),
        bad(MALFORMED, "another algorithm", ok.replace(" x25519 ", " x448 "), reader),
        bad(NOT_CANONICAL, "upper-case hex", ok.replaceFirst("sha256:.", "sha256:A"), reader),
        bad(MALFORMED, "one key twice", ok.replace(word(next), word(key)), reader),
        bad(BAD_TEXT, "CRLF", ok.replace("\n", "\r\n"), reader),
        bad(BAD_TEXT, "a byte order mark", "\ufeff" + ok, reader),
        bad(BAD_TEXT, "a letter that is not ASCII", ok.replace("site-1", "sit\u00e9-1"), reader));
  }

  private static String word(String line) {
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  private static String swap(String text, String one, String other) {
    return text.replace(one, "x").replace(other, one).replace("\nx\n", "\n" + other + "\n");
  }

  /** The same text with its two fleets the other way round. */
  private static String reversed(String both) {
    int first = both.indexOf("\nfleet ") + 1;
    int second = both.indexOf("\nfleet ", first) + 1;
    return both.substring(0, first) + both.substring(second) + both.substring(first, second);
  }

  Map<String, Object> trustPolicy() {
    Case.Reader reader =
        input -> {
          TrustPolicy read = TrustPolicy.parse(Utf8.decode(input, "trust policy"));
          return Case.fields("version", read.version(), "hash", read.hash().hex());
        };
    String ok = policy.text();
    String operator = world.operator.verifier().text();
    String notary = world.notary.verifier().text();
    return Case.file(
        "Texts of trust policies (docs/transparency.md).",
        Map.of(),
        good("version 1", ok, reader),
        good("version 2", world.policy(policy, world.newRoots).text(), reader),
        bad(MALFORMED, "version 2 without prev", ok.replace("version 1\n", "version 2\n"), reader),
        bad(MALFORMED, "a threshold above the roots", ok.replace("old 3", "old 6"), reader),
        bad(MALFORMED, "a threshold of zero", ok.replace("old 3", "old 0"), reader),
        bad(MALFORMED, "one key in two roles", ok.replace(operator, notary), reader),
        bad(
            MALFORMED,
            "no quorum of witnesses",
            ok.replace("quorum witnesses", "quorum none"),
            reader),
        bad(
            NOT_CANONICAL,
            "all for a number",
            ok.replace("witnesses 2 w1", "witnesses all w1"),
            reader),
        bad(NOT_CANONICAL, "a comment", ok + "# comment\n", reader),
        bad(
            MALFORMED,
            "a soft age above the hard one",
            ok.replace("604800 172800", "172800 604800"),
            reader),
        bad(MALFORMED, "32 days", ok.replace("604800 172800", "2764800 172800"), reader),
        bad(BAD_TEXT, "CRLF", ok.replace("\n", "\r\n"), reader));
  }

  Map<String, Object> deliveries() throws Refused {
    world.publish(world.next(START - 9 * DAY, active.in(FleetState.ANNOUNCED)));
    world.publish(world.next(START - 5 * DAY, active));
    BundleDelivery honest = world.delivery(START);
    Memory seen = ((Verdict.Trusted) verdict(honest, blue, START, Memory.EMPTY)).memory();
    expect(null, "honest", honest, blue, START, Memory.EMPTY);
    expect(null, "again", honest, blue, START, seen);
    expect(
        null,
        "with its policy",
        world.delivery(START, signed(policy, world.roots)),
        blue,
        START,
        seen);
    expect(null, "seven days old", honest, blue, START + 7 * DAY, Memory.EMPTY);
    expect(Step.FRESHNESS, "a second older", honest, blue, START + 7 * DAY + 1, Memory.EMPTY);
    expect(Step.FRESHNESS, "from the future", honest, blue, START - 301, Memory.EMPTY);
    expect(Step.LISTED_KEYS, "another fleet answered", honest, fleet("green"), START, Memory.EMPTY);

    Bytes older = world.proof(0, 2, world.cosigned(START)).encode();
    BundleDelivery first = BundleDelivery.of(world.leaves().get(0), older, List.of());
    expect(Step.NEWEST_LEAF, "an older leaf", first, blue, START, Memory.EMPTY);
    Note old = world.cosign(world.checkpoint(1), START - 8 * DAY, 0, 1);
    Bytes oldProof = world.proof(0, 1, old).encode();
    BundleDelivery oldDelivery = BundleDelivery.of(world.leaves().get(0), oldProof, List.of());
    expect(
        Step.FRESHNESS, "an old checkpoint's newest leaf", oldDelivery, blue, START, Memory.EMPTY);
    Note one = world.cosign(world.cosign(world.checkpoint(2), START, 1), START + 1, 1);
    expect(
        Step.WITNESS_QUORUM, "one witness twice", world.delivery(one), blue, START, Memory.EMPTY);
    Bundle third = world.next(START, active);
    Bytes unlogged = BundleNote.sign(third, world.notary, world.operator);
    BundleDelivery notLogged = new BundleDelivery(unlogged, honest.proof(), honest.policies());
    expect(Step.INCLUSION, "signed and not logged", notLogged, blue, START, Memory.EMPTY);
    alone(
        Step.OPERATOR_SIGNATURE,
        "roles swapped",
        BundleNote.sign(third, world.operator, world.notary),
        blue);
    alone(
        Step.NOTARY_SIGNATURE,
        "signed twice by the operator",
        BundleNote.sign(third, world.operator, world.operator),
        blue);
    alone(
        Step.OPERATOR_SIGNATURE,
        "signed by the notary alone",
        BundleNote.notarise(third, world.notary).encode(),
        blue);
    belowTheFloor();
    TrustPolicy second = world.policy(policy, world.newRoots);
    rotation(second);
    fork(seen);
    return Case.file(
        "Deliveries and the verdict of a client that compiles in this trust policy, accepts five"
            + " HSMs and a quorum of three, allows 300 seconds of skew, and wants to recover."
            + " fleet: encoding of the fleet that answered; memory: as docs/transparency.md"
            + " encodes it, empty for a new device.",
        Case.fields("trustPolicy", policy.text()),
        deliveries);
  }

  private void belowTheFloor() {
    Fleet weak = fleet("weak", 5, 3, "SIMULATED software HSM");
    Bundle weakly = world.next(START, listed(weak, FleetState.ACTIVE));
    alone(
        Step.CLIENT_FLOOR,
        "a weak fleet",
        BundleNote.sign(weakly, world.notary, world.operator),
        weak);
    ListedFleet full = listed(blue, FleetState.ACTIVE);
    ListedFleet bare =
        new ListedFleet(full.id(), full.state(), ListedFleet.NO_EVIDENCE, full.members());
    alone(
        Step.CLIENT_FLOOR,
        "a fleet without evidence",
        BundleNote.sign(world.next(START, bare), world.notary, world.operator),
        blue);
    alone(
        null,
        "a fleet without evidence that retires",
        BundleNote.sign(
            world.next(START, bare.in(FleetState.RETIRING)), world.notary, world.operator),
        blue);
  }

  private void rotation(TrustPolicy second) {
    List<SignerKey> both = new ArrayList<>(world.roots);
    both.addAll(world.newRoots);
    TransparencyWorld next = new TransparencyWorld();
    next.publish(next.next(second, START, active));
    expect(
        null,
        "rotated by old and new roots",
        next.delivery(START, signed(second, both)),
        blue,
        START,
        Memory.EMPTY);
    expect(
        Step.TRUST_POLICY,
        "rotated by the old roots",
        next.delivery(START, signed(second, world.roots)),
        blue,
        START,
        Memory.EMPTY);
    expect(
        Step.TRUST_POLICY,
        "rotated by the new roots",
        next.delivery(START, signed(second, world.newRoots)),
        blue,
        START,
        Memory.EMPTY);
    TrustPolicy third = next.policy(second, world.newRoots);
    expect(
        Step.TRUST_POLICY,
        "a version skipped",
        next.delivery(START, signed(third, both)),
        blue,
        START,
        Memory.EMPTY);
    expect(
        Step.NAMED_POLICY, "the chain is missing", next.delivery(START), blue, START, Memory.EMPTY);
  }

  private void fork(Memory seen) {
    TransparencyWorld fork = new TransparencyWorld();
    fork.publish(fork.next(START - 9 * DAY, active.in(FleetState.ANNOUNCED)));
    fork.publish(fork.next(START - 4 * DAY, active));
    expect(
        Step.MEMORY, "another history of the same size", fork.delivery(START), blue, START, seen);
    world.publish(world.next(START, active.in(FleetState.ANNOUNCED)));
    expect(Step.FLEET_HISTORY, "a state that moved back", world.delivery(START), blue, START, seen);
    ListedFleet green = listed(fleet("green"), FleetState.ACTIVE);
    TransparencyWorld jump = new TransparencyWorld();
    world.leaves().subList(0, 2).forEach(jump::append);
    jump.publish(jump.next(START, active, green));
    expect(Step.FLEET_HISTORY, "a fleet never announced", jump.delivery(START), blue, START, seen);
  }

  /** A log with that leaf alone. */
  private void alone(Step step, String name, Bytes note, Fleet answered) {
    TransparencyWorld other = new TransparencyWorld();
    other.append(note);
    expect(step, name, other.delivery(START), answered, START, Memory.EMPTY);
  }

  private Verdict verdict(BundleDelivery delivery, Fleet answered, long now, Memory memory) {
    return new FleetVerifier(
            new Anchor.Roots(policy), new ClientFloor(5, 3, false, Set.of(), 1, 1, 300))
        .verify(delivery, answered, Purpose.RECOVER, now, memory);
  }

  private void expect(
      Step failed, String name, BundleDelivery delivery, Fleet answered, long now, Memory memory) {
    Verdict verdict = verdict(delivery, answered, now, memory);
    Step step = verdict instanceof Verdict.Distrusted distrusted ? distrusted.step() : null;
    if (step != failed) {
      throw new AssertionError(name + ": " + verdict);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("delivery", StrictBase64.encode(delivery.encode()));
    json.put("fleet", StrictBase64.encode(answered.encode()));
    json.put("now", now);
    json.put("memory", memory.isEmpty() ? "" : StrictBase64.encode(memory.encode()));
    json.put("failed", step == null ? "" : step.name());
    if (verdict instanceof Verdict.Trusted trusted) {
      json.put("remembered", StrictBase64.encode(trusted.memory().encode()));
    }
    deliveries.add(json);
  }
}
