package dev.coffer.protocol.port;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import java.util.List;

/**
 * The founding of a fleet, step by step, with a host that carries the messages and learns nothing
 * (PROTOCOL.md §10). Each step may be repeated with the same input; after {@link #complete} the HSM
 * is a founded member for good.
 */
public interface FoundingPort {
  /** An HSM's commitments to its contributions, signed; opaque to the host. */
  record Commitments(int index, Bytes encoded) {}

  /** Contributions from one HSM sealed to another; opaque to the host. */
  record Reveal(int from, int to, Bytes sealed) {}

  /** An HSM's signature over the whole founding as it saw it. Verifiers compare all n hashes. */
  record TranscriptSignature(int index, FleetId fleetId, Bytes transcriptHash, Bytes signature) {
    /** What the statement key signs. */
    public static Bytes text(FleetId fleetId, int index, Bytes transcriptHash) {
      return Label.FOUNDING_TRANSCRIPT_SIGNATURE
          .tuple()
          .field(fleetId.value())
          .field(index)
          .field(transcriptHash)
          .toBytes();
    }

    /** Whether the signature is that of the fleet's HSM {@code index}. */
    public boolean verify(Fleet fleet) {
      return index >= 1
          && index <= fleet.settings().n()
          && fleetId.equals(fleet.id())
          && Ed25519.verify(
              fleet.hsm(index).statementKey(), text(fleetId, index, transcriptHash), signature);
    }
  }

  /** Makes (once) and returns this HSM's identity. */
  HsmIdentity identify() throws Rejected;

  /**
   * Verifies that it is a member and that every peer attests the same measurement; returns its
   * commitments.
   */
  Commitments propose(Fleet fleet) throws Rejected;

  /**
   * Given all n commitments: its contributions, sealed to each peer that shares a secret with it.
   */
  List<Reveal> reveal(List<Commitments> commitments) throws Rejected;

  /**
   * Given all reveals addressed to it: checks them against the commitments, derives and seals the
   * shared secrets.
   */
  TranscriptSignature complete(List<Reveal> reveals) throws Rejected;

  /** The fleet this HSM belongs to; {@code WRONG_PHASE} before the founding. */
  Fleet fleet() throws Rejected;

  /** This HSM's index in it. */
  int index() throws Rejected;
}
