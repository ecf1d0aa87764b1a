package dev.coffer.verification.world;

import dev.coffer.node.core.SteppedCore;
import dev.coffer.node.store.Proof;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Hostile hosts that cooperate: they keep everything they ever saw and put it in again, anywhere,
 * at any time (the rule of rules in 2-protocol).
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

  private final World world;
  private final Chance chance;
  private final List<Entry.Item> items = new ArrayList<>();
  private final List<Bytes> entries = new ArrayList<>();
  private final List<Statement> statements = new ArrayList<>();
  private final List<Certificate> certificates = new ArrayList<>();
  private final List<SignedStatus> statuses = new ArrayList<>();
  private final List<SealedMessage> messages = new ArrayList<>();
  private final List<Proof> proofs = new ArrayList<>();

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

  void saw(Entry.Item item) {
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

  void saw(Proof proof) {
    keep(proofs, proof);
  }

  /** An old certificate for a client that asks for the newest one. */
  Certificate oldCertificate() {
    return chance.of(certificates);
  }

  boolean hasCertificates() {
    return !certificates.isEmpty();
  }

  /** One of the hostile hosts does something. */
  void strike(Host host) {
    if (!host.up() || certificates.isEmpty() || items.isEmpty() || statements.size() < 2) {
      return;
    }
    host.deliver(() -> {
      try {
        strike(host, chance.below(NAMES.size()));
      } catch (Rejected e) {
        world.diary().done("attacks refused by an HSM");
      }
    });
  }

  private void strike(Host host, int how) throws Rejected {
    world.diary().fault(NAMES.get(how));
    switch (how) {
      case 0, 1 -> host.batching().submit(new Batching.Submission(chance.of(items), nobody()));
      case 2 -> host.batching().submit(new Batching.Submission(misnamed(), nobody()));
      case 3 -> oldMessage(host);
      case 4 -> tellOld();
      case 5 -> release(host);
      case 6 -> adopt(host);
      case 7 -> capture(host);
      case 8 -> hear(host);
      default -> forge(host);
    }
  }

  private static SteppedCore.Waiting nobody() {
    return new SteppedCore.Waiting(1, 0);
  }

  /** An operation beside another account's name. */
  private Entry.Item misnamed() {
    Entry.Item one = chance.of(items);
    Entry.Item other = chance.of(items);
    return new Entry.Item(other.treeKey(), one.admittingIndex(), one.operation());
  }

  private void oldMessage(Host host) throws Rejected {
    SealedMessage message = chance.of(messages);
    HsmPort.Admission admission = host.hsm().admit(message);
    Entry.Item item =
        new Entry.Item(admission.treeKey(), message.admittingIndex(), admission.operation());
    host.batching().submit(new Batching.Submission(item, nobody()));
  }

  private void tellOld() {
    Host victim = chance.of(world.hosts());
    Certificate certificate = chance.of(certificates);
    Statement statement = chance.of(statements);
    victim.deliver(() -> victim.certificate(certificate));
    victim.deliver(() -> victim.stated(statement.index(), statement));
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
      hashes.add(dev.coffer.protocol.chain.ChainValues.entryHash(chance.of(entries)));
    }
    host.hsm().adopt(certificate, hashes);
  }

  private void hear(Host host) throws Rejected {
    List<SignedStatus> some = new ArrayList<>();
    for (int i = 0; i < 3 && !statuses.isEmpty(); i++) {
      some.add(chance.of(statuses));
    }
    boolean before = host.hsm().position(0).speaking();
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
    Proof old = chance.of(proofs);
    if (!old.at().root().equals(host.hsm().position(0).values().root())
        && old.records().size() == keys.size()
        && !keys.isEmpty()) {
      HsmPort.Capture captured =
          host.hsm().capture(0, k + 1, entry, old.records(), old.multiproof().encode());
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

  /** What a lying host shows a client before the truth. */
  Reply lie(Reply reply) {
    world.diary().fault("lie to a client");
    return new Reply(forged(reply.certificate()), reply.leaves(), reply.position(), reply.sealed());
  }
}
