package dev.coffer.hsm.chain;

import dev.coffer.hsm.account.Applied;
import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.Hpke;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.outcome.Outcome;
import dev.coffer.protocol.outcome.ReplyContent;
import dev.coffer.protocol.outcome.SealedReply;
import java.util.Optional;

/**
 * What one operation earned, kept back until a quorum has captured it. There is no way to look
 * inside: the only way out is {@link #release}, which takes the proof of a certificate and yields
 * nothing but a ciphertext for the client.
 */
final class HeldReply {
  /** Stands in for ν where nothing is granted, so that the same work is done (INV-10). */
  private static final Bytes DECOY_NONCE = Bytes.zeros(Limits.DIGEST);

  /**
   * The proof, held as a type, that a quorum has captured these values: the one key that opens a
   * held reply (INV-4, INV-5). Made by verification alone.
   */
  static final class Certified {
    private final ChainValues values;

    private Certified(ChainValues values) {
      this.values = values;
    }

    /** Verifies q signatures of distinct HSMs, all over the same values of this partition. */
    static Certified verify(Certificate certificate, Fleet fleet, int partition) throws Rejected {
      if (certificate.values().partition() != partition) {
        throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "partition");
      }
      certificate.verify(fleet);
      return new Certified(certificate.values());
    }

    ChainValues values() {
      return values;
    }
  }

  private final ChainValues values;
  private final Outcome outcome;
  private final Bytes blind;
  private final Bytes encapsulation;
  private final Optional<RistrettoElement> blindedElement;
  private final Optional<Bytes> evaluateUnder;
  private final Bytes payload;

  /** Keeps what the reply needs and nothing more of request and record. */
  HeldReply(
      ChainValues values,
      Outcome outcome,
      Bytes blind,
      Bytes encapsulation,
      Optional<RistrettoElement> blindedElement,
      Applied applied) {
    this.values = values;
    this.outcome = outcome;
    this.blind = blind;
    this.encapsulation = encapsulation;
    this.blindedElement = blindedElement;
    this.evaluateUnder = applied.evaluateUnder();
    this.payload = applied.payload();
  }

  /**
   * Seals this HSM's answer to the client, afresh each time; nothing for a client whose own
   * encapsulation cannot be answered.
   */
  Optional<SealedReply> release(Certified certified, Member member) {
    Invariant.check(certified.values().equals(values), "a reply leaves with its own certificate");
    SealedReply.Context context =
        new SealedReply.Context(
            member.index(), values, outcome.position(), outcome.type(), outcome.leaf(blind));
    Bytes info = SealedReply.encapsulationInfo(member.fleet().id().value(), member.index());
    Bytes sessionKey = member.fleet().hsm(member.index()).sessionKey();
    try (Hpke.Exporter exporter =
        Hpke.decapsulate(member.sessionKey(), sessionKey, encapsulation, info)) {
      ReplyContent content = new ReplyContent(outcome, blind, evaluate(member), payload);
      return Optional.of(SealedReply.seal(member.randomness(), exporter, context, content));
    } catch (Rejected e) {
      return Optional.empty();
    }
  }

  private Optional<Bytes> evaluate(Member member) {
    if (blindedElement.isEmpty()) {
      return Optional.empty();
    }
    RistrettoScalar share =
        member
            .keys()
            .share(
                member.fleet().settings().n(), member.index(), evaluateUnder.orElse(DECOY_NONCE));
    try {
      Bytes partial = Oprf.RISTRETTO255.evaluate(share, blindedElement.get()).encode();
      return evaluateUnder.map(granted -> partial);
    } finally {
      share.destroy();
    }
  }

  @Override
  public String toString() {
    return "HeldReply[redacted]";
  }
}
