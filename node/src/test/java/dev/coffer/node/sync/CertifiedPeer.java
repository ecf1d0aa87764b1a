package dev.coffer.node.sync;

import dev.coffer.node.store.ChainDriver;
import dev.coffer.node.store.FaultyDisk;
import dev.coffer.node.store.NodeStore;
import dev.coffer.node.store.RecordStore;
import dev.coffer.node.store.StatedFleet;
import dev.coffer.node.store.StoreOnFaultyDisk;
import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A node with a store, and the statement keys of its fleet, so that it can certify what it has. */
final class CertifiedPeer {
  static final Fleet FLEET = StatedFleet.FLEET;

  final FaultyDisk disk = new FaultyDisk(0, FaultyDisk.Failing.DONE);
  final NodeStore node;
  final RecordStore store;
  final SyncServer server;
  private final List<TreeKey> known = new ArrayList<>();
  private final ArrayDeque<ChainValues> uncertified = new ArrayDeque<>();
  private final SplittableRandom random;
  private final ChainDriver hsm;

  CertifiedPeer(long seed, long heldOctets) {
    node = StoreOnFaultyDisk.open(disk, FLEET.id(), heldOctets);
    store = node.partition(0);
    server = new SyncServer(node, 1);
    random = new SplittableRandom(seed);
    hsm = new ChainDriver(random, ChainValues.founding(FLEET.id(), 0));
  }

  /** q statements over {@code values}. */
  static Certificate certificate(ChainValues values) {
    return StatedFleet.certificate(values);
  }

  /** Applies {@code entries} of up to {@code size} records; certified {@code lag} entries later. */
  void grow(int entries, int size, int lag) {
    for (int i = 0; i < entries; i++) {
      Set<TreeKey> touched = new HashSet<>();
      for (int r = 0; r < size; r++) {
        boolean old = !known.isEmpty() && random.nextInt(4) == 0;
        Bytes near =
            known.isEmpty() ? Bytes.EMPTY : known.get(random.nextInt(known.size())).value();
        int shared = known.isEmpty() || random.nextInt(8) > 0 ? 0 : random.nextInt(60);
        touched.add(old ? new TreeKey(near) : ChainDriver.keyNear(random, near, shared));
      }
      List<TreeKey> ascending = ChainDriver.ascending(touched);
      known.addAll(ascending);
      uncertified.add(hsm.step(store, ascending).values());
      certify(lag);
    }
  }

  /** Certifies all but the newest {@code lag} entries. */
  void certify(int lag) {
    while (uncertified.size() > lag) {
      store.keepCertificate(certificate(uncertified.remove()));
    }
  }

  /** Whether {@code other} proves the same records as this store. */
  boolean equalsIn(RecordStore other) {
    for (int from = 0; from < known.size(); from += 200) {
      List<TreeKey> some =
          ChainDriver.ascending(known.subList(from, Math.min(known.size(), from + 200)));
      if (!store.prove(some).records().equals(other.prove(some).records())) {
        return false;
      }
    }
    return true;
  }

  /** This peer as another node sees it. */
  RemoteTree remote() {
    return new RemoteTree(0, this::answer);
  }

  Bytes answer(Bytes question) {
    try {
      return server.answer(question);
    } catch (Rejected e) {
      throw new AssertionError(e);
    }
  }
}
