package dev.coffer.ceremony.record;

import dev.coffer.attestation.NotAttested;
import dev.coffer.attestation.TpmEvidence;
import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Hardware;
import dev.coffer.ceremony.plan.Hardware.Port;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.Site;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.fleet.HsmPromises.Keys;
import dev.coffer.protocol.fleet.HsmPromises.Memory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the attestations of a ceremony's HSMs are worth, judged before people read any words aloud.
 * Stateless.
 *
 * <p><b>Guarantees</b> for what is let through: each HSM signed its own attestation; it promises
 * what one of this release's ports promises, and that of the plan; it names the plan's program; a
 * key with the form of a TPM's quoted the plan's registers together with this HSM's keys. <b>Not
 * guaranteed:</b> that the TPM is one, which takes its vendor's word (docs/hardware.md), and
 * anything about a token's key: its attributes are the HSM's own word, since PKCS#11 has no
 * signature for them.
 */
public final class Attestations {
  private Attestations() {}

  /**
   * Judges all HSMs of {@code plan}, site i's at i−1.
   *
   * @throws CeremonyRefused for the first that is not as it has to be
   */
  public static void check(Plan plan, List<HsmIdentity> hsms) throws CeremonyRefused {
    Map<Bytes, Site> owner = new HashMap<>();
    for (int i = 0; i < hsms.size(); i++) {
      Site site = plan.site(i + 1);
      Optional<Bytes> tpm = check(plan, site, hsms.get(i));
      if (tpm.isPresent() && owner.containsKey(tpm.get())) {
        Site other = owner.get(tpm.get());
        throw new CeremonyRefused(
            "One TPM stands behind " + other.called() + " and " + site.called() + ".",
            "Each site has a machine of its own: begin a new ceremony with empty folders.");
      }
      tpm.ifPresent(key -> owner.put(key, site));
    }
  }

  /** Judges the HSM of one site, as that site does before it shows it to anybody. */
  public static void check(Plan plan, int site, HsmIdentity hsm) throws CeremonyRefused {
    var unused = check(plan, plan.site(site), hsm);
  }

  /**
   * Judges the HSM of {@code site}.
   *
   * @return the TPM's key, if it is on one: no two sites have the same
   */
  private static Optional<Bytes> check(Plan plan, Site site, HsmIdentity hsm)
      throws CeremonyRefused {
    Bytes evidence =
        hsm.evidence()
            .orElseThrow(() ->
                new CeremonyRefused(
                    "The attestation of " + site.called() + " is not signed by its HSM.",
                    "Somebody changed that site's file: begin a new ceremony with empty folders."));
    Port port =
        port(hsm, evidence)
            .orElseThrow(() ->
                new CeremonyRefused(
                    "The HSM of " + site.called() + " promises what no port here promises.",
                    "Install the plan's release there and begin a new ceremony."));
    if (plan.measurement().isPresent() && !plan.measurement().get().equals(hsm.measurement())) {
      throw new CeremonyRefused(
          "The HSM of "
              + site.called()
              + " runs another program than the plan's: "
              + hsm.measurement().hex()
              + ".",
          "Install the plan's release there and begin a new ceremony.");
    }
    Optional<Hardware> planned = site.hardware();
    if (planned.isPresent() && planned.get().port() != port) {
      throw new CeremonyRefused(
          "At "
              + site.called()
              + " stands "
              + port.called()
              + ", and the plan has "
              + planned.get().port().called()
              + ".",
          "Start the planned one there with --hsm in an empty folder, or plan again.");
    }
    return port == Port.TPM
        ? Optional.of(quoted(site, planned.flatMap(Hardware::pcrs), hsm))
        : Optional.empty();
  }

  private static Optional<Port> port(HsmIdentity hsm, Bytes evidence) {
    if (hsm.simulated() && evidence.equals(HsmPromises.SIMULATED)) {
      return Optional.of(Port.PLAIN);
    }
    Optional<HsmPromises> promises = HsmPromises.read(evidence);
    if (promises.isEmpty() || promises.get().keys() != Keys.SEALED) {
      return Optional.empty();
    }
    boolean remembers = promises.get().memory() != Memory.UNNOTICED;
    return switch (promises.get().voucher()) {
      // Nothing follows its promises: a token signs no more.
      case NOBODY ->
          remembers || evidence.size() != promises.get().write().size()
              ? Optional.empty()
              : Optional.of(Port.TOKEN);
      case DEVICE -> remembers ? Optional.of(Port.TPM) : Optional.empty();
      case VENDOR -> Optional.empty();
    };
  }

  private static Bytes quoted(Site site, Optional<Hardware.Pcrs> planned, HsmIdentity hsm)
      throws CeremonyRefused {
    try {
      TpmEvidence quote = TpmEvidence.verify(hsm);
      boolean asPlanned =
          planned.isEmpty()
              || (quote.selection().equals(planned.get().selection())
                  && quote.pcrDigest().equals(planned.get().digest()));
      if (!asPlanned) {
        throw new CeremonyRefused(
            "The TPM of "
                + site.called()
                + " quotes other registers, or another state of them, than the plan: "
                + quote.pcrDigest().hex()
                + ".",
            "Find out what started there before you go on; then begin a new ceremony.");
      }
      return quote.key();
    } catch (NotAttested e) {
      throw new CeremonyRefused(
          "The word of the TPM of " + site.called() + " does not hold. " + e.getMessage(),
          "See that site's tpm.settings and machine, and begin a new ceremony with empty folders.");
    }
  }
}
