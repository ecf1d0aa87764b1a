package dev.coffer.protocol.port;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.request.SealedMessage;
import java.util.List;
import java.util.Optional;

/**
 * The HSM's end of the calls: reads arguments strictly, calls the port, writes results. Everything
 * it reads is the host's, that is the adversary's. As thread-safe as the ports behind it.
 */
public final class HsmAnswerer {
  private final HsmPort port;
  private final FoundingPort founding;

  /** Answers with these. */
  public HsmAnswerer(HsmPort port, FoundingPort founding) {
    this.port = port;
    this.founding = founding;
  }

  /** The body of the answer. */
  public Bytes answer(HsmMethod method, Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    CanonicalWriter out = new CanonicalWriter();
    switch (method) {
      case ADMIT -> admit(in, out);
      case CAPTURE -> capture(in, out);
      case RELEASE -> release(in, out);
      case ATTEST -> attest(in, out);
      case RESTATE, ADOPT, CHALLENGE, STATUS, HEAR, POSITION -> chain(method, in, out);
      case IDENTIFY, PROPOSE, REVEAL, COMPLETE, FLEET, INDEX -> found(method, in, out);
    }
    return out.toBytes();
  }

  private void admit(CanonicalReader in, CanonicalWriter out) throws Rejected {
    HsmPort.Admission admission = port.admit(SealedMessage.decode(in.raw(in.remaining())));
    out.u16(admission.partition()).raw(admission.treeKey().value()).field(admission.operation());
  }

  private void capture(CanonicalReader in, CanonicalWriter out) throws Rejected {
    int partition = in.u16();
    long k = in.u64();
    Bytes entry = in.field(Limits.FRAME_MAX, "entry");
    List<Optional<Bytes>> records = HsmCaller.list(in, Limits.OPERATIONS_MAX, HsmCaller::record);
    Bytes multiproof = in.field(Limits.MULTIPROOF_MAX, "multiproof");
    in.end();
    HsmPort.Capture capture = port.capture(partition, k, entry, records, multiproof);
    capture.values().write(out);
    HsmCaller.writeRecords(capture.records(), out);
    out.u32(capture.leaves().size());
    capture.leaves().forEach(out::raw);
    out.bool(capture.statement().isPresent());
    capture.statement().ifPresent(statement -> statement.write(out));
  }

  private void release(CanonicalReader in, CanonicalWriter out) throws Rejected {
    Certificate certificate = Certificate.read(in);
    List<Integer> positions = HsmCaller.list(in, Limits.OPERATIONS_MAX, CanonicalReader::u16);
    in.end();
    List<HsmPort.PositionedReply> replies = port.release(certificate, positions);
    out.u32(replies.size());
    for (HsmPort.PositionedReply reply : replies) {
      out.u16(reply.position());
      reply.reply().write(out);
    }
  }

  private void attest(CanonicalReader in, CanonicalWriter out) throws Rejected {
    Bytes nonce = in.raw(EntityAttestation.NONCE);
    in.end();
    out.field(port.attest(nonce));
  }

  private void chain(HsmMethod method, CanonicalReader in, CanonicalWriter out) throws Rejected {
    if (method == HsmMethod.ADOPT) {
      Certificate certificate = Certificate.read(in);
      List<Bytes> hashes = HsmCaller.list(in, Limits.ADOPT_HASHES_MAX, r -> r.raw(Limits.DIGEST));
      in.end();
      port.adopt(certificate, hashes);
      return;
    }
    int partition = in.u16();
    if (method == HsmMethod.RESTATE) {
      long k = in.u64();
      in.end();
      port.restate(partition, k).write(out);
    } else if (method == HsmMethod.STATUS) {
      Bytes nonce = in.raw(Limits.DIGEST);
      in.end();
      port.status(partition, nonce).write(out);
    } else if (method == HsmMethod.HEAR) {
      List<SignedStatus> statuses = HsmCaller.list(in, Limits.HSMS_MAX, SignedStatus::read);
      in.end();
      out.bool(port.hear(partition, statuses));
    } else if (method == HsmMethod.CHALLENGE) {
      in.end();
      out.raw(port.challenge(partition));
    } else {
      in.end();
      HsmPort.Position position = port.position(partition);
      position.values().write(out);
      out.u64(position.highestCertified()).bool(position.maySign());
    }
  }

  private void found(HsmMethod method, CanonicalReader in, CanonicalWriter out) throws Rejected {
    if (method == HsmMethod.PROPOSE) {
      FoundingPort.Commitments own = founding.propose(Fleet.decode(in.raw(in.remaining())));
      out.u8(own.index()).field(own.encoded());
    } else if (method == HsmMethod.REVEAL) {
      List<FoundingPort.Commitments> all =
          HsmCaller.list(in, Limits.HSMS_MAX, HsmCaller::commitments);
      in.end();
      HsmCaller.writeReveals(founding.reveal(all), out);
    } else if (method == HsmMethod.COMPLETE) {
      List<FoundingPort.Reveal> reveals = HsmCaller.list(in, Limits.HSMS_MAX, HsmCaller::reveal);
      in.end();
      FoundingPort.TranscriptSignature signed = founding.complete(reveals);
      out.u8(signed.index()).raw(signed.fleetId().value());
      out.raw(signed.transcriptHash()).raw(signed.signature());
    } else {
      in.end();
      if (method == HsmMethod.IDENTIFY) {
        founding.identify().write(out);
      } else if (method == HsmMethod.FLEET) {
        out.raw(founding.fleet().encode());
      } else {
        out.u8(founding.index());
      }
    }
  }
}
