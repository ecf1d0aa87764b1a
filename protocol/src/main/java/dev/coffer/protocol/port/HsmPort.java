package dev.coffer.protocol.port;

import dev.coffer.protocol.account.TreeKey;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.chain.Statement;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.outcome.SealedReply;
import dev.coffer.protocol.request.SealedMessage;
import java.util.List;
import java.util.Optional;

/**
 * Everything a host can ask of a founded HSM (PROTOCOL.md §12). The host is the adversary: every
 * call checks everything it is given, and a {@link Rejected} changes nothing. Thread-safe; {@code
 * capture} and {@code adopt} of one partition are serialised inside, {@code release} never delays
 * them.
 */
public interface HsmPort {
  /** An operation for the fleet, and where it belongs. */
  record Admission(int partition, TreeKey treeKey, Bytes operation) {}

  /**
   * The result of capturing an entry.
   *
   * @param records the new ciphertexts (1,024 octets each) of {@code entry.touched()}, in that
   *     order; empty where the record was and stays absent
   * @param leaves one outcome leaf per operation; none if the entry is unparsable
   * @param statement empty while the HSM has not yet heard enough others after a start
   */
  record Capture(
      ChainValues values,
      List<Optional<Bytes>> records,
      List<Bytes> leaves,
      Optional<Statement> statement) {}

  /** Where a partition stands. Not signed: for the HSM's own host. */
  record Position(ChainValues values, long highestCertified, boolean maySign) {}

  /**
   * Opens a client's message, checks its login, and seals it for the fleet. Leaves no state behind.
   */
  Admission admit(SealedMessage message) throws Rejected;

  /**
   * Appends entry k. The same k and entry again, while in the ring and while results are derivable,
   * gives the same octets.
   *
   * @param records the present ciphertexts of {@code entry.touched()}, in that order; empty where
   *     absent
   * @param multiproof an encoded {@link dev.coffer.protocol.tree.PartialTree} for the root before k
   */
  Capture capture(
      int partition, long k, Bytes entry, List<Optional<Bytes>> records, Bytes multiproof)
      throws Rejected;

  /** Signs again what is in the ring. */
  Statement restate(int partition, long k) throws Rejected;

  /**
   * Verifies the certificate, raises highestCertified, and seals this HSM's replies for the given
   * positions of that entry. Positions whose results are no longer held are left out.
   */
  List<PositionedReply> release(Certificate certificate, List<Integer> positions) throws Rejected;

  /** A reply and the operation it answers. */
  record PositionedReply(int position, SealedReply reply) {}

  /**
   * Jumps forward along certified history: the hashes of entries k+1 … k', oldest first, must lead
   * to the certified head.
   */
  void adopt(Certificate certificate, List<Bytes> entryHashes) throws Rejected;

  /**
   * This start's nonce (32 octets) for the others to sign over. Asking again makes a new one and
   * forgets what was heard.
   */
  Bytes challenge(int partition) throws Rejected;

  /** This HSM's position, signed over another's nonce. */
  SignedStatus status(int partition, Bytes nonce) throws Rejected;

  /** Hands over what the others answered. Returns whether this HSM may sign and release now. */
  boolean hear(int partition, List<SignedStatus> statuses) throws Rejected;

  /**
   * What this HSM says of itself now, over {@code nonce} (64 octets): an Entity Attestation Token
   * (RFC 9711) that its statement key signs.
   */
  Bytes attest(Bytes nonce) throws Rejected;

  /** Where this HSM stands. */
  Position position(int partition) throws Rejected;
}
