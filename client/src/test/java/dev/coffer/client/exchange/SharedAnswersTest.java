package dev.coffer.client.exchange;

import static dev.coffer.protocol.shared.SharedVectors.fields;

import dev.coffer.protocol.Samples;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeCode;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHash;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.shared.SharedVectors;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Answers of every kind, most of them lies, and what both clients make of each. */
final class SharedAnswersTest {
  private static final Fleet FLEET = Samples.fleet();
  private static final Subject SUBJECT = Samples.subject();
  private static final Bytes BLIND = Samples.digest(20);
  private static final Bytes PAYLOAD = Bytes.fromHex("c0ffee");

  private final OpenRequest open =
      OpenRequest.open(
          counting(3),
          FLEET,
          SUBJECT,
          41,
          header -> new Request.Attempt(header, new AttemptId(Samples.digest(9)), element(1)));
  private final List<Map<String, Object>> cases = new ArrayList<>();

  private static Randomness counting(int seed) {
    int[] next = {seed};
    return target -> {
      for (int i = 0; i < target.length; i++) {
        target[i] = (byte) next[0]++;
      }
    };
  }

  private static Bytes element(int number) {
    RistrettoElement generator = Ristretto255.GROUP.generator();
    return Ristretto255.GROUP.multiplyVarTime(number, generator).encode();
  }

  private Outcome outcome() {
    return new Outcome(
        1,
        RequestType.ATTEMPT,
        open.request().hash(),
        OutcomeCode.ACCEPTED,
        2,
        7,
        9,
        Samples.digest(5),
        Outcome.payloadHash(PAYLOAD));
  }

  private static Outcome of(Outcome o, RequestType type, RequestHash request, int position) {
    return new Outcome(
        position,
        type,
        request,
        o.code(),
        o.generation(),
        o.attemptNumber(),
        o.guessesLeft(),
        o.registrationHash(),
        o.payloadHash());
  }

  private static ReplyContent content(Outcome outcome, Optional<Bytes> partial) {
    return new ReplyContent(outcome, BLIND, partial, PAYLOAD);
  }

  private static ChainValues values(long k, int partition, Outcome certified) {
    return new ChainValues(
        FLEET.id(),
        partition,
        k,
        Samples.digest(31),
        Samples.digest(32),
        OutcomeTree.root(leaves(certified)));
  }

  private static List<Bytes> leaves(Outcome certified) {
    return List.of(Samples.digest(40), certified.leaf(BLIND), Samples.digest(41));
  }

  private static Certificate certificate(ChainValues values, int first, int last) {
    List<Statement> statements = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      statements.add(Statement.sign(values, i, Samples.statementSeed(i)));
    }
    return Certificate.of(statements);
  }

  private SealedReply reply(int index, ChainValues values, ReplyContent content) {
    Bytes leaf = outcome().leaf(BLIND);
    SealedReply.Context context =
        new SealedReply.Context(index, values, 1, RequestType.ATTEMPT, leaf);
    return SealedReply.seal(counting(60 + index), open.exporter(index), context, content);
  }

  private VaultAnswer honest() {
    ChainValues values = values(42, 0, outcome());
    List<SealedReply> replies = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      replies.add(reply(i, values, content(outcome(), Optional.of(element(10 + i)))));
    }
    return answer(certificate(values, 1, 2), replies);
  }

  private VaultAnswer answer(Certificate certificate, List<SealedReply> replies) {
    List<Bytes> leaves = leaves(outcome());
    return new VaultAnswer(certificate, 3, 1, leaves.get(1), OutcomeTree.path(leaves, 1), replies);
  }

  /** The honest answer with HSM 2's reply holding something else. */
  private VaultAnswer second(ReplyContent content) {
    VaultAnswer honest = honest();
    SealedReply reply = reply(2, honest.certificate().values(), content);
    return with(honest, replies -> List.of(replies.get(0), reply, replies.get(2)));
  }

  private static VaultAnswer with(VaultAnswer of, UnaryOperator<List<SealedReply>> replies) {
    return new VaultAnswer(
        of.certificate(),
        of.entrySize(),
        of.position(),
        of.leaf(),
        of.path(),
        replies.apply(of.replies()));
  }

  private void add(String name, VaultAnswer answer) {
    add(name, answer.encode(), ChainProgress.NOTHING);
  }

  private void add(String name, Bytes answer, ChainProgress seen) {
    String verdict;
    try {
      Verified verified = AnswerVerifier.verify(FLEET, open, seen, answer);
      List<Integer> partials = verified.partials().stream().map(Sharing.Partial::index).toList();
      verdict = verified.outcome().code() + " " + partials + " " + verified.suspects();
    } catch (OperationAborted e) {
      verdict = e.distrust().orElseThrow().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    cases.add(
        fields(
            "name", name,
            "answer", answer.hex(),
            "seenK", seen.k(),
            "seenHead", seen.head().hex(),
            "verdict", verdict));
  }

  @Test
  void whatIsMadeOfAnswers() {
    add("honest", honest());
    repliesThatLie();
    certificatesThatLie();
    CanonicalWriter kept = new CanonicalWriter();
    open.write(kept);
    SharedVectors.check(
        "answers",
        fields(
            "what",
            "Answers to one kept request, with what the device had seen of the chain, and the"
                + " verdict: the outcome's code with the HSMs whose partial results count and those"
                + " under suspicion, or why nothing is believed.",
            "fleet",
            FLEET.encode().hex(),
            "kept",
            kept.toBytes().hex(),
            "cases",
            cases));
  }

  private void repliesThatLie() {
    Optional<Bytes> partial = Optional.of(element(12));
    add("no partial result", second(content(outcome(), Optional.empty())));
    add("the identity", second(content(outcome(), Optional.of(Bytes.zeros(32)))));
    add("no element", second(content(outcome(), Optional.of(Samples.digest(0xff)))));
    add("the blinded element sent back", second(content(outcome(), Optional.of(element(1)))));
    Outcome other = of(outcome(), RequestType.SUCCESS, outcome().request(), 1);
    add("another outcome than was certified", second(content(other, partial)));
    add("another blind", second(new ReplyContent(outcome(), Samples.digest(21), partial, PAYLOAD)));
    Bytes payload = Bytes.fromHex("c0ffef");
    add("another payload", second(new ReplyContent(outcome(), BLIND, partial, payload)));
    add("one HSM twice", with(honest(), r -> List.of(r.get(0), r.get(0), r.get(2))));
    SealedReply first = honest().replies().get(0);
    SealedReply renamed = new SealedReply(2, first.responseNonce(), first.ciphertext());
    add("one HSM's reply as another's", with(honest(), r -> List.of(r.get(0), renamed)));
    SealedReply fourth = new SealedReply(4, first.responseNonce(), first.ciphertext());
    add("an HSM that there is not", with(honest(), r -> List.of(fourth, r.get(1), r.get(2))));
    add("no reply that opens", with(honest(), r -> List.of(renamed)));
    add("a reply alone", with(honest(), r -> List.of(r.get(2))));
    ChainValues elsewhere = values(43, 0, outcome());
    SealedReply later = reply(1, elsewhere, content(outcome(), Optional.of(element(11))));
    add("a reply of another entry", with(honest(), r -> List.of(later, r.get(1), r.get(2))));
    RequestHash stranger = new RequestHash(Samples.digest(77));
    Outcome theirs = of(outcome(), RequestType.ATTEMPT, stranger, 1);
    certified("an outcome of another request", theirs);
    certified("an outcome of another type", other);
    certified(
        "an outcome of another position",
        of(outcome(), RequestType.ATTEMPT, outcome().request(), 2));
  }

  /** A lie that all HSMs of a quorum have certified. */
  private void certified(String name, Outcome outcome) {
    ChainValues values = values(42, 0, outcome);
    List<Bytes> leaves = leaves(outcome);
    SealedReply.Context context =
        new SealedReply.Context(1, values, 1, RequestType.ATTEMPT, leaves.get(1));
    SealedReply reply =
        SealedReply.seal(
            counting(61), open.exporter(1), context, content(outcome, Optional.of(element(11))));
    List<Bytes> path = OutcomeTree.path(leaves, 1);
    Certificate certificate = certificate(values, 1, 2);
    add(name, new VaultAnswer(certificate, 3, 1, leaves.get(1), path, List.of(reply)));
  }

  private void certificatesThatLie() {
    VaultAnswer honest = honest();
    ChainValues values = honest.certificate().values();
    add("one signature", answer(certificate(values, 1, 1), honest.replies()));
    ChainValues elsewhere = values(42, 1, outcome());
    add("another partition", answer(certificate(elsewhere, 1, 2), honest.replies()));
    Bytes leaf = Samples.digest(50);
    List<Bytes> path = honest.path();
    add("another leaf", new VaultAnswer(honest.certificate(), 3, 1, leaf, path, honest.replies()));
    add(
        "another place",
        new VaultAnswer(honest.certificate(), 3, 2, honest.leaf(), path, honest.replies()));
    add(
        "a path cut short",
        new VaultAnswer(
            honest.certificate(), 3, 1, honest.leaf(), path.subList(0, 1), honest.replies()));
    Bytes encoded = honest.encode();
    ChainProgress same = new ChainProgress(0, 42, Samples.digest(31));
    add("the same k and head as before", encoded, same);
    add("the same k with another head", encoded, new ChainProgress(0, 42, Samples.digest(30)));
    add("an older k", encoded, new ChainProgress(0, 43, Samples.digest(30)));
    add("a newer k", encoded, new ChainProgress(0, 41, Samples.digest(30)));
    ChainProgress nothing = ChainProgress.NOTHING;
    add("one octet more", encoded.concat(Bytes.zeros(1)), nothing);
    add("one octet less", encoded.slice(0, encoded.size() - 1), nothing);
    add("nothing", Bytes.EMPTY, nothing);
  }
}
