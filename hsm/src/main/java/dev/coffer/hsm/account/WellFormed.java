package dev.coffer.hsm.account;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.request.Request;

/**
 * What must hold of every request before any rule looks at it. Checked at admission and, because a
 * corrupted HSM can seal operations as it likes, by every HSM again in capture.
 */
public final class WellFormed {
  private WellFormed() {}

  /** Returns if {@code request} is for this fleet and its element can be evaluated. */
  public static void check(Fleet fleet, Request request) throws Rejected {
    if (!request.header().subject().fleetId().equals(fleet.id())) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "fleet");
    }
    if (fleet.settings().tenant(request.header().subject().tenant()).isEmpty()) {
      // Nobody can log in there: its records would only fill the tree.
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "tenant");
    }
    if (request.header().encapsulations().size() != fleet.settings().n()) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "encapsulations");
    }
    if (request.blinded().isPresent()) {
      // Rejects the identity and non-canonical encodings (RFC 9497 §2.1).
      Ristretto255.GROUP.decode(request.blinded().get());
    }
  }
}
