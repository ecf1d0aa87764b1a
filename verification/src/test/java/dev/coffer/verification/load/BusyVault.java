package dev.coffer.verification.load;

import dev.coffer.hsm.account.Account;
import dev.coffer.hsm.account.AccountCodec;
import dev.coffer.hsm.founding.SpilledKeys;
import dev.coffer.hsm.harness.MemoryPlatform;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.harness.TestHost;
import dev.coffer.hsm.harness.TestIssuer;
import dev.coffer.hsm.seal.FleetKeys;
import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.hsm.seal.RecordSeal;
import dev.coffer.node.store.EntryResult;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.Proof;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StoreSettings;
import dev.coffer.protocol.account.AttemptId;
import dev.coffer.protocol.account.KsfParameters;
import dev.coffer.protocol.account.Registration;
import dev.coffer.protocol.account.RegistrationId;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.login.LoginToken;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Authorisation;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.RequestHeader;
import dev.coffer.protocol.request.SignedTexts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A fleet of five HSMs in this process, three of them at work, and one node's real store, driven
 * without network, logins and clients, so that only what grows with users is left to measure. The
 * operations are sealed with the fleet's own key; their answers are nobody's. One thread.
 */
final class BusyVault implements AutoCloseable {
  private static final int AT_WORK = 3;

  private final Randomness randomness = MemoryPlatform.seeded(11);
  private final TestFleet fleet = TestFleet.founded();
  private final List<TestHost> hosts = fleet.hosts(1, 2, 3);
  private final FleetKeys keys = SpilledKeys.of(fleet.host(1).platform());
  private final OperationSeal seal = new OperationSeal(keys, fleet.fleet().id());
  private final List<Bytes> encapsulations;
  private final Bytes blinded;
  private final Ed25519.SigningKey auth;
  private final NodeStore node;
  private final RecordStore store;
  private long accounts;
  private long registered;
  private long round;
  private long proving;
  private List<Request.Attempt> attempts = List.of();
  private final Map<Subject, Bytes> trails = new HashMap<>();

  BusyVault(Path directory) {
    encapsulations =
        IntStream.range(0, fleet.fleet().settings().n())
            .mapToObj(i -> X25519.publicKey(SecretBytes.random(randomness, 32)))
            .toList();
    Ristretto255 group = Ristretto255.GROUP;
    blinded = group.multiply(group.randomScalar(randomness), group.generator()).encode();
    auth = new Ed25519.SigningKey(SecretBytes.random(randomness, 32));
    node = NodeStore.open(directory, fleet.fleet().id(), 1, StoreSettings.standard());
    store = node.partition(0);
  }

  /** An entry that is ready to be captured. */
  record Ready(long k, Bytes entry, Proof proof, int operations) {}

  /** An entry that {@link #AT_WORK} HSMs have captured. */
  record Captured(Ready ready, HsmPort.Capture capture, Certificate certificate) {}

  /** Nanoseconds of CPU the store's last proof took. */
  long proving() {
    return proving;
  }

  /** Accounts in the tree. */
  long accounts() {
    return accounts;
  }

  private RequestHeader header(long account, long seenK) {
    Subject subject =
        new Subject(fleet.fleet().id(), TestIssuer.TENANT, "account-" + account, "code");
    return new RequestHeader(subject, seenK, encapsulations);
  }

  private Ready ready(int operations, IntFunction<Request> request) {
    List<Entry.Item> items = new ArrayList<>();
    for (int i = 0; i < operations; i++) {
      Request made = request.apply(i);
      items.add(
          new Entry.Item(keys.treeKey(made.header().subject()), 1, seal.seal(randomness, 1, made)));
    }
    Entry entry = new Entry(items);
    long begin = Cpu.thread();
    Proof proof = store.prove(entry.touched());
    proving = Cpu.thread() - begin;
    return new Ready(store.position().values().k() + 1, entry.encode(), proof, operations);
  }

  /** The work of one HSM at capture. */
  HsmPort.Capture capture(Ready ready) throws Rejected {
    return capture(hosts.getFirst(), ready);
  }

  private static HsmPort.Capture capture(TestHost host, Ready ready) throws Rejected {
    return host.hsm()
        .capture(
            0,
            ready.k(),
            ready.entry(),
            ready.proof().records(),
            ready.proof().multiproof().encode());
  }

  /** Lets the other HSMs at work capture what the first has. */
  Captured certify(Ready ready, HsmPort.Capture first) throws Rejected {
    List<Statement> statements = new ArrayList<>();
    statements.add(first.statement().orElseThrow());
    for (TestHost host : hosts.subList(1, AT_WORK)) {
      statements.add(capture(host, ready).statement().orElseThrow());
    }
    return new Captured(ready, first, Certificate.of(statements));
  }

  /** The work of one HSM at release, all operations of the entry. */
  List<HsmPort.PositionedReply> release(Captured captured) throws Rejected {
    List<Integer> all = IntStream.range(0, captured.ready().operations()).boxed().toList();
    return hosts.getFirst().hsm().release(captured.certificate(), all);
  }

  /** What a node stores. */
  void apply(Captured captured) {
    long k = captured.ready().k();
    store.apply(
        EntryResult.of(captured.ready().entry(), captured.capture(), new OrderPosition(1, k)));
  }

  /** Tells the other HSMs at work of the certificate: their windows stay open then. */
  void tellOthers(Captured captured) throws Rejected {
    for (TestHost host : hosts.subList(1, AT_WORK)) {
      host.hsm().release(captured.certificate(), List.of());
    }
  }

  /** All of it, the answers left out. */
  void whole(Ready ready) throws Rejected {
    Captured captured = certify(ready, capture(ready));
    hosts.getFirst().hsm().release(captured.certificate(), List.of());
    tellOthers(captured);
    apply(captured);
  }

  /** Starts as many accounts that never finish: records like any other. */
  void fill(long more) throws Rejected {
    for (long done = 0; done < more; done += 256) {
      whole(starts((int) Math.min(256, more - done)));
    }
  }

  private Ready starts(int operations) {
    long first = accounts;
    accounts += operations;
    long k = store.position().values().k();
    return ready(
        operations,
        i ->
            new Request.RegisterStart(
                header(first + i, k), new RegistrationId(randomness.bytes(32)), blinded));
  }

  /** Registers {@code count} new accounts, at most 256, of which {@link #attempts} then speaks. */
  void register(int count) throws Rejected {
    long first = accounts;
    accounts += count;
    registered = first;
    round = 0;
    List<RegistrationId> ids =
        IntStream.range(0, count).mapToObj(i -> new RegistrationId(randomness.bytes(32))).toList();
    long seen = store.position().values().k();
    whole(
        ready(count, i -> new Request.RegisterStart(header(first + i, seen), ids.get(i), blinded)));
    long k = store.position().values().k();
    whole(
        ready(
            count,
            i ->
                byLogin(
                    first + i,
                    new Request.RegisterFinish(
                        header(first + i, k),
                        k,
                        i,
                        registration(ids.get(i)),
                        new Authorisation.None()))));
  }

  private Request byLogin(long account, Request.RegisterFinish bare) {
    LoginToken token = fleet.issuer().login(fleet.fleet(), "account-" + account, auth.publicKey());
    Bytes text = SignedTexts.loginAuthorisation(fleet.fleet().id(), bare, token.tokenHash());
    return new Request.RegisterFinish(
        bare.header(),
        bare.k(),
        bare.position(),
        bare.registration(),
        new Authorisation.Login(token, auth.sign(text)));
  }

  private Registration registration(RegistrationId id) {
    return new Registration(
        auth.publicKey(), auth.publicKey(), randomness.bytes(128), 10, KsfParameters.DEFAULT, id);
  }

  /** One fresh attempt for each of the last {@code operations} registered accounts. */
  Ready attempts(int operations) {
    List<Request.Attempt> made = new ArrayList<>();
    long k = store.position().values().k();
    Ready ready =
        ready(
            operations,
            i -> {
              Request.Attempt attempt =
                  new Request.Attempt(
                      header(registered + i, k), new AttemptId(randomness.bytes(32)), blinded);
              made.add(attempt);
              return attempt;
            });
    attempts = made;
    round++;
    return ready;
  }

  /** The Success of each attempt of {@link #attempts}. */
  Ready successes() {
    long k = store.position().values().k();
    return ready(
        attempts.size(),
        i -> {
          Request.Attempt attempt = attempts.get(i);
          Subject subject = attempt.header().subject();
          Bytes before = trails.getOrDefault(subject, Bytes.zeros(32));
          Bytes tag = SignedTexts.attemptTag(subject, 1, attempt.id(), attempt.hash());
          trails.put(subject, SignedTexts.attemptTrail(before, tag));
          Bytes text =
              SignedTexts.recoveryProof(subject, 1, attempt.id(), round, attempt.hash(), before);
          return new Request.Success(
              header(registered + i, k),
              attempt.id(),
              attempt.hash(),
              round,
              before,
              1,
              auth.sign(text));
        });
  }

  /** Every attempt of the last registered account was counted, and proved right. */
  void requireNothingFailed() throws Rejected {
    TreeKey key = keys.treeKey(header(registered, 0).subject());
    Bytes record = store.prove(List.of(key)).records().getFirst().orElseThrow();
    try (SecretBytes opened = new RecordSeal(keys, fleet.fleet().id(), 0).open(key, record)) {
      Account account = opened.parse(AccountCodec::decode);
      Invariant.check(
          account.guessesLeft() == 10 && account.counters().attemptNumber() == round,
          "what was measured were attempts and successes");
    }
  }

  @Override
  public void close() {
    node.close();
  }
}
