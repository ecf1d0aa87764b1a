package dev.coffer.hsm.chain;

import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;

/**
 * The proof, held as a type, that a quorum has captured these values: the one key that opens a
 * {@link HeldReply} (INV-4, INV-5). Made by verification alone.
 */
final class Certified {
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
