package dev.coffer.analysis.world;

import dev.coffer.node.core.HostileMessages;
import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.store.Proof;
import dev.coffer.node.store.StoreFault;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.VaultAnswer;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Hostile hosts that cooperate: they keep everything they ever saw and put it in again, anywhere,
 * at any time (PROTOCOL.md §1.3).
 */
final class Attackers {
  private static final int KEPT = 400;

  private static final List<String> NAMES =
      List.of(
          "attack: old operation",
          "attack: old operation",
          "attack: misnamed record",
          "attack: old message",
          "attack: old certificate and statement",
          "attack: release of something old",
          "attack: adoption without ancestry",
          "attack: old records or an entry of one's own",
          "attack: old statuses",
          "attack: forged certificate");

  /** Where a synchronising node's question says what it asks for, and how it asks for an offer. */
  private static final int KIND = 2;

  private static final int OFFER = 1;

  /** Octets at an offer's end that name its place in the order. */
  private static final int ORDER = 16;

  /** An operation and what was said of it. */
  record Admitted(HsmPort.Admission admission, int admitting, RequestType type) {
    Bytes submission() {
      return HostileMessages.submission(admission, admitting, type);
    }
  }

  /** Records under an old root, and their proof. */
  record Old(Bytes root, List<Optional<Bytes>> records, Bytes multiproof) {}

  private final World world;
  private final Chance chance;
  private final List<Admitted> items = new ArrayList<>();
  private final List<Bytes> entries = new ArrayList<>();
  private final List<Statement> statements = new ArrayList<>();
  private final List<Certificate> certificates = new ArrayList<>();
  private final List<SignedStatus> statuses = new ArrayList<>();
  private final List<SealedMessage> messages = new ArrayList<>();
  private final List<Old> proofs = new ArrayList<>();
  private final List<Bytes> answers = new ArrayList<>();

  Attackers(World world) {
    this.world = world;
    this.chance = world.chance();
  }

  private <T> void keep(List<T> some, T one) {
    if (some.size() < KEPT) {
      some.add(one);
    } else {
      some.set(chance.below(KEPT), one);
    }
  }

  void saw(Admitted item) {
    keep(items, item);
  }

  void saw(Bytes entry) {
    keep(entries, entry);
  }

  void saw(Statement statement) {
    keep(statements, statement);
  }

  void saw(Certificate certificate) {
    keep(certificates, certificate);
  }

  void saw(SignedStatus status) {
    keep(statuses, status);
  }

  void saw(SealedMessage message) {
    keep(messages, message);
  }

  void saw(Old proof) {
    keep(proofs, proof);
  }

  /** Something went from node to node. */
  void overheard(PeerMethod method, Bytes body) {
    try {
      if (method == PeerMethod.STATEMENT) {
        saw(HostileMessages.statement(body));
      } else if (method == PeerMethod.CERTIFIED) {
        saw(Certificate.decode(body));
      }
    } catch (Rejected e) {
      world.diary().done("unreadable messages");
    }
  }

  /** What a node answers a peer: the truth, but for a hostile one. */
  Bytes answered(Host host, PeerMethod method, Bytes question, Bytes answer) {
    try {
      if (method == PeerMethod.STATUS) {
        saw(HostileMessages.status(answer));
        return world.traitors().status(host.index(), answer);
      }
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
    return method == PeerMethod.SYNC && world.hostile(host.index()) && chance.oneIn(3)
        ? bent(host, question, answer)
        : answer;
  }

  /**
   * A lying host's answer. Where in the order an offered state stands is the one thing that no
   * certificate covers: who lies there keeps its peer from what is ordered, as whoever takes part
   * in the order can.
   */
  private Bytes bent(Host from, Bytes question, Bytes answer) {
    boolean offer = question.at(KIND) == OFFER;
    int certain = offer ? Math.max(1, answer.size() - ORDER) : answer.size();
    int at = chance.below(world.setting().forking() ? answer.size() : certain);
    world.diary().fault("lie to a peer");
    if (at >= certain) {
      world.forked("host " + from.index() + " lied about the order");
    }
    return flipped(answer, at);
  }

  private Bytes flipped(Bytes truth, int at) {
    byte[] octets = truth.toByteArray();
    octets[at] ^= (byte) (1 << chance.below(8));
    return Bytes.wrap(octets);
  }

  /** What some HSM has stated, rather of late; empty if nobody has. */
  Optional<ChainValues> somethingStated() {
    int size = statements.size();
    return size == 0 ? Optional.empty() : Optional.of(statements.get(chance.below(size)).values());
  }

  /** All statements over those values, by HSM. */
  TreeMap<Integer, Statement> statementsOf(ChainValues values) {
    TreeMap<Integer, Statement> of = new TreeMap<>();
    statements.stream()
        .filter(statement -> statement.values().equals(values))
        .forEach(statement -> of.put(statement.index(), statement));
    return of;
  }

  /** One to three operations for an entry of one's own. */
  List<Entry.Item> someItems() {
    List<Entry.Item> some = new ArrayList<>();
    for (int i = chance.below(3); i >= 0 && !items.isEmpty(); i--) {
      Admitted item = chance.of(items);
      some.add(
          new Entry.Item(
              item.admission().treeKey(), item.admitting(), item.admission().operation()));
    }
    return some.stream().distinct().toList();
  }

  Optional<Certificate> maybeCertificate() {
    return certificates.isEmpty() ? Optional.empty() : Optional.of(chance.of(certificates));
  }

  /** What a lying host shows a client that asks for the newest certificate. */
  Certificate shown() {
    Certificate old = chance.of(certificates);
    return switch (chance.below(4)) {
      case 0 -> forged(old);
      case 1 -> invented(old);
      default -> old;
    };
  }

  /** Of an entry that there may never be, with signatures under something else. */
  private Certificate invented(Certificate good) {
    world.diary().fault("lie to a client");
    ChainValues values = good.values();
    ChainValues next =
        new ChainValues(
            values.fleetId(),
            values.partition(),
            values.k() + 1 + chance.below(9),
            flipped(values.head(), chance.below(32)),
            values.root(),
            values.outcomesRoot());
    return new Certificate(next, good.signatures());
  }

  boolean hasCertificates() {
    return !certificates.isEmpty();
  }

  /** One of the hostile hosts does something. */
  void strike(Host host) {
    if (!host.up() || certificates.isEmpty() || items.isEmpty() || statements.size() < 2) {
      return;
    }
    try {
      strike(host, chance.below(NAMES.size()));
    } catch (Rejected e) {
      world.diary().done("attacks refused by an HSM");
    } catch (HsmUnavailable e) {
      world.diary().done("attacks on an HSM that is away");
    } catch (StoreFault e) {
      world.diary().done("attacks with a failing disk");
    }
  }

  private void strike(Host host, int how) throws Rejected {
    world.diary().fault(NAMES.get(how));
    switch (how) {
      case 0, 1 -> submit(host, chance.of(items));
      case 2 -> submit(host, misnamed());
      case 3 -> oldMessage(host);
      case 4 -> tellOld();
      case 5 -> release(host);
      case 6 -> adopt(host);
      case 7 -> capture(host);
      case 8 -> hear(host);
      default -> forge(host);
    }
  }

  void submit(Host host, Admitted item) {
    int leader = world.orderer().leader();
    world
        .wires()
        .send(
            host.index(),
            leader,
            () ->
                world
                    .host(leader)
                    .asked(host.index(), PeerMethod.SUBMIT, item.submission(), answer -> {}));
  }

  /** An operation beside another account's name. */
  private Admitted misnamed() {
    Admitted one = chance.of(items);
    TreeKey other = chance.of(items).admission().treeKey();
    return new Admitted(
        new HsmPort.Admission(0, other, one.admission().operation()), one.admitting(), one.type());
  }

  private void oldMessage(Host host) throws Rejected {
    SealedMessage message = chance.of(messages);
    submit(host, new Admitted(host.hsm().admit(message), message.admittingIndex(), message.type()));
  }

  private void tellOld() {
    Host victim = chance.of(world.hosts());
    Certificate certificate = chance.of(certificates);
    Statement statement = chance.of(statements);
    victim.told(statement.index(), PeerMethod.CERTIFIED, certificate.encode());
    victim.told(statement.index(), PeerMethod.STATEMENT, HostileMessages.statement(statement));
  }

  private void release(Host host) throws Rejected {
    List<Integer> all = IntStream.range(0, 16).boxed().toList();
    List<HsmPort.PositionedReply> ignored = host.hsm().release(chance.of(certificates), all);
  }

  private void adopt(Host host) throws Rejected {
    Certificate certificate = chance.of(certificates);
    long own = host.hsm().position(0).values().k();
    List<Bytes> hashes = new ArrayList<>();
    for (long k = own; k < certificate.values().k(); k++) {
      hashes.add(ChainValues.entryHash(chance.of(entries)));
    }
    host.hsm().adopt(certificate, hashes);
  }

  private void hear(Host host) throws Rejected {
    List<SignedStatus> some = new ArrayList<>();
    for (int i = 0; i < 3 && !statuses.isEmpty(); i++) {
      some.add(chance.of(statuses));
    }
    boolean before = host.hsm().position(0).maySign();
    boolean after = host.hsm().hear(0, some);
    // They may be over this very nonce: then they are no attack.
    world.diary().done(before == after ? "old statuses ignored" : "statuses heard early");
  }

  /** Old records, or an entry that was never ordered here. */
  private void capture(Host host) throws Rejected {
    if (proofs.isEmpty()) {
      return;
    }
    long k = host.hsm().position(0).values().k();
    Bytes entry = chance.of(entries);
    List<TreeKey> keys = Entry.decode(entry).touched();
    boolean forks = world.setting().forking() && chance.oneIn(4);
    if (forks && host.store().position().values().k() == k) {
      Proof now = host.store().prove(keys);
      world.forked("host " + host.index() + " feeds its HSM an entry of its own");
      HsmPort.Capture capture =
          host.hsm().capture(0, k + 1, entry, now.records(), now.multiproof().encode());
      capture.statement().ifPresent(this::saw);
      return;
    }
    Old old = chance.of(proofs);
    if (!old.root().equals(host.hsm().position(0).values().root())
        && old.records().size() == keys.size()
        && !keys.isEmpty()) {
      HsmPort.Capture captured =
          host.hsm().capture(0, k + 1, entry, old.records(), old.multiproof());
      BrokenPromise.unless(false, "INV-7", "old records were captured at " + captured.values().k());
    }
  }

  /** A certificate of fewer than q HSMs, however it is dressed up. */
  private void forge(Host host) throws Rejected {
    List<HsmPort.PositionedReply> released =
        host.hsm().release(forged(chance.of(certificates)), List.of(0));
    BrokenPromise.unless(false, "INV-5", "released " + released.size() + " on a forgery");
  }

  private Certificate forged(Certificate good) {
    List<Certificate.Signed> few =
        new ArrayList<>(good.signatures().subList(0, world.setting().q() - 1));
    Certificate.Signed again = few.getLast();
    few.add(
        chance.oneIn(2)
            ? again
            : new Certificate.Signed(again.index() % world.setting().n() + 1, again.signature()));
    return new Certificate(good.values(), few);
  }

  /**
   * What a lying host tells a client in place of the truth: what too few stand behind, what was
   * told somebody or the same client before, or octets that changed on the way.
   */
  Bytes lie(VaultAnswer truth) {
    Bytes told = truth.encode();
    keep(answers, told);
    world.diary().fault("lie to the client library");
    return switch (chance.below(3)) {
      case 0 -> uncertified(truth).encode();
      case 1 -> chance.of(answers);
      default -> flipped(told, chance.below(told.size()));
    };
  }

  /** The truth with a certificate of too few HSMs. */
  VaultAnswer uncertified(VaultAnswer answer) {
    world.diary().fault("lie to a client");
    return new VaultAnswer(
        forged(answer.certificate()),
        answer.entrySize(),
        answer.position(),
        answer.leaf(),
        answer.path(),
        answer.replies());
  }
}
