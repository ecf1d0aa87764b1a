package dev.coffer.analysis.world;

import dev.coffer.analysis.search.HsmMemory;
import dev.coffer.hsm.harness.TestFleet;
import dev.coffer.hsm.seal.Member;
import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.node.core.HostileMessages;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.store.Proof;
import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.port.HsmPort.PositionedReply;
import dev.coffer.protocol.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Corrupted HSMs whose keys are in the hands of the hosts: these sign, seal and evaluate in their
 * name whatever they like. What such an HSM evaluates by itself needs no doing: the ledger counts
 * every guess as evaluated by all corrupted ones.
 */
final class Traitors {
  private final World world;
  private final Chance chance;
  private final TreeMap<Integer, Member> keys = new TreeMap<>();

  Traitors(World world, TestFleet vault) {
    this.world = world;
    this.chance = world.chance();
    for (int hsm : world.setting().traitors()) {
      keys.put(hsm, HsmMemory.member(vault.host(hsm).hsm()));
    }
  }

  private boolean silent() {
    return keys.isEmpty() || world.healed();
  }

  private boolean lies(int hsm) {
    return !world.healed() && keys.containsKey(hsm);
  }

  private Member someone() {
    return chance.of(List.copyOf(keys.values()));
  }

  private void lied(Member traitor, String how) {
    world.diary().fault("traitor: " + how);
    world.untrusted(traitor.index());
  }

  /** One of them does something, if there are any. */
  void strike() {
    if (silent() || chance.oneIn(2)) {
      return;
    }
    switch (chance.below(6)) {
      case 0 -> stateNothing();
      case 1, 2 -> fork();
      default -> world.attackers().somethingStated().ifPresent(this::certify);
    }
  }

  /** A statement of what never was. */
  private void stateNothing() {
    Member traitor = someone();
    world
        .ledger()
        .newestCertified()
        .ifPresent(spot -> {
          ChainValues values = spot.values();
          Bytes other = chance.oneIn(2) ? values.root() : values.head();
          ChainValues lie =
              new ChainValues(
                  values.fleetId(), 0, values.k() + chance.below(4), other, values.root(), other);
          tell(sign(traitor, lie));
          lied(traitor, "statement of nothing");
        });
  }

  private static Statement sign(Member traitor, ChainValues values) {
    return Statement.sign(values, traitor.index(), traitor.statementKey());
  }

  private void tell(Statement statement) {
    Host leader = world.host(world.orderer().leader());
    leader.told(statement.index(), PeerMethod.STATEMENT, HostileMessages.statement(statement));
  }

  /** All of them sign what some HSM has stated; where that makes a quorum, a certificate. */
  private void certify(ChainValues values) {
    TreeMap<Integer, Statement> statements = world.attackers().statementsOf(values);
    for (Member traitor : keys.values()) {
      statements.put(traitor.index(), sign(traitor, values));
      lied(traitor, "signature under what others state");
    }
    statements.values().forEach(this::tell);
    if (statements.size() >= world.setting().q()) {
      publish(Certificate.of(List.copyOf(statements.values()).subList(0, world.setting().q())));
    }
  }

  private void publish(Certificate certificate) {
    world.diary().fault("traitor: certificate");
    world.attackers().saw(certificate);
    Host victim = chance.of(world.hosts());
    victim.told(1 + chance.below(world.setting().n()), PeerMethod.CERTIFIED, certificate.encode());
    List<Integer> all = IntStream.range(0, 16).boxed().toList();
    for (Host host : world.hosts()) {
      if (world.hostile(host.index()) || keys.containsKey(host.index())) {
        try {
          int released = host.hsm().release(certificate, all).size();
          world
              .diary()
              .done(
                  released > 0
                      ? "certificates of traitors that release"
                      : "certificates of traitors that release nothing");
        } catch (Rejected e) {
          world.diary().done("attacks refused by an HSM");
        } catch (HsmUnavailable e) {
          world.diary().done("attacks on an HSM that is away");
        }
      }
    }
  }

  /** All hostile hosts feed their HSMs one entry that is not the order's. */
  private void fork() {
    List<Host> hostile =
        world.hosts().stream()
            .filter(host -> host.up() && world.hostile(host.index()))
            .filter(host -> !keys.containsKey(host.index()))
            .toList();
    List<Entry.Item> items = world.attackers().someItems();
    if (!world.setting().forking() || hostile.isEmpty() || items.isEmpty()) {
      return;
    }
    Bytes entry = new Entry(items).encode();
    long k = chance.of(hostile).store().position().values().k();
    List<ChainValues> reached = new ArrayList<>();
    for (Host host : hostile) {
      try {
        feed(host, k, entry).ifPresent(reached::add);
      } catch (Rejected | HsmUnavailable | StoreFault e) {
        world.diary().done("attacks refused by an HSM");
      }
    }
    reached.stream().distinct().forEach(this::certify);
  }

  private Optional<ChainValues> feed(Host host, long k, Bytes entry) throws Rejected {
    HsmPort.Position own = host.hsm().position(0);
    Proof now = host.store().prove(Entry.decode(entry).touched());
    if (own.values().k() != k || !now.at().equals(own.values())) {
      return Optional.empty();
    }
    world.forked("host " + host.index() + " feeds its HSM an entry of its own");
    world.diary().fault("traitor: fork together");
    HsmPort.Capture capture =
        host.hsm().capture(0, k + 1, entry, now.records(), now.multiproof().encode());
    capture.statement().ifPresent(world.attackers()::saw);
    return Optional.of(capture.values());
  }

  /** What a traitor says of where it stands, over the nonce that the asker must hear about. */
  Bytes status(int hsm, Bytes truth) throws Rejected {
    if (!lies(hsm) || chance.oneIn(2)) {
      return truth;
    }
    SignedStatus said = HostileMessages.status(truth);
    Optional<Certificate> old = world.attackers().maybeCertificate();
    ChainValues values = old.map(Certificate::values).orElse(said.values());
    if (old.isEmpty() || chance.oneIn(3)) {
      values = ChainValues.founding(world.fleet().id(), 0);
      old = Optional.empty();
    }
    lied(keys.get(hsm), "status");
    return HostileMessages.status(
        SignedStatus.sign(hsm, said.nonce(), values, old, keys.get(hsm).statementKey()));
  }

  /** A traitor's answer to clients: the first of them evaluates something else. */
  List<PositionedReply> replies(int hsm, Certificate certificate, List<PositionedReply> truth) {
    if (!lies(hsm) || hsm != keys.firstKey() || chance.oneIn(2)) {
      return truth;
    }
    List<PositionedReply> told = new ArrayList<>();
    for (PositionedReply reply : truth) {
      told.add(bent(keys.get(hsm), certificate, reply).orElse(reply));
    }
    return told;
  }

  private Optional<PositionedReply> bent(
      Member traitor, Certificate certificate, PositionedReply reply) {
    int position = reply.position();
    Spot spot = world.ledger().at(certificate.values()).orElseThrow();
    Request request = world.ledger().asked(spot, position);
    SealedReply.Context context =
        new SealedReply.Context(
            traitor.index(),
            certificate.values(),
            position,
            request.type(),
            spot.capture().leaves().get(position));
    try (Hpke.Exporter exporter = world.sessionKeys().exporter(traitor.index(), request)) {
      ReplyContent said = reply.reply().open(exporter, context);
      if (said.partial().isEmpty()) {
        return Optional.empty();
      }
      Bytes wrong = Ristretto255.GROUP.generator().encode();
      ReplyContent lie =
          new ReplyContent(said.outcome(), said.blind(), Optional.of(wrong), said.payload());
      lied(traitor, "partial result");
      return Optional.of(
          new PositionedReply(
              position, SealedReply.seal(traitor.randomness(), exporter, context, lie)));
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  /** A thief's request becomes an operation without anybody looking at a login. */
  void admit(Request request) {
    if (silent() || chance.oneIn(2)) {
      return;
    }
    Member traitor = someone();
    Bytes operation =
        new OperationSeal(traitor.keys(), world.fleet().id())
            .seal(traitor.randomness(), traitor.index(), request);
    HsmPort.Admission admission =
        new HsmPort.Admission(0, traitor.keys().treeKey(request.header().subject()), operation);
    world.ledger().forged(admission, request);
    lied(traitor, "operation without a login");
    Attackers.Admitted item = new Attackers.Admitted(admission, traitor.index(), request.type());
    world.attackers().saw(item);
    world.attackers().submit(world.host(traitor.index()), item);
  }
}
