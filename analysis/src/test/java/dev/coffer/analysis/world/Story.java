package dev.coffer.analysis.world;

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
    return "%s: HSM %s certified %d %s, store %s at %d, certified %d%s%s %s"
        .formatted(
            name,
            place(own.values()),
            own.highestCertified(),
            own.maySign() ? "speaks" : "is silent",
            place(host.store().position().values()),
            host.store().position().order().index(),
            host.newest().map(c -> c.values().k()).orElse(0L),
            host.idle() ? "" : ", more to apply",
            host.fetching() ? ", synchronising" : "",
            host.stopped());
  }

  private static String place(ChainValues values) {
    return values.k() + " " + Ledger.shortly(values.head());
  }
}
