package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.FleetId;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.bundle.ListedFleet;
import dev.coffer.transparency.bundle.ListedHsm;
import dev.coffer.transparency.bundle.Members;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** Lies about the fleet, what was promised of it, its HSMs, and what clients are told. */
final class FleetTamperings {
  private FleetTamperings() {}

  static List<Tampering> all() throws Exception {
    List<Tampering> all = new ArrayList<>(ofThePromises());
    all.addAll(ofTheHsms());
    all.addAll(ofTheAnswers());
    all.addAll(ofTheBundle());
    return all;
  }

  static Promise ofLimit(Promise promise, int guesses) {
    return new Promise(
        promise.hsms(),
        promise.threshold(),
        promise.captureQuorum(),
        promise.partitions(),
        guesses,
        promise.replaceByLogin(),
        promise.deleteByLogin(),
        promise.measurement(),
        promise.simulated(),
        promise.members());
  }

  private static Promise ofFourGuesses(Promise promise) {
    return ofLimit(promise, 4);
  }

  private static Promise of(Promise promise, int quorum, boolean replace, Bytes program) {
    return new Promise(
        promise.hsms(),
        promise.threshold(),
        quorum,
        promise.partitions(),
        promise.guessLimit(),
        replace,
        promise.deleteByLogin(),
        program,
        promise.simulated(),
        promise.members());
  }

  private static Promise of(Promise promise, boolean simulated, List<Promise.Member> members) {
    return new Promise(
        promise.hsms(),
        promise.threshold(),
        promise.captureQuorum(),
        promise.partitions(),
        promise.guessLimit(),
        promise.replaceByLogin(),
        promise.deleteByLogin(),
        promise.measurement(),
        simulated,
        members);
  }

  private static Tampering promising(Claim claim, String what, UnaryOperator<Promise> change) {
    return Tampering.after(claim, what, p -> p.promise(change));
  }

  private static List<Tampering> ofThePromises() {
    return List.of(
        Tampering.after(
            Claim.FLEET_NAMED,
            "a manifest of another fleet",
            p ->
                p.remake(
                    EvidencePackage.OPERATOR,
                    manifest ->
                        new Manifest(
                            manifest.files(),
                            new FleetId(Bytes.zeros(32)),
                            manifest.ceremony(),
                            manifest.promise(),
                            manifest.exceptions()))),
        promising(
            Claim.PROMISED_QUORUM,
            "a larger quorum is promised than founded",
            promise -> of(promise, 3, promise.replaceByLogin(), promise.measurement())),
        promising(
            Claim.PROMISED_LIMIT,
            "fewer guesses are promised than founded",
            FleetTamperings::ofFourGuesses),
        promising(
            Claim.PROMISED_LOGINS,
            "it is promised that a login alone replaces nothing",
            promise -> of(promise, promise.captureQuorum(), false, promise.measurement())),
        promising(
            Claim.PROMISED_PROGRAM,
            "another program is promised",
            promise ->
                of(promise, promise.captureQuorum(), promise.replaceByLogin(), Bytes.zeros(32))),
        promising(
            Claim.PROMISED_HSMS,
            "keys that never leave are promised, of an HSM that says otherwise",
            promise -> {
              List<Promise.Member> members = new ArrayList<>(promise.members());
              Promise.Member one = members.getFirst();
              members.set(
                  0, new Promise.Member(one.site(), one.model(), "inside", one.memory(), "vendor"));
              return of(promise, promise.simulated(), members);
            }),
        promising(
            Claim.SIMULATED_TOLD,
            "a demonstration is called a fleet",
            promise -> of(promise, false, promise.members())));
  }

  private static List<Tampering> ofTheHsms() throws Exception {
    List<Tampering> all = new ArrayList<>(ofTheImage());
    all.addAll(ofTheIdentities());
    all.addAll(ofTheAttestations());
    return all;
  }

  private static List<Tampering> ofTheImage() {
    return List.of(
        Tampering.after(
            Claim.PROGRAM_REBUILT,
            "what the auditor built is another program",
            p ->
                Files.write(
                    p.expected.image().orElseThrow().resolve("lib/modules"), new byte[] {1})),
        Tampering.after(
            Claim.PROGRAM_REBUILT,
            "a file of the image outside lib/modules is another",
            p ->
                Files.write(
                    p.expected.image().orElseThrow().resolve("lib/jvm.cfg"), new byte[] {1})),
        inPackage(
            Claim.IMAGE_LISTED,
            "the launcher that was measured is not listed",
            PackageFiles.IMAGE,
            " - release\n",
            " - release\n" + "00".repeat(32) + " x bin/coffer-hsm\n"),
        inPackage(
            Claim.IMAGE_SBOM,
            "a module is left out of the bill of materials",
            PackageFiles.SBOM,
            "{\"type\":\"library\",\"name\":\"dev.coffer.hsm\"},",
            ""),
        inPackage(
            Claim.IMAGE_SBOM,
            "the image is said to be another JDK's",
            PackageFiles.RELEASE,
            "JAVA_VERSION=\"25\"",
            "JAVA_VERSION=\"26\""),
        inPackage(
            Claim.IMAGE_PROVENANCE,
            "the provenance of another program",
            PackageFiles.PROVENANCE,
            ForgedCeremony.IMAGE.measurement().hex(),
            "00".repeat(32)));
  }

  private static Tampering inPackage(
      Claim claim, String what, String name, String from, String to) {
    return Tampering.after(
        claim,
        what,
        p -> {
          p.replace(name, from, to);
          p.remake();
        });
  }

  private static List<Tampering> ofTheIdentities() {
    return List.of(
        unexpected("an HSM was replaced, and everything made again", index -> index == 2),
        unexpected("the evidence of another fleet, which is sound", index -> true));
  }

  private static Tampering unexpected(String what, IntPredicate replaced) {
    return new Tampering(
        Claim.FLEET_EXPECTED,
        what,
        folder -> {
          FleetId before = Tampering.sound(folder.resolve("before")).fleet().id();
          EvidencePackage made =
              EvidencePackage.of(
                      new ForgedCeremony() {
                        @Override
                        SecretBytes hsmSeed(int index) {
                          return seed((replaced.test(index) ? 160 : 100) + index);
                        }
                      },
                      folder.resolve("after"))
                  .knowing(folder.resolve("image"));
          Expectations known = made.expected;
          made.expected =
              new Expectations(
                  known.signer(),
                  Optional.of(before),
                  known.image(),
                  Optional.empty(),
                  Optional.empty());
          return made;
        });
  }

  private static List<Tampering> ofTheAttestations() throws Exception {
    return List.of(
        Tampering.during(
            Claim.CEREMONY_ATTESTATIONS,
            "one HSM's attestation is signed by another key",
            new ForgedCeremony() {
              @Override
              HsmIdentity hsm(int index) {
                HsmIdentity bare = bare(index);
                Bytes said = HsmPromises.SIMULATED;
                int signer = index == 2 ? 1 : index;
                return bare.attesting(
                    said.concat(Ed25519.sign(hsmSeed(signer), bare.signedText(said))));
              }
            }),
        Tampering.during(
            Claim.CEREMONY_ATTESTATIONS,
            "an HSM that attests nothing",
            new ForgedCeremony() {
              @Override
              HsmIdentity hsm(int index) throws Exception {
                return index == 2 ? bare(index) : super.hsm(index);
              }
            }),
        Tampering.during(
            Claim.CEREMONY_ATTESTATIONS,
            "the plan names another program than the one that was founded",
            new ForgedCeremony() {
              @Override
              String settings() {
                return super.settings() + "measurement = " + "77".repeat(32) + "\n";
              }
            }),
        Tampering.during(
            Claim.CEREMONY_ATTESTATIONS,
            "a TPM's quote over the keys of another HSM",
            new TpmCeremony() {
              @Override
              Bytes challenge(HsmIdentity bare) {
                return super.challenge(bare(2));
              }
            }),
        Tampering.during(
            Claim.CEREMONY_ATTESTATIONS,
            "keys that nobody can export are promised, which no port makes",
            new ForgedCeremony() {
              @Override
              Bytes evidence(HsmIdentity bare) {
                return new HsmPromises(
                        HsmPromises.Keys.INSIDE,
                        HsmPromises.Memory.MONOTONIC,
                        HsmPromises.Voucher.NOBODY)
                    .write();
              }
            }),
        Tampering.during(
            Claim.CEREMONY_ATTESTATIONS,
            "an HSM that only says that a device signed for it",
            new TpmCeremony() {
              @Override
              Bytes evidence(HsmIdentity bare) throws Exception {
                return super.evidence(bare).concat(Bytes.zeros(1));
              }
            }));
  }

  private static Tampering answering(String what, LiveHsms hsms) {
    return Tampering.after(Claim.POSSESSION, what, p -> p.hsms = hsms);
  }

  private static List<Tampering> ofTheAnswers() {
    return List.of(
        answering(
            "an answer that was recorded before",
            new LiveHsms() {
              @Override
              Bytes over(int index, Bytes nonce) {
                return index == 2 ? Bytes.zeros(32) : nonce;
              }
            }),
        answering(
            "one HSM answers for another, whose keys are gone",
            new LiveHsms() {
              @Override
              int who(int index) {
                return index == 3 ? 1 : index;
              }
            }),
        answering(
            "HSMs that work for another fleet",
            new LiveHsms() {
              @Override
              FleetId of(FleetId fleet) {
                return new FleetId(Bytes.zeros(32));
              }
            }),
        answering(
            "a signature that is none",
            new LiveHsms() {
              @Override
              Optional<Bytes> sent(int index, Bytes status) {
                return Optional.of(status.slice(0, status.size() - 64).concat(Bytes.zeros(64)));
              }
            }));
  }

  private static List<Tampering> ofTheBundle() {
    return List.of(
        Tampering.after(
            Claim.BUNDLE_HOLDS,
            "a bundle that no witness has seen for a month",
            p -> p.now += 29 * 86_400),
        Tampering.after(
            Claim.BUNDLE_LISTS,
            "clients are told another key of one HSM",
            p ->
                p.listing =
                    listed -> {
                      Members m = listed.members().orElseThrow();
                      List<ListedHsm> hsms = new ArrayList<>(m.hsms());
                      ListedHsm one = hsms.get(1);
                      hsms.set(
                          1,
                          new ListedHsm(
                              one.site(),
                              one.model(),
                              one.attestation(),
                              Bytes.fromHex("77".repeat(32)),
                              one.statementKey()));
                      Members other =
                          new Members(m.n(), m.t(), m.q(), m.limit(), m.partitions(), hsms);
                      return new ListedFleet(
                          listed.id(), listed.state(), listed.evidence(), Optional.of(other));
                    }),
        Tampering.after(
            Claim.BUNDLE_LISTS,
            "the fleet was revoked",
            p -> p.listing = listed -> listed.in(FleetState.REVOKED)),
        Tampering.after(
            Claim.BUNDLE_EVIDENCE,
            "clients are told of other evidence",
            p ->
                p.listing =
                    listed ->
                        new ListedFleet(
                            listed.id(), listed.state(), Bytes.zeros(32), listed.members())));
  }
}
