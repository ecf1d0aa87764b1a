package dev.coffer.node.sync;

import dev.coffer.node.store.OrderPosition;
import dev.coffer.node.store.tree.TreeSourceFailure;
import dev.coffer.node.store.tree.TreeSourceFailure.Reason;
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
 * What a peer answers: a status octet, then the fields. At most 270,000 octets. Whoever reads them
 * knows what was asked for: a count that differs is a lie.
 */
final class Answers {
  private static final int OK = 0;
  private static final int MOVED = 1;
  private static final int BEHIND = 2;

  private Answers() {}

  static Bytes failure(Reason reason) {
    return new CanonicalWriter().u8(reason == Reason.BEHIND ? BEHIND : MOVED).toBytes();
  }

  static Bytes offer(RemoteTree.Offer offer) {
    CanonicalWriter out = new CanonicalWriter().u8(OK);
    offer.certificate().write(out);
    return out.u64(offer.order().term()).u64(offer.order().index() + 1).toBytes();
  }

  static Bytes list(List<Optional<Bytes>> values) {
    CanonicalWriter out = new CanonicalWriter().u8(OK).u16(values.size());
    for (Optional<Bytes> value : values) {
      out.bool(value.isPresent());
      value.ifPresent(out::string);
    }
    return out.toBytes();
  }

  static Bytes hashes(List<Bytes> hashes) {
    CanonicalWriter out = new CanonicalWriter().u8(OK).u16(hashes.size());
    hashes.forEach(out::raw);
    return out.toBytes();
  }

  private static CanonicalReader open(Bytes answer) throws Rejected, TreeSourceFailure {
    CanonicalReader in = new CanonicalReader(answer);
    int status = in.number(OK, BEHIND, in.u8(), "status");
    if (status != OK) {
      throw new TreeSourceFailure(
          status == BEHIND ? Reason.BEHIND : Reason.MOVED, "the peer has no such state");
    }
    return in;
  }

  static RemoteTree.Offer readOffer(Bytes answer) throws TreeSourceFailure {
    try {
      CanonicalReader in = open(answer);
      Certificate certificate = Certificate.read(in);
      long term = in.u64();
      OrderPosition order = new OrderPosition(term, in.u64() - 1);
      in.end();
      return new RemoteTree.Offer(certificate, order);
    } catch (Rejected e) {
      throw new TreeSourceFailure(Reason.LIED, "an offer", e);
    }
  }

  static List<Optional<Bytes>> readList(Bytes answer, int count, int octetsMax)
      throws TreeSourceFailure {
    try {
      CanonicalReader in = open(answer);
      in.number(count, count, in.u16(), "values");
      List<Optional<Bytes>> values = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        values.add(in.bool() ? Optional.of(in.string(octetsMax, "value")) : Optional.empty());
      }
      in.end();
      return values;
    } catch (Rejected e) {
      throw new TreeSourceFailure(Reason.LIED, "pages or records", e);
    }
  }

  static List<Bytes> readHashes(Bytes answer, int count) throws TreeSourceFailure {
    try {
      CanonicalReader in = open(answer);
      in.number(count, count, in.u16(), "hashes");
      List<Bytes> hashes = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        hashes.add(in.raw(Limits.DIGEST));
      }
      in.end();
      return hashes;
    } catch (Rejected e) {
      throw new TreeSourceFailure(Reason.LIED, "entry hashes", e);
    }
  }
}
