package dev.coffer.evidence;

import dev.coffer.attestation.EntityToken;
import dev.coffer.attestation.NotAttested;
import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.Message;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.CosignedCheckpoint;
import dev.coffer.transparency.trust.TrustPolicy;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Claims about what HSMs said of themselves when the package was made. Stateless. */
final class TokenChecks {
  private TokenChecks() {}

  /** Why what HSM {@code index} answered is not what it has to be; empty if it is. */
  static Optional<String> objection(Fleet fleet, int index, Bytes nonce, Bytes token) {
    HsmIdentity founded = fleet.hsm(index);
    EntityAttestation said;
    try {
      said = EntityToken.verify(token, founded.statementKey(), founded.model());
    } catch (NotAttested e) {
      return Optional.of("its token does not hold. " + e.getMessage());
    }
    if (!said.nonce().equals(nonce)) {
      return Optional.of("its token is over another nonce");
    }
    if (!said.fleet().equals(fleet.id()) || said.index() != index) {
      return Optional.of("its token is of another fleet, or of another HSM in it");
    }
    if (!said.measurement().equals(founded.measurement())) {
      return Optional.of("it runs another program than it was founded with");
    }
    if (said.debugged()) {
      return Optional.of("somebody could look into it: its debug status is enabled");
    }
    // Keys and promises are what is left.
    return said.equals(
            new EntityAttestation(
                nonce,
                founded.model(),
                founded.measurement(),
                false,
                fleet.id(),
                index,
                founded.statementKey(),
                founded.sessionKey(),
                HsmPromises.of(founded).words(),
                said.keyAttributes()))
        ? Optional.empty()
        : Optional.of("its token names other keys or promises");
  }

  static Finding attested(Case of) throws Refused, CeremonyRefused, IOException {
    Optional<Bytes> randomness = of.files().read(PackageFiles.RANDOMNESS);
    if (randomness.isEmpty()) {
      return Finding.skip("HSMs were not asked when the package was made");
    }
    Fleet fleet = of.fleet();
    Optional<Bytes> checkpoint = of.files().read(PackageFiles.CHECKPOINT);
    Bytes nonce = Inquiry.nonce(checkpoint, Inquiry.read(randomness.get()));
    for (int index = 1; index <= fleet.hsms().size(); index++) {
      Bytes token = of.file(PackageFiles.token(index));
      Optional<String> objection = objection(fleet, index, nonce, token);
      if (objection.isPresent()) {
        return Finding.fail("HSM " + index + ": " + objection.get());
      }
    }
    return Finding.pass(
        "tokens (EAT) of all "
            + fleet.hsms().size()
            + ": nonce, fleet, program, keys, no debugger");
  }

  /** By what its port read when HSMs were asked: a device that lies is a vendor's matter. */
  static Finding keys(Case of) throws CeremonyRefused, IOException {
    if (of.files().read(PackageFiles.RANDOMNESS).isEmpty()) {
      return Finding.skip("HSMs were not asked when the package was made");
    }
    Fleet fleet = of.fleet();
    List<String> without = new ArrayList<>();
    for (int index = 1; index <= fleet.hsms().size(); index++) {
      HsmIdentity hsm = fleet.hsm(index);
      String said;
      try {
        Bytes token = of.file(PackageFiles.token(index));
        said = EntityToken.verify(token, hsm.statementKey(), hsm.model()).keyAttributes();
      } catch (NotAttested e) {
        return Finding.fail("HSM " + index + ": " + e.getMessage());
      }
      HsmPromises promises = HsmPromises.of(hsm);
      if (promises.keys() == HsmPromises.Keys.DISK) {
        without.add("HSM " + index + " keeps its key on a disk");
        continue;
      }
      boolean device = promises.voucher() == HsmPromises.Voucher.DEVICE;
      if (!said.equals(device ? EntityAttestation.TPM_KEY : EntityAttestation.TOKEN_KEY)) {
        return Finding.fail(
            "HSM " + index + ": its key can leave: " + (said.isEmpty() ? "nothing is said" : said));
      }
    }
    return without.isEmpty()
        ? Finding.pass("attributes of the keys that seal those of all " + fleet.hsms().size())
        : Finding.skip(String.join("; ", without));
  }

  /** By witnesses: an answer over what they saw was made after that. */
  static Finding fresh(Case of) throws Refused, CeremonyRefused, IOException {
    Optional<Bytes> checkpoint = of.files().read(PackageFiles.CHECKPOINT);
    if (checkpoint.isEmpty()) {
      return Finding.skip("there is no checkpoint in the package: when HSMs said so is not known");
    }
    Optional<TrustPolicy> policy = BundleChecks.policy(of);
    if (policy.isEmpty()) {
      return Finding.skip("no bundle was given: whose witnesses count is not known");
    }
    CosignedCheckpoint seen = policy.get().log().check(Note.parse(checkpoint.get()));
    Instant founded = founded(of);
    if (seen.quorumTime().isEmpty()) {
      return Finding.skip("the trust policy asks for no witnesses: nobody says when that was");
    }
    Instant then = Instant.ofEpochSecond(seen.quorumTime().getAsLong());
    return Finding.of(
        !then.isBefore(founded), "witnesses saw it at " + then + "; founded at " + founded);
  }

  /** When the last HSM said that it was founded. */
  private static Instant founded(Case of) throws CeremonyRefused, IOException {
    List<Instant> times = new ArrayList<>();
    Bytes plan = of.plan().hash();
    for (int site = 1; site <= of.plan().sites().size(); site++) {
      Message.Kind kind = Message.Kind.STATEMENT;
      Bytes said = of.file(PackageFiles.CEREMONY + Message.file(kind, site));
      times.add(Message.parse(said, kind, site, plan).time());
    }
    return times.stream().max(Instant::compareTo).orElseThrow();
  }
}
