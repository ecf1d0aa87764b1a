package dev.coffer.verification.world;

import dev.coffer.node.core.SteppedCore;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.port.HsmPort;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Hands certificates to the HSM, and its sealed replies to where the clients wait. */
final class Releases {
  private static final int KEPT = 64;

  /** A captured entry that replies may be due for. */
  private record Held(HsmPort.Capture capture, List<SteppedCore.Waiting> waiting) {}

  private final World world;
  private final Host host;
  private final TreeMap<Long, Held> recent = new TreeMap<>();
  private final TreeMap<Long, Certificate> parked = new TreeMap<>();

  Releases(World world, Host host) {
    this.world = world;
    this.host = host;
  }

  void forget() {
    recent.clear();
    parked.clear();
  }

  /** The store has jumped: nothing older is answered here. */
  void jumped() {
    recent.clear();
  }

  void captured(HsmPort.Capture capture, List<SteppedCore.Waiting> waiting) {
    long k = capture.values().k();
    recent.put(k, new Held(capture, waiting));
    if (recent.size() > KEPT) {
      recent.pollFirstEntry();
    }
    Certificate early = parked.remove(k);
    if (early != null) {
      certificate(early);
    }
  }

  /** Tries what waited: the HSM may speak now. */
  void again() {
    List<Certificate> waiting =
        parked.values().stream().filter(c -> recent.containsKey(c.values().k())).toList();
    waiting.forEach(c -> parked.remove(c.values().k()));
    waiting.forEach(this::certificate);
  }

  void certificate(Certificate certificate) {
    long k = certificate.values().k();
    Held held = recent.get(k);
    try {
      if (held == null) {
        certificate.verify(world.fleet());
        accept(certificate);
        parked.put(k, certificate);
        parked.headMap(k - KEPT).clear();
      } else if (!held.capture().values().equals(certificate.values())) {
        certificate.verify(world.fleet());
        host.stop("a certificate contradicts entry " + k);
      } else {
        List<Integer> all = IntStream.range(0, held.capture().leaves().size()).boxed().toList();
        List<HsmPort.PositionedReply> replies = host.hsm().release(certificate, all);
        accept(certificate);
        replies.forEach(reply -> route(certificate, held, reply));
      }
    } catch (Rejected e) {
      if (e.code() == RejectionCode.NOT_YET_HEARD) {
        parked.put(k, certificate);
      } else {
        world.diary().done("certificates refused");
      }
    }
  }

  private void accept(Certificate certificate) {
    host.core().raise(certificate);
    host.store().keepCertificate(certificate);
  }

  private void route(Certificate certificate, Held held, HsmPort.PositionedReply reply) {
    if (held.waiting().size() != held.capture().leaves().size()) {
      return;
    }
    SteppedCore.Waiting waiting = held.waiting().get(reply.position());
    Reply sent = new Reply(certificate, held.capture().leaves(), reply.position(), reply.reply());
    if (waiting.origin() >= 1 && waiting.origin() <= world.setting().n()) {
      world.tell(host.index(), waiting.origin(), origin -> origin.replied(waiting.call(), sent));
    }
  }

  /** Says how far certificates have come here; whoever is behind asks for the newest. */
  void beat() {
    long certified = host.core().certifiedK();
    for (int other = 1; other <= world.setting().n(); other++) {
      if (other != host.index()) {
        world.tell(host.index(), other, peer -> peer.releases().heardBeat(host.index(), certified));
      }
    }
  }

  private void heardBeat(int from, long certified) {
    if (certified > host.core().certifiedK()) {
      world.tell(
          host.index(),
          from,
          peer ->
              peer.newest()
                  .ifPresent(c -> world.tell(from, host.index(), asker -> asker.certificate(c))));
    }
  }

  /** The HSM gets a certificate of what it has captured, even while it is silent. */
  void raiseWindow(Certificate certificate) {
    try {
      host.hsm().adopt(certificate, List.of());
      host.core().raise(certificate);
    } catch (Rejected e) {
      world.diary().done("certificates refused");
    }
  }
}
