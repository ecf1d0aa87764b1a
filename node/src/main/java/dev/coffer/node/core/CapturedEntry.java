package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entry that the own HSM has captured and the store has applied, with what is needed to answer
 * for it. Thread-safe.
 */
final class CapturedEntry {
  private final ChainValues values;
  private final List<Bytes> leaves;
  private final List<Envelope.Route> routes;
  private final Optional<Statement> statement;
  private final long capturedNanos;
  private volatile @Nullable Certificate certificate;
  private volatile @Nullable List<List<Bytes>> paths;

  CapturedEntry(
      ChainValues values,
      List<Bytes> leaves,
      List<Envelope.Route> routes,
      Optional<Statement> statement,
      long capturedNanos) {
    this.values = values;
    this.leaves = List.copyOf(leaves);
    // A leader that sends another number of routes than operations routes nothing.
    this.routes = routes.size() == leaves.size() ? routes : List.of();
    this.statement = statement;
    this.capturedNanos = capturedNanos;
  }

  ChainValues values() {
    return values;
  }

  long k() {
    return values.k();
  }

  int size() {
    return leaves.size();
  }

  Bytes leaf(int position) {
    return leaves.get(position);
  }

  List<Envelope.Route> routes() {
    return routes;
  }

  Optional<Statement> statement() {
    return statement;
  }

  long capturedNanos() {
    return capturedNanos;
  }

  List<Bytes> path(int position) {
    List<List<Bytes>> known = paths;
    if (known == null) {
      known = OutcomePaths.of(leaves);
      paths = known;
    }
    return known.get(position);
  }

  void certified(Certificate accepted) {
    certificate = accepted;
  }

  Optional<Certificate> certificate() {
    return Optional.ofNullable(certificate);
  }
}
