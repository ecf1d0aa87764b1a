package dev.coffer.verification.world;

import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Lets an HSM hear the others after a start (2-protocol §3). */
final class Waking {
  private static final int PAUSE = 16;

  private final World world;
  private final Host host;

  /** HSMs whose statuses proved that they stand on another chain. */
  private final Set<Integer> elsewhere = new TreeSet<>();

  private int ticks;

  Waking(World world, Host host) {
    this.world = world;
    this.host = host;
  }

  void forget() {
    elsewhere.clear();
  }

  void tick() {
    ticks++;
    if (ticks % PAUSE != 1) {
      return;
    }
    try {
      Bytes nonce = host.hsm().challenge(0);
      for (int other = 1; other <= world.setting().n(); other++) {
        if (other != host.index() && !elsewhere.contains(other)) {
          world.tell(host.index(), other, peer -> peer.waking().asked(host.index(), nonce));
        }
      }
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private void asked(int asker, Bytes nonce) {
    try {
      SignedStatus status = host.hsm().status(0, nonce);
      world.attackers().saw(status);
      world.tell(host.index(), asker, peer -> peer.waking().hear(status));
    } catch (Rejected e) {
      throw new IllegalStateException(e);
    }
  }

  private void hear(SignedStatus status) {
    try {
      if (host.hsm().hear(0, List.of(status))) {
        world.diary().done("statuses heard");
      }
    } catch (Rejected e) {
      elsewhere.add(status.index());
      world.diary().done("statuses of another chain");
    }
  }
}
