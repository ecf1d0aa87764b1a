package dev.coffer.client.fleet;

import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.TenantIssuer;
import dev.coffer.protocol.outcome.FleetDelivery;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.OutcomeTree;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * n HSMs and an honest host in one object, with one partition. Each operation becomes an entry in
 * which strangers' operations stand around it. Not thread-safe.
 */
public final class MiniFleet {
  /** The tenant of every test. */
  public static final String TENANT = "tenant";

  private final Randomness randomness;
  private final List<MiniHsm> hsms = new ArrayList<>();
  private final Fleet fleet;
  private final Map<Bytes, MiniRecord> records = new HashMap<>();
  private ChainValues values;
  private Optional<Certificate> newest = Optional.empty();
  private final List<Request> seen = new ArrayList<>();

  /** What all HSMs together store in place of what was asked. */
  public UnaryOperator<Registration> swapAtFinish = UnaryOperator.identity();

  public MiniFleet(int n, int q, Randomness randomness) {
    this(n, q, 10, "MINI SIMULATED", randomness);
  }

  public MiniFleet(int n, int q, int guessLimitMax, String model, Randomness randomness) {
    this.randomness = randomness;
    Sharing sharing = Sharing.among(n);
    List<SecretBytes> keys = new ArrayList<>();
    sharing.subsets().forEach(subset -> keys.add(SecretBytes.random(randomness, 32)));
    for (int index = 1; index <= n; index++) {
      hsms.add(new MiniHsm(index, sharing, keys, randomness));
    }
    try (SecretBytes root = SecretBytes.random(randomness, 32)) {
      List<TenantIssuer> tenants = List.of(new TenantIssuer(TENANT, Ed25519.publicKey(root)));
      FleetSettings settings = new FleetSettings(n, q, guessLimitMax, 1, tenants, true, false);
      fleet = Fleet.of(settings, hsms.stream().map(hsm -> hsm.identity(model)).toList());
    } catch (Rejected e) {
      throw new AssertionError(e);
    }
    values = ChainValues.founding(fleet.id(), 0);
  }

  public Fleet fleet() {
    return fleet;
  }

  /** Every request that was captured, in order, repetitions included. */
  public List<Request> captured() {
    return seen;
  }

  public FleetDelivery delivery() {
    return FleetDelivery.pinned(fleet, newest.stream().toList());
  }

  /** Stops and starts HSMs. */
  public void down(boolean down, int... indices) {
    for (int index : indices) {
      hsms.get(index - 1).down = down;
    }
  }

  /** What an HSM seals instead of the truth. */
  public void lie(int index, UnaryOperator<ReplyContent> lie) {
    hsms.get(index - 1).lie = lie;
  }

  /** Guesses ever counted against the only record. */
  public long attemptNumber() {
    return record().attemptNumber;
  }

  private MiniRecord record() {
    return records.values().iterator().next();
  }

  public int guessesLeft() {
    return record().guessesLeft();
  }

  public Optional<Registration> registration() {
    return record().registration;
  }

  public void replaceRegistration(Registration registration) {
    record().registration = Optional.of(registration);
  }

  /** The certificate of the newest entry by these HSMs, whatever q is. */
  public Certificate certificate(ChainValues of, int... indices) {
    List<Statement> statements = new ArrayList<>();
    for (int index : indices) {
      statements.add(hsms.get(index - 1).state(of));
    }
    return Certificate.of(statements);
  }

  /** Admit, order, capture, certify, release. */
  public VaultAnswer process(Bytes body, boolean all) throws Rejected {
    SealedMessage message = SealedMessage.decode(body);
    MiniHsm admitting = hsms.get(message.admittingIndex() - 1);
    Request request = message.open(fleet.id(), admitting.sessionKey);
    seen.add(request);
    int before = randomness.bytes(1).at(0) % 5;
    int after = randomness.bytes(1).at(0) % 5;
    MiniRecord record =
        records.computeIfAbsent(request.header().subject().encode(), s -> new MiniRecord());
    long k = values.k() + 1;
    MiniRecord.Result result = record.apply(request, k, before, randomness.bytes(32));
    if (request instanceof Request.RegisterFinish) {
      record.registration = record.registration.map(swapAtFinish);
    }
    Outcome outcome = outcome(request, before, record, result);
    Bytes blind = randomness.bytes(32);
    List<Bytes> leaves = new ArrayList<>();
    for (int i = 0; i < before + after + 1; i++) {
      leaves.add(i == before ? outcome.leaf(blind) : randomness.bytes(32));
    }
    Bytes head = values.nextHead(ChainValues.entryHash(body));
    Bytes root = randomness.bytes(32);
    values = new ChainValues(fleet.id(), 0, k, head, root, OutcomeTree.root(leaves));
    List<MiniHsm> live = hsms.stream().filter(hsm -> !hsm.down).toList();
    Certificate certificate =
        Certificate.of(
            live.stream().limit(fleet.settings().q()).map(hsm -> hsm.state(values)).toList());
    newest = Optional.of(certificate);
    List<SealedReply> replies = new ArrayList<>();
    int wanted = all ? live.size() : Math.min(live.size(), fleet.settings().t());
    for (MiniHsm hsm : live.subList(0, wanted)) {
      Optional<Bytes> partial = result.nu().map(nu -> hsm.partial(nu, result.element()));
      ReplyContent content = new ReplyContent(outcome, blind, partial, result.payload());
      replies.add(hsm.seal(request, values, before, leaves.get(before), content));
    }
    List<Bytes> path = OutcomeTree.path(leaves, before);
    return new VaultAnswer(certificate, leaves.size(), before, leaves.get(before), path, replies);
  }

  /** A reply by a corrupted HSM that puts {@code content} under the place of another answer. */
  public SealedReply reseal(int index, Request request, VaultAnswer place, ReplyContent content) {
    return hsms.get(index - 1)
        .seal(request, place.certificate().values(), place.position(), place.leaf(), content);
  }

  private static Outcome outcome(
      Request request, int position, MiniRecord record, MiniRecord.Result result) {
    return new Outcome(
        position,
        request.type(),
        request.hash(),
        result.code(),
        record.generation,
        result.attemptNumber(),
        record.guessesLeft(),
        record.registration.map(Registration::hash).orElse(Bytes.zeros(32)),
        Outcome.payloadHash(result.payload()));
  }
}
