package dev.coffer.node.core;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the nodes order: an entry, and beside it what only nodes care for. The chain hashes the
 * entry alone, so nothing here can change a verdict; a lying leader can misroute answers, which
 * clients then ask for again.
 *
 * @param routes one an operation, in order; none if nobody waits
 * @param certificate the newest one the leader had: whoever replays the order later finds in it
 *     what keeps its HSM's window open
 * @param entry the entry's encoding, opaque here
 */
record Envelope(List<Route> routes, Optional<Certificate> certificate, Bytes entry) {
  private static final int VERSION = 1;

  /**
   * Who waits for an operation.
   *
   * @param origin the node that has the client
   * @param call that node's number for it
   * @param releasers bit i−1: HSM i is to release its reply at once
   */
  record Route(int origin, long call, int releasers) {
    boolean releasedBy(int node) {
      return (releasers >>> (node - 1) & 1) == 1;
    }
  }

  Envelope {
    routes = List.copyOf(routes);
  }

  Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u16(routes.size());
    for (Route route : routes) {
      out.u8(route.origin()).u64(route.call()).u8(route.releasers());
    }
    out.bool(certificate.isPresent());
    certificate.ifPresent(c -> c.write(out));
    return out.field(entry).toBytes();
  }

  static Envelope decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    in.number(VERSION, VERSION, in.u8(), "envelope version");
    int count = in.number(0, Limits.OPERATIONS_MAX, in.u16(), "routes");
    List<Route> routes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int origin = in.number(1, Limits.HSMS_MAX, in.u8(), "origin");
      routes.add(new Route(origin, in.u64(), in.number(0, 0x7f, in.u8(), "releasers")));
    }
    Optional<Certificate> certificate =
        in.bool() ? Optional.of(Certificate.read(in)) : Optional.empty();
    Bytes entry = in.field(Limits.ENTRY_MAX, "entry");
    in.end();
    return new Envelope(routes, certificate, entry);
  }
}
