package dev.coffer.node.core;

import dev.coffer.node.order.Orderer;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes certificates of statements (INV-5). Every node sends its HSM's statements to the leader, or
 * to all while nobody leads, again and again until they are certified; the leader puts q of them
 * together and sends the certificate to all. Thread-safe.
 */
final class Certification {
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(150);
  private static final int AHEAD_MAX = 4 * Limits.RING;

  private final NodeContext context;
  private final int partition;
  private final Supplier<Orderer.Leadership> leadership;
  private final Consumer<Certificate> formed;
  private final TreeMap<Long, Group> pool = new TreeMap<>();
  private final TreeMap<Long, Own> own = new TreeMap<>();
  private @Nullable Certificate newest;
  private long captured;

  private record Own(Statement statement, long sentNanos) {}

  /** All statements of one k, and when a certificate was last made of them. */
  private static final class Group {
    private final Map<Integer, Statement> statements = new HashMap<>();
    private long formedNanos;
    private boolean formed;
  }

  /**
   * @param formed gets each certificate made here; its statements have been verified one by one
   */
  Certification(
      NodeContext context,
      int partition,
      Supplier<Orderer.Leadership> leadership,
      Consumer<Certificate> formed) {
    this.context = context;
    this.partition = partition;
    this.leadership = leadership;
    this.formed = formed;
  }

  /** What the store still knew at the start. */
  synchronized void restore(long capturedK, Optional<Certificate> certificate) {
    captured = capturedK;
    certificate.ifPresent(this::raise);
  }

  synchronized long certifiedK() {
    return newest == null ? 0 : newest.values().k();
  }

  synchronized long capturedK() {
    return captured;
  }

  synchronized Optional<Certificate> newest() {
    return Optional.ofNullable(newest);
  }

  /** The own HSM has captured {@code k}. */
  void captured(long k, Optional<Statement> statement) {
    synchronized (this) {
      captured = Math.max(captured, k);
    }
    statement.ifPresent(this::ownStatement);
  }

  /** The own HSM's statement, now or later. */
  void ownStatement(Statement statement) {
    long k = statement.values().k();
    synchronized (this) {
      if (k <= certifiedK()) {
        return;
      }
      own.put(k, new Own(statement, context.clock().nanos()));
    }
    deliver(statement);
  }

  private void deliver(Statement statement) {
    Orderer.Leadership now = leadership.get();
    if (now.mine()) {
      add(statement);
    } else if (now.node() == 0) {
      // Where an order is founded anew nobody leads, and what its founders have is to be certified.
      add(statement);
      context.others().forEach(node -> tell(node, statement));
    } else if (now.node() != context.self()) {
      tell(now.node(), statement);
    }
  }

  private void tell(int node, Statement statement) {
    context.peers().tell(node, PeerMethod.STATEMENT, Messages.statement(statement));
  }

  /**
   * Another HSM's statement, from its own node: any other sender could only be a mix-up or a lie.
   */
  void stated(int node, Statement statement) throws Rejected {
    if (statement.index() != node || statement.values().partition() != partition) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "a statement from another HSM's node");
    }
    long k = statement.values().k();
    synchronized (this) {
      Group known = pool.get(k);
      boolean wanted = k > certifiedK() && k <= Math.max(captured, certifiedK()) + AHEAD_MAX;
      if (!wanted || (known != null && known.statements.containsKey(node) && !due(known))) {
        return;
      }
    }
    if (!statement.verify(context.fleet())) {
      context.meters().event("statement_bad_signature");
      throw new Rejected(RejectionCode.BAD_SIGNATURE, "statement");
    }
    add(statement);
  }

  private void add(Statement verified) {
    Certificate certificate = null;
    synchronized (this) {
      long k = verified.values().k();
      if (k <= certifiedK()) {
        return;
      }
      Group group = pool.computeIfAbsent(k, unused -> new Group());
      group.statements.putIfAbsent(verified.index(), verified);
      List<Statement> agreeing = new ArrayList<>();
      for (Statement other : group.statements.values()) {
        if (other.values().equals(verified.values())) {
          agreeing.add(other);
        } else {
          // Two HSMs state different values for one k: hosts have fed them different entries, or
          // one is broken.
          context.meters().event("statements_differ");
        }
      }
      if (agreeing.size() >= context.q() && due(group)) {
        certificate = Certificate.of(agreeing.subList(0, context.q()));
        group.formed = true;
        group.formedNanos = context.clock().nanos();
      }
    }
    if (certificate != null) {
      formed.accept(certificate);
    }
  }

  /** Not yet made into a certificate, or so long ago that the certificate may have been lost. */
  private boolean due(Group group) {
    return !group.formed || context.clock().nanos() - group.formedNanos > AGAIN_NANOS;
  }

  /** {@code certificate} has been verified, here or by the own HSM. */
  synchronized void raise(Certificate certificate) {
    if (certificate.values().k() > certifiedK()) {
      newest = certificate;
      pool.headMap(certificate.values().k(), true).clear();
      own.headMap(certificate.values().k(), true).clear();
    }
  }

  /** Entries the own HSM has captured that are not certified and whose statement it still owes. */
  synchronized List<Long> owed() {
    List<Long> owed = new ArrayList<>();
    for (long k = Math.max(certifiedK(), captured - Limits.RING) + 1; k <= captured; k++) {
      if (!own.containsKey(k)) {
        owed.add(k);
      }
    }
    return owed;
  }

  /** Sends again what has waited long: it may have got lost. */
  void again() {
    send(AGAIN_NANOS);
  }

  /** Sends everything again: another leads now, who has seen none of it. */
  void anew() {
    send(-1);
  }

  /** Statements sent more than {@code nanos} ago. */
  private void send(long nanos) {
    List<Statement> due = new ArrayList<>();
    long now = context.clock().nanos();
    synchronized (this) {
      for (Map.Entry<Long, Own> entry : own.entrySet()) {
        if (now - entry.getValue().sentNanos() > nanos) {
          due.add(entry.getValue().statement());
          entry.setValue(new Own(entry.getValue().statement(), now));
        }
      }
    }
    due.forEach(this::deliver);
  }
}
