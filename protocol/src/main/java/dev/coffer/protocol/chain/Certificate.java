package dev.coffer.protocol.chain;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Statements of distinct HSMs over identical values; it counts once at least q of them verify
 * (INV-5).
 *
 * @param signatures ascending by index, distinct
 */
public record Certificate(ChainValues values, List<Signed> signatures) {
  /** One HSM's part. */
  public record Signed(int index, Bytes signature) {}

  public Certificate {
    signatures = List.copyOf(signatures);
  }

  /** Puts statements over identical values together, one an HSM; not verified here. */
  public static Certificate of(List<Statement> statements) {
    Invariant.check(!statements.isEmpty(), "a certificate has statements");
    ChainValues values = statements.get(0).values();
    List<Signed> signed = new ArrayList<>();
    statements.stream()
        .sorted(Comparator.comparingInt(Statement::index))
        .forEach(statement -> {
          Invariant.check(statement.values().equals(values), "a certificate has one set of values");
          Invariant.check(
              signed.isEmpty() || signed.get(signed.size() - 1).index() < statement.index(),
              "a certificate names an HSM once");
          signed.add(new Signed(statement.index(), statement.signature()));
        });
    return new Certificate(values, signed);
  }

  /**
   * Rejects unless it is of this fleet and q listed HSMs, each counted once, signed. Every
   * signature it carries must hold: a bad one among good ones is an attack or a fault, never noise.
   */
  public void verify(Fleet fleet) throws Rejected {
    boolean shape =
        values.fleetId().equals(fleet.id())
            && values.partition() < fleet.settings().partitions()
            && signatures.size() >= fleet.settings().q()
            && signatures.size() <= fleet.settings().n();
    if (!shape) {
      throw new Rejected(RejectionCode.BAD_CERTIFICATE, "quorum or fleet");
    }
    Bytes text = values.statementText();
    int last = 0;
    for (Signed signed : signatures) {
      if (signed.index() <= last || signed.index() > fleet.settings().n()) {
        throw new Rejected(RejectionCode.BAD_CERTIFICATE, "an HSM counted twice");
      }
      last = signed.index();
      if (!Ed25519.verify(fleet.hsm(last).statementKey(), text, signed.signature())) {
        throw new Rejected(RejectionCode.BAD_CERTIFICATE, "signature");
      }
    }
  }

  /** Appends the canonical encoding: at most 594 octets. */
  public void write(CanonicalWriter out) {
    values.write(out);
    out.u8(signatures.size());
    signatures.forEach(signed -> out.u8(signed.index()).raw(signed.signature()));
  }

  /** Reads what {@link #write} wrote. */
  public static Certificate read(CanonicalReader in) throws Rejected {
    ChainValues values = ChainValues.read(in);
    int count = in.number(1, Limits.HSMS_MAX, in.u8(), "signatures");
    List<Signed> signatures = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int index = in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index");
      if (i > 0 && signatures.get(i - 1).index() >= index) {
        throw new Rejected(RejectionCode.NOT_CANONICAL, "signatures ascend");
      }
      signatures.add(new Signed(index, in.raw(Limits.SIGNATURE)));
    }
    return new Certificate(values, signatures);
  }

  /** The encoding alone. */
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Decodes {@link #encode}. */
  public static Certificate decode(Bytes encoded) throws Rejected {
    CanonicalReader in = new CanonicalReader(encoded);
    Certificate certificate = read(in);
    in.end();
    return certificate;
  }
}
