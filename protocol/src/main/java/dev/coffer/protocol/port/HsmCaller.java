package dev.coffer.protocol.port;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.SealedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The host's end of the calls: writes arguments, reads results. {@link HsmAnswerer} is the other
 * end. As thread-safe as its {@link Exchange}.
 */
public class HsmCaller implements HsmPort, FoundingPort {
  /** Carries one call there and its answer back. */
  @FunctionalInterface
  public interface Exchange {
    /**
     * The body of the answer; throws what the HSM threw, and unchecked what the transport suffered.
     */
    Bytes call(HsmMethod method, Bytes body) throws Rejected;
  }

  private final Exchange exchange;

  /** Calls through {@code exchange}. */
  public HsmCaller(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Reads one result. */
  @FunctionalInterface
  interface Part<T> {
    T read(CanonicalReader in) throws Rejected;
  }

  private <T> T call(HsmMethod method, CanonicalWriter body, Part<T> result) throws Rejected {
    CanonicalReader in = new CanonicalReader(exchange.call(method, body.toBytes()));
    T value = result.read(in);
    in.end();
    return value;
  }

  static <T> List<T> list(CanonicalReader in, int max, Part<T> part) throws Rejected {
    int count = in.number(0, max, in.u32(), "count");
    List<T> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(part.read(in));
    }
    return values;
  }

  static Optional<Bytes> record(CanonicalReader in) throws Rejected {
    return in.bool() ? Optional.of(in.raw(Limits.RECORD)) : Optional.empty();
  }

  static void writeRecords(List<Optional<Bytes>> records, CanonicalWriter out) {
    out.u32(records.size());
    for (Optional<Bytes> record : records) {
      out.bool(record.isPresent());
      record.ifPresent(out::raw);
    }
  }

  @Override
  public Admission admit(SealedMessage message) throws Rejected {
    return call(
        HsmMethod.ADMIT,
        new CanonicalWriter().raw(message.encode()),
        in ->
            new Admission(
                in.u16(),
                new TreeKey(in.raw(Limits.DIGEST)),
                in.field(Limits.OPERATION_MAX, "operation")));
  }

  @Override
  public Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    CanonicalWriter out = new CanonicalWriter().u16(partition).u64(k).field(entry);
    writeRecords(records, out);
    return call(
        HsmMethod.CAPTURE,
        out.field(multiproof),
        in ->
            new Capture(
                ChainValues.read(in),
                list(in, Limits.OPERATIONS_MAX, HsmCaller::record),
                list(in, Limits.OPERATIONS_MAX, r -> r.raw(Limits.DIGEST)),
                in.bool() ? Optional.of(Statement.read(in)) : Optional.empty()));
  }

  @Override
  public Statement restate(int partition, long k) throws Rejected {
    return call(HsmMethod.RESTATE, new CanonicalWriter().u16(partition).u64(k), Statement::read);
  }

  @Override
  public List<PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    CanonicalWriter out = new CanonicalWriter();
    certificate.write(out);
    out.u32(positions.size());
    positions.forEach(out::u16);
    return call(
        HsmMethod.RELEASE,
        out,
        in ->
            list(
                in, Limits.OPERATIONS_MAX, r -> new PositionedReply(r.u16(), SealedReply.read(r))));
  }

  @Override
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    CanonicalWriter out = new CanonicalWriter();
    certificate.write(out);
    out.u32(entryHashes.size());
    entryHashes.forEach(out::raw);
    call(HsmMethod.ADOPT, out, in -> true);
  }

  @Override
  public Bytes challenge(int partition) throws Rejected {
    return call(
        HsmMethod.CHALLENGE, new CanonicalWriter().u16(partition), in -> in.raw(Limits.DIGEST));
  }

  @Override
  public SignedStatus status(int partition, Bytes nonce) throws Rejected {
    return call(
        HsmMethod.STATUS, new CanonicalWriter().u16(partition).raw(nonce), SignedStatus::read);
  }

  @Override
  public boolean hear(int partition, List<SignedStatus> statuses) throws Rejected {
    CanonicalWriter out = new CanonicalWriter().u16(partition).u32(statuses.size());
    statuses.forEach(status -> status.write(out));
    return call(HsmMethod.HEAR, out, CanonicalReader::bool);
  }

  @Override
  public Position position(int partition) throws Rejected {
    return call(
        HsmMethod.POSITION,
        new CanonicalWriter().u16(partition),
        in -> new Position(ChainValues.read(in), in.u64(), in.bool()));
  }

  @Override
  public Bytes attest(Bytes nonce) throws Rejected {
    return call(
        HsmMethod.ATTEST,
        new CanonicalWriter().raw(nonce),
        in -> in.field(EntityAttestation.TOKEN_MAX, "token"));
  }

  @Override
  public HsmIdentity identify() throws Rejected {
    return call(HsmMethod.IDENTIFY, new CanonicalWriter(), HsmIdentity::read);
  }

  @Override
  public Commitments propose(Fleet fleet) throws Rejected {
    return call(
        HsmMethod.PROPOSE, new CanonicalWriter().raw(fleet.encode()), HsmCaller::commitments);
  }

  static Commitments commitments(CanonicalReader in) throws Rejected {
    return new Commitments(in.u8(), in.field(Limits.FOUNDING_MESSAGE_MAX, "commitments"));
  }

  @Override
  public List<Reveal> reveal(List<Commitments> commitments) throws Rejected {
    CanonicalWriter out = new CanonicalWriter().u32(commitments.size());
    commitments.forEach(c -> out.u8(c.index()).field(c.encoded()));
    return call(HsmMethod.REVEAL, out, in -> list(in, Limits.HSMS_MAX, HsmCaller::reveal));
  }

  static Reveal reveal(CanonicalReader in) throws Rejected {
    return new Reveal(in.u8(), in.u8(), in.field(Limits.FOUNDING_MESSAGE_MAX, "reveal"));
  }

  static void writeReveals(List<Reveal> reveals, CanonicalWriter out) {
    out.u32(reveals.size());
    reveals.forEach(r -> out.u8(r.from()).u8(r.to()).field(r.sealed()));
  }

  @Override
  public TranscriptSignature complete(List<Reveal> reveals) throws Rejected {
    CanonicalWriter out = new CanonicalWriter();
    writeReveals(reveals, out);
    return call(
        HsmMethod.COMPLETE,
        out,
        in ->
            new TranscriptSignature(
                in.u8(),
                new FleetId(in.raw(Limits.DIGEST)),
                in.raw(Limits.DIGEST),
                in.raw(Limits.SIGNATURE)));
  }

  @Override
  public Fleet fleet() throws Rejected {
    return call(HsmMethod.FLEET, new CanonicalWriter(), in -> Fleet.decode(in.raw(in.remaining())));
  }

  @Override
  public int index() throws Rejected {
    return call(HsmMethod.INDEX, new CanonicalWriter(), CanonicalReader::u8);
  }
}
