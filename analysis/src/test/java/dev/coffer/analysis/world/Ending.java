package dev.coffer.analysis.world;

import dev.coffer.node.hsm.HsmUnavailable;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.HsmPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Why a healed fleet may stand still for good: its HSMs are on chains that no q of them share. One
 * whose host lost its store counts as absent only while no peer holds any certified state from
 * which that HSM could go on, which is looked up in the peers' stores.
 */
record Ending(World world) {
  /** Empty if q HSMs can still come together. */
  String whyStuck() {
    List<Spot> newest = new ArrayList<>();
    for (Host host : world.hosts()) {
      if (host.stopped().isEmpty()
          && !(host.fetching() && beyondHelp(host))
          && !strayed(host)
          && !world.untrusted().contains(host.index())) {
        try {
          world.ledger().at(host.hsm().position(0).values()).ifPresent(newest::add);
        } catch (Rejected | HsmUnavailable e) {
          return "HSM " + host.index() + " is away";
        }
      }
    }
    return most(newest);
  }

  /** Whether its HSM has captured what the order does not hold: nobody will follow it there. */
  private boolean strayed(Host host) {
    return world.hasForked()
        && host.up()
        && host.idle()
        && host.hsmPosition().values().k() > host.store().position().values().k();
  }

  private boolean beyondHelp(Host lost) {
    HsmPort.Position own = lost.hsmPosition();
    long least = Math.max(own.highestCertified(), own.values().k() - Limits.RING + 1);
    boolean helped = false;
    for (Host peer : world.hosts()) {
      if (peer != lost && peer.up()) {
        boolean serves = peer.store().view(least).isPresent();
        BrokenPromise.unless(
            serves || !mustServe(peer, least),
            "liveness",
            "node " + peer.index() + " holds no certified state from " + least + " on");
        helped |= serves;
      }
    }
    return !helped;
  }

  /** Whether its store must have a state: what was certified is lost by a restart alone. */
  private boolean mustServe(Host peer, long least) {
    Optional<Certificate> newest = peer.store().certificate();
    if (peer.fetching() || newest.isEmpty()) {
      return false;
    }
    long certified = newest.get().values().k();
    return certified >= Math.max(least, peer.holdsFrom()) && onItsChain(newest.get(), peer);
  }

  private boolean onItsChain(Certificate certificate, Host peer) {
    Optional<Spot> here = world.ledger().at(peer.store().position().values());
    return world
        .ledger()
        .at(certificate.values())
        .filter(there -> here.filter(there::leadsTo).isPresent())
        .isPresent();
  }

  /** Otherwise nobody may be left who could bring the others what the order has lost. */
  private boolean certified(Spot far) {
    return world
        .ledger()
        .newestCertified()
        .filter(newest -> far.values().k() <= newest.values().k() && far.leadsTo(newest))
        .isPresent();
  }

  private String most(List<Spot> newest) {
    long together = 0;
    for (Spot far : newest) {
      together =
          Math.max(
              together,
              newest.stream()
                  .filter(s -> s.values().k() <= far.values().k() && s.leadsTo(far))
                  .filter(s -> s.equals(far) || !world.hasForgotten() || certified(far))
                  .count());
    }
    return together >= world.setting().q()
        ? ""
        : "at most " + together + " HSMs stand on one chain and " + world.setting().q() + " must";
  }

  /** HSMs that neither lie nor stand elsewhere than at the certified entry {@code newest}. */
  long able(long newest) {
    return IntStream.rangeClosed(1, world.setting().n())
        .filter(hsm -> !world.untrusted().contains(hsm) && world.host(hsm).stands(newest))
        .count();
  }
}
