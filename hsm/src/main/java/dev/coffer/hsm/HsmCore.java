package dev.coffer.hsm;

import dev.coffer.hsm.chain.HeldReplies;
import dev.coffer.hsm.chain.Partition;
import dev.coffer.hsm.founding.Membership;
import dev.coffer.hsm.platform.Platform;
import dev.coffer.hsm.seal.Member;
import dev.coffer.hsm.seal.OperationSeal;
import dev.coffer.protocol.account.Subject;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.CoseSign1;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.login.LoginAssertion;
import dev.coffer.protocol.login.LoginVerifier;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.HsmPort;
import dev.coffer.protocol.request.Request;
import dev.coffer.protocol.request.SealedMessage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One HSM: everything a host can ask of it, over one {@link Platform}. Thread-safe. Calls of {@link
 * HsmPort} before the founding are rejected with {@code WRONG_PHASE}.
 *
 * <p><b>Guarantees:</b> those of PROTOCOL.md §12, whatever the host does. <b>Not guaranteed:</b>
 * availability, and anything at all if the platform's memory is read or rolled back.
 */
public final class HsmCore implements HsmPort {
  private final Platform platform;
  private final Membership membership;
  private volatile Optional<Working> working = Optional.empty();

  /** A founded member and its partitions. */
  private record Working(Member member, List<Partition> partitions) {}

  /** Starts the HSM that {@code platform} holds; a new one makes its identity. */
  public HsmCore(Platform platform) {
    this.platform = platform;
    this.membership = new Membership(platform, this::begin);
  }

  private void begin(Member member) {
    HeldReplies held = new HeldReplies();
    List<Partition> partitions =
        IntStream.range(0, member.fleet().settings().partitions())
            .mapToObj(number -> Partition.open(member, number, platform.nvram(), held))
            .toList();
    working = Optional.of(new Working(member, partitions));
  }

  /** The founding calls of this HSM. */
  public FoundingPort founding() {
    return membership;
  }

  private Working working() throws Rejected {
    return working.orElseThrow(
        () -> new Rejected(RejectionCode.WRONG_PHASE, "this HSM has no fleet yet"));
  }

  private Partition partition(int number) throws Rejected {
    List<Partition> partitions = working().partitions();
    if (number < 0 || number >= partitions.size()) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "partition");
    }
    return partitions.get(number);
  }

  @Override
  public Admission admit(SealedMessage message) throws Rejected {
    Member member = working().member();
    if (message.admittingIndex() != member.index()) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "admitting HSM");
    }
    FleetId fleetId = member.fleet().id();
    Request request = message.open(fleetId, member.sessionKey());
    OperationSeal.check(member.fleet(), request);
    Subject subject = request.header().subject();
    Bytes sealedHash =
        SealedMessage.sealedHash(message.type(), message.admittingIndex(), message.sealed());
    LoginAssertion assertion = message.assertion();
    Bytes signed =
        LoginAssertion.text(fleetId, member.index(), sealedHash, assertion.token().tokenHash());
    LoginVerifier.verify(
        member.fleet(), subject, assertion.token(), signed, assertion.deviceSignature());
    return new Admission(
        subject.partition(member.fleet().settings().partitions()),
        member.keys().treeKey(subject),
        new OperationSeal(member.keys(), fleetId)
            .seal(member.randomness(), member.index(), request));
  }

  @Override
  public Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected {
    return partition(partition).capture(k, entry, records, multiproof);
  }

  @Override
  public Statement restate(int partition, long k) throws Rejected {
    return partition(partition).restate(k);
  }

  @Override
  public List<PositionedReply> release(Certificate certificate, List<Integer> positions)
      throws Rejected {
    return partition(certificate.values().partition()).release(certificate, positions);
  }

  @Override
  public void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected {
    partition(certificate.values().partition()).adopt(certificate, entryHashes);
  }

  @Override
  public Bytes challenge(int partition) throws Rejected {
    return partition(partition).challenge();
  }

  @Override
  public SignedStatus status(int partition, Bytes nonce) throws Rejected {
    return partition(partition).status(nonce);
  }

  @Override
  public Bytes attest(Bytes nonce) throws Rejected {
    Member member = working().member();
    EntityAttestation said =
        EntityAttestation.of(member.fleet(), member.index(), nonce, platform.attested());
    return CoseSign1.sign(said.encode(), member.statementKey());
  }

  @Override
  public boolean hear(int partition, List<SignedStatus> statuses) throws Rejected {
    return partition(partition).hear(statuses);
  }

  @Override
  public Position position(int partition) throws Rejected {
    return partition(partition).position();
  }
}
