package dev.coffer.node.order;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.protocol.codec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A log that remembers what it took, durable at once. Survives the engine in front of it.
 * Thread-safe.
 */
public final class OrderedLogRecorder implements OrderedLog {
  /** Something taken. */
  public record Taken(OrderPosition at, Bytes payload) {}

  private final List<Taken> taken = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private OrderPosition position = OrderPosition.NONE;
  private Orderer.Leadership leadership = Orderer.Leadership.NONE;

  private void moveTo(OrderPosition at) {
    if (at.index() <= position.index() || at.term() < position.term()) {
      faults.add("went from " + position + " to " + at);
    }
    position = at;
  }

  @Override
  public synchronized CompletableFuture<Void> take(OrderPosition at, Bytes payload) {
    moveTo(at);
    taken.add(new Taken(at, payload));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized void skip(OrderPosition at) {
    moveTo(at);
  }

  @Override
  public synchronized OrderPosition durable() {
    return position;
  }

  @Override
  public synchronized OrderPosition taken() {
    return position;
  }

  @Override
  public synchronized OrderPosition catchUp(long first) {
    faults.add("asked to catch up to " + first);
    return position;
  }

  @Override
  public synchronized void leadership(Orderer.Leadership now) {
    leadership = now;
  }

  @Override
  public synchronized void broken(String what, Throwable cause) {
    faults.add(what + ": " + cause);
  }

  /** Everything taken so far. */
  public synchronized List<Taken> all() {
    return List.copyOf(taken);
  }

  /** The payloads taken so far. */
  public synchronized List<Bytes> payloads() {
    return taken.stream().map(Taken::payload).toList();
  }

  /** Broken promises of the engine. */
  public synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  /** What it was last told about who leads. */
  public synchronized Orderer.Leadership leadership() {
    return leadership;
  }

  /** Back to a snapshot that is older, as a store that had not yet written everything. */
  public synchronized void lose(int count) {
    for (int i = 0; i < count && !taken.isEmpty(); i++) {
      taken.removeLast();
    }
    position = taken.isEmpty() ? OrderPosition.NONE : taken.getLast().at();
  }
}
