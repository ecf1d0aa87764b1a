package dev.coffer.node.core;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.RequestType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What nodes say to each other, and how it is written. Decoding is validation; nothing here is
 * authenticated but by TLS.
 */
final class Messages {
  private Messages() {}

  /** SUBMIT: an admitted operation for the leader. */
  record Submission(
      int partition,
      TreeKey treeKey,
      int admittingIndex,
      Bytes operation,
      RequestType type,
      boolean all,
      long call) {
    Bytes encode() {
      return new CanonicalWriter()
          .u16(partition)
          .raw(treeKey.value())
          .u8(admittingIndex)
          .string(operation)
          .u8(type.number())
          .bool(all)
          .u64(call)
          .toBytes();
    }

    static Submission decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      int partition = readPartition(in);
      TreeKey key = new TreeKey(in.raw(Limits.DIGEST));
      int admitting = in.number(1, Limits.HSMS_MAX, in.u8(), "HSM index");
      Bytes operation = in.string(Limits.OPERATION_MAX, "operation");
      Submission read =
          new Submission(
              partition, key, admitting, operation, RequestType.of(in.u8()), in.bool(), in.u64());
      in.end();
      return read;
    }
  }

  /** The answer to ADMIT. */
  static Bytes admission(HsmPort.Admission admission) {
    return new CanonicalWriter()
        .u16(admission.partition())
        .raw(admission.treeKey().value())
        .string(admission.operation())
        .toBytes();
  }

  static HsmPort.Admission admission(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    int partition = readPartition(in);
    TreeKey key = new TreeKey(in.raw(Limits.DIGEST));
    HsmPort.Admission read =
        new HsmPort.Admission(partition, key, in.string(Limits.OPERATION_MAX, "operation"));
    in.end();
    return read;
  }

  /** STATUS: whose nonce, for which partition. */
  record Challenge(int partition, Bytes nonce) {
    Bytes encode() {
      return new CanonicalWriter().u16(partition).raw(nonce).toBytes();
    }

    static Challenge decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      Challenge read = new Challenge(readPartition(in), in.raw(Limits.DIGEST));
      in.end();
      return read;
    }
  }

  static Bytes status(SignedStatus status) {
    CanonicalWriter out = new CanonicalWriter();
    status.write(out);
    return out.toBytes();
  }

  static SignedStatus status(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    SignedStatus read = SignedStatus.read(in);
    in.end();
    return read;
  }

  static Bytes statement(Statement statement) {
    CanonicalWriter out = new CanonicalWriter();
    statement.write(out);
    return out.toBytes();
  }

  static Statement statement(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    Statement read = Statement.read(in);
    in.end();
    return read;
  }

  /** RELEASE: replies of a certified entry that were not pushed, or not in time. */
  record ReleaseWanted(int partition, long k, int position) {
    Bytes encode() {
      return new CanonicalWriter().u16(partition).u64(k).u16(position).toBytes();
    }

    static ReleaseWanted decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      int partition = readPartition(in);
      ReleaseWanted read = new ReleaseWanted(partition, in.u64(), readPosition(in));
      in.end();
      return read;
    }
  }

  /** One operation's reply by one HSM, with its leaf's path. */
  record Reply(
      long call, int position, Bytes leaf, List<Bytes> path, int releasers, SealedReply reply) {
    Reply {
      path = List.copyOf(path);
    }
  }

  /** REPLIES and the answer to RELEASE: replies under one certificate. */
  record Replies(Certificate certificate, int entrySize, List<Reply> replies) {
    Replies {
      replies = List.copyOf(replies);
    }

    Bytes encode() {
      CanonicalWriter out = new CanonicalWriter();
      certificate.write(out);
      out.u16(entrySize).u16(replies.size());
      for (Reply reply : replies) {
        out.u64(reply.call()).u16(reply.position()).raw(reply.leaf()).u8(reply.path().size());
        reply.path().forEach(out::raw);
        out.u8(reply.releasers());
        reply.reply().write(out);
      }
      return out.toBytes();
    }

    static Replies decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      Certificate certificate = Certificate.read(in);
      int size = in.number(1, Limits.OPERATIONS_MAX, in.u16(), "entry size");
      int count = in.number(0, Limits.OPERATIONS_MAX, in.u16(), "replies");
      List<Reply> replies = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        long call = in.u64();
        int position = in.number(0, size - 1, in.u16(), "position");
        Bytes leaf = in.raw(Limits.DIGEST);
        List<Bytes> path = new ArrayList<>();
        for (int left = in.number(0, 8, in.u8(), "path"); left > 0; left--) {
          path.add(in.raw(Limits.DIGEST));
        }
        int releasers = in.number(0, 0x7f, in.u8(), "releasers");
        replies.add(new Reply(call, position, leaf, path, releasers, SealedReply.read(in)));
      }
      in.end();
      return new Replies(certificate, size, replies);
    }
  }

  /** The body of CERTIFICATE: a partition. */
  static Bytes number(int partition) {
    return new CanonicalWriter().u16(partition).toBytes();
  }

  static int number(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    int read = readPartition(in);
    in.end();
    return read;
  }

  /** The answer to CERTIFICATE. */
  static Bytes certificate(Optional<Certificate> certificate) {
    return certificate.map(Certificate::encode).orElse(Bytes.EMPTY);
  }

  static Optional<Certificate> certificate(Bytes body) throws Rejected {
    return body.size() == 0 ? Optional.empty() : Optional.of(Certificate.decode(body));
  }

  /** ENTRY_HASHES: {@code count} hashes after entry {@code after}. */
  record HashesWanted(int partition, long after, int count) {
    Bytes encode() {
      return new CanonicalWriter().u16(partition).u64(after).u32(count).toBytes();
    }

    static HashesWanted decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      int partition = readPartition(in);
      HashesWanted read =
          new HashesWanted(
              partition, in.u64(), in.number(1, Limits.ADOPT_HASHES_MAX, in.u32(), "hashes"));
      in.end();
      return read;
    }
  }

  static Bytes hashes(List<Bytes> hashes) {
    CanonicalWriter out = new CanonicalWriter().u32(hashes.size());
    hashes.forEach(out::raw);
    return out.toBytes();
  }

  static List<Bytes> hashes(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    int count = in.number(0, Limits.ADOPT_HASHES_MAX, in.u32(), "hashes");
    List<Bytes> read = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      read.add(in.raw(Limits.DIGEST));
    }
    in.end();
    return read;
  }

  /** REJOIN: put me in under {@code incarnation}; 0: take me out. */
  record VoterWanted(int partition, long incarnation) {
    Bytes encode() {
      return new CanonicalWriter().u16(partition).u64(incarnation).toBytes();
    }

    static VoterWanted decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      int partition = readPartition(in);
      VoterWanted read = new VoterWanted(partition, in.u64());
      in.end();
      return read;
    }
  }

  /** ENTRY: one that the other's store still keeps. */
  record EntryWanted(int partition, long k) {
    Bytes encode() {
      return new CanonicalWriter().u16(partition).u64(k).toBytes();
    }

    static EntryWanted decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      EntryWanted read = new EntryWanted(readPartition(in), in.u64());
      in.end();
      return read;
    }

    /** The answer. */
    static Bytes answer(Optional<Bytes> entry) {
      CanonicalWriter out = new CanonicalWriter().bool(entry.isPresent());
      entry.ifPresent(out::field);
      return out.toBytes();
    }

    static Optional<Bytes> answered(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      Optional<Bytes> entry =
          in.bool() ? Optional.of(in.field(Limits.ENTRY_MAX, "entry")) : Optional.empty();
      in.end();
      return entry;
    }
  }

  /**
   * BEAT: where a node stands in one partition.
   *
   * @param k its HSM's newest entry
   * @param certified its newest certificate
   * @param maySign whether its HSM lives and signs
   * @param orders whether new operations may be ordered while it leads
   * @param doubtful whether operations that came in there were lately not certified
   */
  record Beat(
      int partition, long k, long certified, boolean maySign, boolean orders, boolean doubtful) {
    private static final int MAY_SIGN = 1;
    private static final int ORDERS = 2;
    private static final int DOUBTFUL = 4;

    private int flags() {
      return (maySign ? MAY_SIGN : 0) | (orders ? ORDERS : 0) | (doubtful ? DOUBTFUL : 0);
    }

    static Bytes encode(List<Beat> beats) {
      CanonicalWriter out = new CanonicalWriter().u16(beats.size());
      for (Beat beat : beats) {
        out.u16(beat.partition()).u64(beat.k()).u64(beat.certified()).u8(beat.flags());
      }
      return out.toBytes();
    }

    static List<Beat> decode(Bytes body) throws Rejected {
      CanonicalReader in = new CanonicalReader(body);
      List<Beat> read = new ArrayList<>();
      for (int left = in.number(0, Limits.PARTITIONS_MAX, in.u16(), "beats"); left > 0; left--) {
        int partition = readPartition(in);
        long k = in.u64();
        long certified = in.u64();
        int flags = in.number(0, MAY_SIGN | ORDERS | DOUBTFUL, in.u8(), "flags of a beat");
        read.add(
            new Beat(
                partition,
                k,
                certified,
                (flags & MAY_SIGN) != 0,
                (flags & ORDERS) != 0,
                (flags & DOUBTFUL) != 0));
      }
      in.end();
      return read;
    }
  }

  private static int readPartition(CanonicalReader in) throws Rejected {
    return in.number(0, Limits.PARTITIONS_MAX - 1, in.u16(), "partition");
  }

  private static int readPosition(CanonicalReader in) throws Rejected {
    return in.number(0, Limits.OPERATIONS_MAX - 1, in.u16(), "position");
  }
}
