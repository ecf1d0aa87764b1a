package dev.coffer.node.hsm;

import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.port.FoundingPort;
import dev.coffer.protocol.port.FoundingPort.Commitments;
import dev.coffer.protocol.port.FoundingPort.Reveal;
import dev.coffer.protocol.port.FoundingPort.TranscriptSignature;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries the messages of a founding among the HSMs (PROTOCOL.md §10). It learns no secret, and
 * what it gets wrong the HSMs refuse. Run again after a failure: nothing is founded before every
 * HSM has completed, except that an HSM which completed while another failed needs a new home.
 */
public final class Founding {
  private Founding() {}

  /** A founded fleet with every HSM's signature over the one transcript, for its evidence. */
  public record Founded(Fleet fleet, List<TranscriptSignature> signatures) {
    public Founded {
      signatures = List.copyOf(signatures);
    }
  }

  /** Founds a fleet of these HSMs, HSM i standing at i−1. */
  public static Fleet run(FleetSettings settings, List<FoundingPort> hsms) throws Rejected {
    return found(settings, hsms).fleet();
  }

  /** The same, with the signatures. */
  public static Founded found(FleetSettings settings, List<FoundingPort> hsms) throws Rejected {
    List<HsmIdentity> identities = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      identities.add(hsm.identify());
    }
    Fleet fleet = Fleet.of(settings, identities);
    List<Commitments> commitments = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      commitments.add(hsm.propose(fleet));
    }
    List<Reveal> reveals = new ArrayList<>();
    for (FoundingPort hsm : hsms) {
      reveals.addAll(hsm.reveal(commitments));
    }
    List<TranscriptSignature> signatures = new ArrayList<>();
    for (int i = 0; i < hsms.size(); i++) {
      int index = i + 1;
      signatures.add(hsms.get(i).complete(reveals.stream().filter(r -> r.to() == index).toList()));
    }
    verify(fleet, signatures);
    return new Founded(fleet, signatures);
  }

  /**
   * Returns if all n HSMs signed the same transcript of this fleet. Without this a host could have
   * shown them different commitments.
   */
  public static void verify(Fleet fleet, List<TranscriptSignature> signatures) throws Rejected {
    boolean complete = signatures.size() == fleet.settings().n();
    for (int i = 0; complete && i < signatures.size(); i++) {
      TranscriptSignature signed = signatures.get(i);
      complete =
          signed.index() == i + 1
              && signed.transcriptHash().equals(signatures.get(0).transcriptHash())
              && signed.verify(fleet);
    }
    if (!complete) {
      throw new Rejected(
          RejectionCode.BAD_FOUNDING, "the HSMs saw different foundings: give all new homes");
    }
  }
}
