package dev.coffer.node.core;

import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.node.peer.PeerMethod;
import dev.coffer.node.peer.Refusal;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.sync.RemoteTree;
import dev.coffer.node.sync.SyncServer;
import dev.coffer.node.sync.Synchroniser;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings store and HSM of this node to one certified state: the store fetches from the peers what
 * differs, every octet checked against a certificate; then the HSM adopts that certificate.
 * Thread-safe for different partitions.
 */
final class CatchingUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchingUp.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LONG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** So long all nodes have to be there and none of them help. */
  private static final long HOPE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final NodeContext context;
  private final Standings standings;
  private final SyncServer server;

  CatchingUp(NodeContext context, Standings standings) {
    this.context = context;
    this.standings = standings;
    this.server = new SyncServer(context.store(), context.fleet().settings().partitions());
  }

  /**
   * At a node's start: makes HSM and store meet before anything is applied. Returns whether both
   * stand at the founding in every partition.
   *
   * @param givesUp whether to end where all nodes are there and none leads this HSM on; otherwise
   *     it waits for one that does
   * @throws IOException with one sentence if an operator has to look
   */
  boolean reconcile(boolean givesUp) throws IOException, InterruptedException {
    boolean founding = true;
    for (int partition = 0; partition < context.fleet().settings().partitions(); partition++) {
      RecordStore records = context.store().partition(partition);
      ChainValues own = hsmPosition(partition);
      switch (Reconciliation.of(own, records)) {
        case PROCEED -> {}
        case ADOPT_STORED -> adoptStored(partition);
        case SYNCHRONISE -> {
          boolean unused = synchronise(partition, false, givesUp);
        }
        case STOP ->
            throw new IOException(
                "HSM and store differ at entry "
                    + own.k()
                    + " of partition "
                    + partition
                    + ": keep both for inspection; to go on, move store.directory aside, and the"
                    + " node fetches the certified state from its peers.");
      }
      founding &= own.k() == 0 && records.position().values().k() == 0;
    }
    return founding;
  }

  /** Where the HSM stands; waits while its process is away. */
  private ChainValues hsmPosition(int partition) throws IOException, InterruptedException {
    return position(partition).values();
  }

  /**
   * The oldest state from which this HSM gives its captures again. Asking for the newest one would
   * wait for ever where the entries after the last certificate want this very HSM's statement.
   */
  private long leastUseful(int partition) throws IOException, InterruptedException {
    HsmPort.Position own = position(partition);
    return Math.max(own.highestCertified(), own.values().k() - Limits.RING + 1);
  }

  private HsmPort.Position position(int partition) throws IOException, InterruptedException {
    while (true) {
      try {
        return context.hsm().position(partition);
      } catch (Rejected e) {
        throw new IOException(
            "The HSM does not say where it stands ("
                + e.code()
                + "): it is of no fleet yet, or its home was emptied. Found the fleet first, or put"
                + " the home back.",
            e);
      } catch (HsmUnavailable e) {
        LOG.info("Waiting for the HSM: {}", e.getMessage());
        context.threads().sleep(PAUSE_NANOS);
      }
    }
  }

  /** The HSM is behind the store, whose newest entry is certified. */
  private void adoptStored(int partition) throws IOException, InterruptedException {
    Certificate certificate = context.store().partition(partition).certificate().orElseThrow();
    try {
      adopt(partition, certificate);
    } catch (Rejected e) {
      throw new IOException(
          "The HSM does not follow its own store's certificate ("
              + e.code()
              + "): keep both for inspection.",
          e);
    }
  }

  /**
   * Blocks until store and HSM stand at one certified entry, asking the peers in turn. Nothing may
   * apply meanwhile.
   *
   * @param suspect whether the disk has given back what was not written to it: then all of it is
   *     looked at first, and what is damaged is fetched, too
   * @return false if nothing is damaged, and so nothing was done
   * @throws IOException with one sentence if an operator has to look
   */
  boolean synchronise(int partition, boolean suspect) throws IOException, InterruptedException {
    return synchronise(partition, suspect, false);
  }

  private boolean synchronise(int partition, boolean suspect, boolean givesUp)
      throws IOException, InterruptedException {
    RecordStore records = context.store().partition(partition);
    Synchroniser synchroniser = new Synchroniser(context.fleet(), partition, records);
    if (suspect && !records.syncing()) {
      long damaged = synchroniser.suspectTheDisk();
      if (damaged == 0) {
        return false;
      }
      LOG.warn("Partition {}: {} pages and records are damaged", partition, damaged);
    }
    LOG.warn(
        "Partition {} is fetched from the peers, from entry {}",
        partition,
        records.position().values().k());
    long hopeful = context.clock().nanos();
    // The last words count of whoever has given up before this node.
    Map<Integer, OrderStanding> told = new HashMap<>();
    while (true) {
      for (int peer = 1; peer <= context.n(); peer++) {
        if (peer != context.self()
            && context.peers().reachable(peer)
            && brought(partition, peer, synchroniser, records)) {
          return true;
        }
      }
      if (givesUp) {
        told.putAll(standings.others());
        Optional<String> out = outOfReach(partition, told);
        if (out.isEmpty()) {
          hopeful = context.clock().nanos();
        } else if (context.clock().nanos() - hopeful > HOPE_NANOS) {
          throw new IOException(out.get());
        }
      }
      context.threads().sleep(PAUSE_NANOS);
    }
  }

  /**
   * Why no node leads this HSM on, if all are there and none does: as where all hosts were rolled
   * back and the HSMs were not.
   */
  private Optional<String> outOfReach(int partition, Map<Integer, OrderStanding> told)
      throws IOException, InterruptedException {
    if (told.size() < context.n() - 1) {
      return Optional.empty();
    }
    long own = hsmPosition(partition).k();
    long newest = context.store().partition(partition).position().values().k();
    for (OrderStanding other : told.values()) {
      if (other.places().size() <= partition) {
        return Optional.empty();
      }
      OrderStanding.Place place = other.places().get(partition);
      // What is within its HSM's ring it may take from the order yet.
      newest = Math.max(newest, place.hsm() - place.k() < Limits.RING ? place.hsm() : place.k());
      newest = Math.max(newest, place.k());
    }
    return newest >= leastUseful(partition)
        ? Optional.empty()
        : Optional.of(
            "The HSMs are ahead of every store: this one stands at entry "
                + own
                + " of partition "
                + partition
                + ", and the newest store of all nodes leads to entry "
                + newest
                + ". One newer store of any node is enough: put it in the place of that node's store.directory, and"
                + " start the nodes again.");
  }

  private boolean brought(int partition, int peer, Synchroniser synchroniser, RecordStore records)
      throws IOException, InterruptedException {
    try {
      Certificate reached = synchroniser.bring(tree(partition, peer), leastUseful(partition));
      adopt(partition, reached);
      records.keepCertificate(reached);
      records.sync();
      LOG.warn("Partition {} stands at entry {} again", partition, reached.values().k());
      return true;
    } catch (TreeSourceFailure e) {
      LOG.info("Node {} does not help: {}", peer, e.reason());
    } catch (Rejected e) {
      notAdopted(partition, e);
    }
    return false;
  }

  /** What was fetched is certified and checked; so what is wrong is the HSM, or passes. */
  private static void notAdopted(int partition, Rejected e) throws IOException {
    switch (e.code()) {
      case OUT_OF_RANGE, NOT_IN_RING, WINDOW_FULL, NOT_YET_HEARD, NOT_HELD ->
          // It moved on, or back, since it was asked where it stands.
          LOG.warn(
              "The HSM does not yet adopt the certified state of partition {}: {}",
              partition,
              e.code());
      case TRUNCATED,
          TRAILING,
          NOT_CANONICAL,
          UNKNOWN_TAG,
          BAD_TEXT,
          BAD_ELEMENT,
          BAD_SCALAR,
          BAD_SIGNATURE,
          BAD_CIPHERTEXT,
          BAD_CERTIFICATE,
          BAD_PROOF,
          BAD_LOGIN,
          WRONG_ADDRESSEE,
          BAD_FOUNDING,
          FORK,
          WRONG_PHASE ->
          throw new IOException(
              "The HSM does not adopt the certified state of partition "
                  + partition
                  + " ("
                  + e.code()
                  + "): keep HSM and store for inspection.",
              e);
    }
  }

  private RemoteTree tree(int partition, int peer) {
    return new RemoteTree(
        partition,
        question -> {
          try {
            return context.peers().ask(peer, PeerMethod.SYNC, question, DEADLINE);
          } catch (Refusal e) {
            throw new TreeSourceFailure(TreeSourceFailure.Reason.AWAY, "a question", e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TreeSourceFailure(TreeSourceFailure.Reason.AWAY, "interrupted", e);
          }
        });
  }

  /** In jumps that the HSM allows, along certificates that somebody kept. */
  private void adopt(int partition, Certificate target)
      throws Rejected, IOException, InterruptedException {
    RecordStore records = context.store().partition(partition);
    while (true) {
      long own = hsmPosition(partition).k();
      long distance = target.values().k() - own;
      boolean last = distance <= Limits.ADOPT_HASHES_MAX;
      Certificate next = last ? target : steppingStone(partition, own);
      int count = (int) Math.max(0, next.values().k() - own);
      List<Bytes> hashes = count == 0 ? List.of() : records.entryHashes(own, count);
      try {
        context.hsm().adopt(next, hashes);
        if (last) {
          return;
        }
      } catch (HsmUnavailable e) {
        // Whether it has adopted shows when it is back.
        LOG.info("The HSM went away while it adopted: {}", e.getMessage());
        context.threads().sleep(PAUSE_NANOS);
      }
    }
  }

  /**
   * The farthest archived certificate within one jump of entry {@code k}, of this node or any peer.
   */
  private Certificate steppingStone(int partition, long k) throws InterruptedException {
    while (true) {
      Certificate best =
          farthest(context.archives().get(partition).after(k, CertificatesWanted.GIVEN_MAX), k);
      for (int peer = 1; best == null && peer <= context.n(); peer++) {
        if (peer != context.self() && context.peers().reachable(peer)) {
          best = farthest(kept(partition, peer, k), k);
        }
      }
      if (best != null) {
        return best;
      }
      LOG.warn(
          "No peer has kept a certificate within reach of entry {}: waiting for one that has", k);
      context.threads().sleep(LONG_PAUSE_NANOS);
    }
  }

  private static @org.jspecify.annotations.Nullable Certificate farthest(
      List<Certificate> certificates, long k) {
    Certificate best = null;
    for (Certificate certificate : certificates) {
      long distance = certificate.values().k() - k;
      if (distance > 0 && distance <= Limits.ADOPT_HASHES_MAX) {
        best = certificate;
      }
    }
    return best;
  }

  private List<Certificate> kept(int partition, int peer, long k) throws InterruptedException {
    try {
      Bytes question = new CertificatesWanted(partition, k).encode();
      List<Certificate> certificates =
          CertificatesWanted.sound(
              context.peers().ask(peer, PeerMethod.CERTIFICATES, question, DEADLINE),
              context.fleet(),
              partition);
      certificates.forEach(context.archives().get(partition)::offer);
      return certificates;
    } catch (Refusal | Rejected e) {
      LOG.info("Node {} gave no usable certificates: {}", peer, e.toString());
      return List.of();
    }
  }

  /** Answers a peer that synchronises. */
  Bytes page(Bytes question) throws Rejected {
    return server.answer(question);
  }
}
