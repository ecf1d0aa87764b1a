package dev.coffer.protocol.outcome;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of an answer to {@code POST /v1/vault}: the certificate of the entry, the path of this
 * operation's leaf, and the sealed replies. Everything in it is hostile until verified (PROTOCOL.md
 * §6.3).
 *
 * @param entrySize how many outcomes the entry has, 1 to 256
 * @param replies one an HSM at most, 1 to 7
 */
public record VaultAnswer(
    Certificate certificate,
    int entrySize,
    int position,
    Bytes leaf,
    List<Bytes> path,
    List<SealedReply> replies) {
  public VaultAnswer {
    path = List.copyOf(path);
    replies = List.copyOf(replies);
  }

  /** The canonical encoding. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    certificate.write(out);
    out.u16(entrySize).u16(position).raw(leaf).u8(path.size());
    path.forEach(out::raw);
    out.u8(replies.size());
    replies.forEach(reply -> reply.write(out));
    return out.toBytes();
  }

  /** Decodes {@link #encode}; verifies nothing. */
  public static VaultAnswer decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    Certificate certificate = Certificate.read(in);
    int size = in.number(1, Limits.OPERATIONS_MAX, in.u16(), "entry size");
    int position = in.number(0, size - 1, in.u16(), "position");
    Bytes leaf = in.raw(Limits.DIGEST);
    List<Bytes> path = new ArrayList<>();
    for (int left = in.number(0, 8, in.u8(), "path"); left > 0; left--) {
      path.add(in.raw(Limits.DIGEST));
    }
    List<SealedReply> replies = new ArrayList<>();
    for (int left = in.number(1, Limits.HSMS_MAX, in.u8(), "replies"); left > 0; left--) {
      replies.add(SealedReply.read(in));
    }
    in.end();
    return new VaultAnswer(certificate, size, position, leaf, path, replies);
  }
}
