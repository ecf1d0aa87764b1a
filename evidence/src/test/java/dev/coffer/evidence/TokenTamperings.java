package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.transparency.TransparencyWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Lies about what HSMs said of themselves when the package was made. */
final class TokenTamperings {
  private static final Bytes OTHER = Bytes.fromHex("66".repeat(32));

  private TokenTamperings() {}

  /** HSM 2 signs something else; all others what they have to. */
  private static Tampering saying(String what, UnaryOperator<EntityAttestation> lie) {
    return Tampering.after(
        Claim.ATTESTATION_EAT,
        what,
        p -> {
          p.attest(
              p.read(PackageFiles.CHECKPOINT),
              honest -> honest.index() == 2 ? lie.apply(honest) : honest);
          p.remake();
        });
  }

  private static Tampering seen(String what, Bytes checkpoint) {
    return Tampering.after(
        Claim.ATTESTATION_FRESH,
        what,
        p -> {
          p.attest(checkpoint, UnaryOperator.identity());
          p.remake();
        });
  }

  private static EntityAttestation of(
      EntityAttestation said, Bytes nonce, Bytes program, boolean debugged, FleetId fleet) {
    return new EntityAttestation(
        nonce,
        said.model(),
        program,
        debugged,
        fleet,
        said.index(),
        said.statementKey(),
        said.sessionKey(),
        said.promises(),
        said.keyAttributes());
  }

  /** HSM 2 stands on that hardware, and its port reads something else of its key. */
  private static Tampering reading(String what, ForgedCeremony ceremony, String attributes) {
    return new Tampering(
        Claim.ATTESTATION_KEYS,
        what,
        folder -> {
          EvidencePackage made =
              EvidencePackage.of(ceremony, folder).knowing(folder.resolve("image"));
          made.attest(
              made.read(PackageFiles.CHECKPOINT),
              said -> said.index() == 2 ? with(said, attributes) : said);
          made.remake();
          return made;
        });
  }

  private static EntityAttestation with(EntityAttestation said, String attributes) {
    return new EntityAttestation(
        said.nonce(),
        said.model(),
        said.measurement(),
        said.debugged(),
        said.fleet(),
        said.index(),
        said.statementKey(),
        said.sessionKey(),
        said.promises(),
        attributes);
  }

  /** Three HSMs on tokens, which sign nothing themselves. */
  static final class TokenCeremony extends ForgedCeremony {
    @Override
    Bytes evidence(HsmIdentity bare) {
      return new HsmPromises(
              HsmPromises.Keys.SEALED, HsmPromises.Memory.UNNOTICED, HsmPromises.Voucher.NOBODY)
          .write();
    }
  }

  static List<Tampering> all() throws Exception {
    List<Tampering> all = new ArrayList<>(ofTheTokens());
    all.add(
        reading(
            "a key that can be exported from its token",
            new TokenCeremony(),
            EntityAttestation.TOKEN_KEY.replace("EXTRACTABLE=0", "EXTRACTABLE=1")));
    all.add(
        reading(
            "a key that its token once let out",
            new TokenCeremony(),
            EntityAttestation.TOKEN_KEY.replace("NEVER_EXTRACTABLE=1", "NEVER_EXTRACTABLE=0")));
    all.add(
        reading(
            "a key that can be copied to another TPM",
            new TpmCeremony(),
            EntityAttestation.TPM_KEY.replace("fixedTPM=1", "fixedTPM=0")));
    all.add(
        Tampering.after(
            Claim.ATTESTATION_CHAIN,
            "a certificate of a device that has ended",
            p ->
                p.certify(
                    DeviceCertificates.EARLY.plusSeconds(86_400), 6, DeviceCertificates.VENDOR)));
    all.add(
        Tampering.after(
            Claim.ATTESTATION_CHAIN,
            "a certificate of a device that its vendor revoked",
            p -> p.certify(DeviceCertificates.LATE, 5, DeviceCertificates.VENDOR)));
    all.add(
        Tampering.after(
            Claim.ATTESTATION_CHAIN,
            "certificates that do not lead to the root beside them",
            p -> {
              p.certify(DeviceCertificates.LATE, 6, DeviceCertificates.VENDOR);
              String root = new DeviceCertificates("Vendor", 8).root();
              p.replace(PackageFiles.chain(1), DeviceCertificates.VENDOR.root(), root);
              p.remake();
            }));
    all.addAll(ofOtherDevices());
    all.add(reading("a key of which its port says nothing", new TokenCeremony(), ""));
    return all;
  }

  private static List<Tampering> ofOtherDevices() throws Exception {
    TpmCeremony tpms = new TpmCeremony();
    return List.of(
        showing("another HSM's chain", tpms, 2, 1),
        showing("one certificate for two HSMs", new ForgedCeremony(), 1, 1));
  }

  /** HSMs 1 and 2 show certificates of the devices of these two. */
  private static Tampering showing(String what, ForgedCeremony ceremony, int first, int second) {
    return new Tampering(
        Claim.ATTESTATION_CHAIN,
        what,
        folder -> {
          EvidencePackage made =
              EvidencePackage.of(ceremony, folder).knowing(folder.resolve("image"));
          for (int index = 1; index <= 2; index++) {
            HsmIdentity of = made.fleet().hsm(index == 1 ? first : second);
            made.certify(index, DeviceCertificates.deviceOf(of), DeviceCertificates.LATE);
          }
          made.revoke(DeviceCertificates.VENDOR.revoking(6, DeviceCertificates.LATE));
          return made;
        });
  }

  private static List<Tampering> ofTheTokens() {
    long founded = ForgedCeremony.NOON.getEpochSecond();
    return List.of(
        saying(
            "a stale nonce",
            said -> of(said, OTHER.concat(OTHER), said.measurement(), false, said.fleet())),
        saying(
            "an HSM whose debug flag is set",
            said -> of(said, said.nonce(), said.measurement(), true, said.fleet())),
        saying(
            "an HSM that works for another fleet now",
            said -> of(said, said.nonce(), said.measurement(), false, new FleetId(OTHER))),
        saying(
            "another program runs now than was founded",
            said -> of(said, said.nonce(), OTHER, false, said.fleet())),
        saying(
            "another session key than clients use",
            said ->
                new EntityAttestation(
                    said.nonce(),
                    said.model(),
                    said.measurement(),
                    false,
                    said.fleet(),
                    said.index(),
                    said.statementKey(),
                    OTHER,
                    said.promises(),
                    said.keyAttributes())),
        Tampering.after(
            Claim.ATTESTATION_EAT,
            "the token of one HSM in place of another's",
            p -> {
              p.write(PackageFiles.token(3), p.read(PackageFiles.token(1)));
              p.remake();
            }),
        Tampering.after(
            Claim.ATTESTATION_EAT,
            "other randomness than HSMs were asked with",
            p -> {
              p.write(PackageFiles.RANDOMNESS, ForgedCeremony.ascii(OTHER.hex() + "\n"));
              p.remake();
            }),
        seen(
            "a checkpoint from before the founding",
            EvidencePackage.checkpoint(founded - TransparencyWorld.DAY)),
        seen(
            "a checkpoint that no witness saw",
            TransparencyWorld.withEntries(3).checkpoint(3).encode()));
  }
}
