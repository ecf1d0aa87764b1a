package dev.coffer.verification.world;

import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.port.HsmPort;

/** Where everything of a node stands, in a line for whoever looks into a broken world. */
final class Story {
  private Story() {}

  static String of(Host host) {
    String name = "node " + host.index();
    if (!host.up() || !host.hsm().up()) {
      return name + (host.up() ? " up" : " down") + (host.hsm().up() ? "" : " without its HSM");
    }
    HsmPort.Position own = host.hsmPosition();
    return "%s: HSM %s certified %d %s, store %s, certified %d, queue %d, taken %s%s %s"
        .formatted(
            name,
            place(own.values()),
            own.highestCertified(),
            own.speaking() ? "speaks" : "is silent",
            place(host.store().position().values()),
            host.core().certifiedK(),
            host.queued(),
            host.taken(),
            host.fetching() ? ", synchronising" : "",
            host.stopped());
  }

  private static String place(ChainValues values) {
    return values.k() + " " + Ledger.shortly(values.head());
  }
}
