package dev.coffer.node.core;

import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Peers;
import dev.coffer.node.peer.Refusal;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.port.HsmPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The parts of the node's core that start no threads, for a simulation that steps a node by itself:
 * how certificates come of statements, and what the nodes order. Not thread-safe.
 */
public final class SteppedCore {
  private final Certification certification;

  /** Who waits for an operation. */
  public record Waiting(int origin, long call) {}

  /** What was ordered. */
  public record Ordered(List<Waiting> waiting, Optional<Certificate> certificate, Bytes entry) {}

  /** A node's ways out. */
  public interface Ways {
    /** Sends a statement to a node. */
    void statement(int to, Statement statement);

    /** A certificate was made here. */
    void formed(Certificate certificate);
  }

  /** For node {@code self}. */
  public SteppedCore(
      int self,
      Fleet fleet,
      HsmPort hsm,
      LongSupplier nanos,
      Supplier<dev.coffer.node.order.Orderer.Leadership> leadership,
      Ways ways) {
    Site site = new Site(self, fleet, hsm, new Telling(ways::statement), clock(nanos), Meters.NONE);
    Consumer<Certificate> formed = ways::formed;
    this.certification = new Certification(site, 0, leadership, formed);
  }

  private static NodeClock clock(LongSupplier nanos) {
    return new NodeClock() {
      @Override
      public long nanos() {
        return nanos.getAsLong();
      }

      @Override
      public Instant now() {
        return Instant.EPOCH;
      }
    };
  }

  /** Peers that are told statements and asked nothing. */
  private record Telling(ObjStatement statements) implements Peers {
    @Override
    public Bytes ask(int node, PeerMethod method, Bytes body, Duration deadline) throws Refusal {
      throw new Refusal(Refusal.Reason.UNREACHABLE, "the simulation asks by itself");
    }

    @Override
    public boolean tell(int node, PeerMethod method, Bytes body) {
      try {
        statements.take(node, Messages.statement(body));
        return true;
      } catch (Rejected e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean reachable(int node) {
      return true;
    }
  }

  private interface ObjStatement {
    void take(int node, Statement statement);
  }

  /** What the store still knew at the start. */
  public void restore(long capturedK, Optional<Certificate> certificate) {
    certification.restore(capturedK, certificate);
  }

  /** The own HSM has captured {@code k}. */
  public void captured(long k, Optional<Statement> statement) {
    certification.captured(k, statement);
  }

  /** The own HSM's statement, later. */
  public void ownStatement(Statement statement) {
    certification.ownStatement(statement);
  }

  /** Another node's HSM stated something. */
  public void stated(int node, Statement statement) throws Rejected {
    certification.stated(node, statement);
  }

  /** A verified certificate. */
  public void raise(Certificate certificate) {
    certification.raise(certificate);
  }

  /** Entries whose statement the own HSM still owes. */
  public List<Long> owed() {
    return certification.owed();
  }

  /** Sends again what waited long. */
  public void again() {
    certification.again();
  }

  public long certifiedK() {
    return certification.certifiedK();
  }

  public long capturedK() {
    return certification.capturedK();
  }

  /** The newest certificate. */
  public Optional<Certificate> newest() {
    return certification.newest();
  }

  /** What a leader proposes. */
  public static Bytes envelope(
      List<Waiting> waiting, Optional<Certificate> certificate, Bytes entry) {
    List<Envelope.Route> routes =
        waiting.stream().map(w -> new Envelope.Route(w.origin(), w.call(), 0x7f)).toList();
    return new Envelope(routes, certificate, entry).encode();
  }

  /** What a node takes from the order. */
  public static Ordered open(Bytes payload) throws Rejected {
    Envelope envelope = Envelope.decode(payload);
    return new Ordered(
        envelope.routes().stream().map(r -> new Waiting(r.origin(), r.call())).toList(),
        envelope.certificate(),
        envelope.entry());
  }
}
