package dev.coffer.hsm.account;

import dev.coffer.protocol.account.Subject;
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

  /**
   * Returns if {@code request} is for this fleet and a tenant of it, and its element can be
   * evaluated.
   */
  public static void check(Fleet fleet, Request request) throws Rejected {
    Subject subject = request.header().subject();
    // A tenant without an issuer has no users: its records would only fill the tree.
    if (!subject.fleetId().equals(fleet.id())
        || fleet.settings().tenant(subject.tenant()).isEmpty()) {
      throw new Rejected(RejectionCode.WRONG_ADDRESSEE, "fleet or tenant");
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
