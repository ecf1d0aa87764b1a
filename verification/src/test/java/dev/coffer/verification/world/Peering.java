package dev.coffer.verification.world;

import dev.coffer.node.store.StoreFault;
import dev.coffer.node.store.TreeSourceFailure;
import dev.coffer.node.sync.RemoteTree;
import dev.coffer.node.sync.SyncServer;
import dev.coffer.node.sync.Synchroniser;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How one host fetches a certified state from another, which may lie or go away in the middle. */
final class Peering {
  /** Where a question says what it asks for, and how it says that it wants an offer. */
  private static final int KIND = 2;

  private static final int OFFER = 1;

  /** Octets at an offer's end that name its place in the order. */
  private static final int ORDER = 16;

  private Peering() {}

  /** The oldest state from which a host's HSM gives its captures again. */
  static long leastUseful(Host host) {
    HsmPort.Position own = host.hsmPosition();
    return Math.max(own.highestCertified(), own.values().k() - Limits.RING + 1);
  }

  static Optional<Certificate> bring(World world, Host to) {
    long atLeast = leastUseful(to);
    Synchroniser synchroniser = new Synchroniser(world.fleet(), 0, to.store());
    if (to.disk().spoilt() && !to.store().syncing()) {
      long damaged = synchroniser.suspectTheDisk();
      world.diary().note("node " + to.index() + " fetches again " + damaged);
    }
    List<Host> others = new ArrayList<>(world.hosts());
    others.remove(to);
    while (!others.isEmpty()) {
      Host from = others.remove(world.chance().below(others.size()));
      try {
        return Optional.of(
            synchroniser.bring(
                new RemoteTree(0, question -> ask(world, to, from, question)), atLeast));
      } catch (TreeSourceFailure e) {
        world.diary().done("synchronisations " + e.reason());
      }
    }
    return Optional.empty();
  }

  private static Bytes ask(World world, Host to, Host from, Bytes question)
      throws TreeSourceFailure {
    if (!from.up() || !world.wires().bothWays(to.index(), from.index())) {
      throw new TreeSourceFailure(TreeSourceFailure.Reason.AWAY, "nobody answers");
    }
    try {
      Bytes answer = new SyncServer(from.nodeStore(), 1).answer(question);
      return world.hostile(from.index()) && world.chance().oneIn(3)
          ? bent(world, from, question, answer)
          : answer;
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    } catch (StoreFault e) {
      throw new TreeSourceFailure(TreeSourceFailure.Reason.AWAY, "the peer's disk fails", e);
    }
  }

  /**
   * A lying host's answer. Where in the order an offered state stands is the one thing that no
   * certificate covers: who lies there keeps its peer from what is ordered, as whoever takes part
   * in the order can.
   */
  private static Bytes bent(World world, Host from, Bytes question, Bytes answer) {
    boolean offer = question.at(KIND) == OFFER;
    int certain = offer ? Math.max(1, answer.size() - ORDER) : answer.size();
    int at = world.chance().below(world.setting().forking() ? answer.size() : certain);
    world.diary().fault("lie to a peer");
    if (at >= certain) {
      world.forked("host " + from.index() + " lied about the order");
    }
    byte[] octets = answer.toByteArray();
    octets[at] ^= (byte) (1 << world.chance().below(8));
    return Bytes.wrap(octets);
  }
}
