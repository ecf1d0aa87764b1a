package dev.coffer.verification.world;

import dev.coffer.node.core.SteppedCore;
import dev.coffer.node.order.Orderer;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Entry;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Brings operations to the leader, and there into entries. */
final class Batching {
  private static final int BATCH_MAX = 16;

  /** An operation that waits to be ordered. */
  record Submission(Entry.Item item, SteppedCore.Waiting waiting) {}

  private final World world;
  private final Host host;
  private final List<Submission> submitted = new ArrayList<>();

  Batching(World world, Host host) {
    this.world = world;
    this.host = host;
  }

  void forget() {
    submitted.clear();
  }

  private Orderer.Leadership leadership() {
    return world.orderer().member(host.index()).leadership();
  }

  /** An operation is to be ordered: by this node if it leads. */
  void submit(Submission submission) {
    Orderer.Leadership now = leadership();
    if (now.mine()) {
      here(submission);
    } else if (now.node() != 0 && now.node() != host.index()) {
      world.tell(host.index(), now.node(), leader -> leader.batching().here(submission));
    }
  }

  private void here(Submission submission) {
    if (leadership().mine() && submitted.size() < BATCH_MAX) {
      submitted.add(submission);
    }
  }

  /** Proposes what has gathered, if this node leads and certificates keep up. */
  void lead() {
    boolean clear =
        host.core().capturedK() - host.core().certifiedK() < Limits.RING / 2 && leadership().mine();
    if (!clear || submitted.isEmpty()) {
      return;
    }
    List<Submission> batch = List.copyOf(submitted);
    submitted.clear();
    Bytes entry = new Entry(batch.stream().map(Submission::item).toList()).encode();
    world.attackers().saw(entry);
    Bytes envelope =
        SteppedCore.envelope(
            batch.stream().map(Submission::waiting).toList(), host.core().newest(), entry);
    CompletableFuture<Orderer.Fate> fate = world.orderer().member(host.index()).propose(envelope);
    world.diary().note("node " + host.index() + " proposes " + batch.size() + ": " + fate.join());
  }

  /** The records that an entry touches. */
  static List<TreeKey> touched(Bytes entry) {
    try {
      return Entry.decode(entry).touched();
    } catch (Rejected e) {
      return List.of();
    }
  }
}
