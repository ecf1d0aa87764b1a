package dev.coffer.ceremony.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.plan.PlanSettings;
import dev.coffer.ceremony.plan.SampleSettings;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.crypto.X25519;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import dev.coffer.protocol.fleet.HsmPromises.Keys;
import dev.coffer.protocol.fleet.HsmPromises.Memory;
import dev.coffer.protocol.fleet.HsmPromises.Voucher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Site 1 on plain files, site 2 on a token, site 3 on a TPM that this test plays: what real ones
 * say is the same, see {@code TpmEvidenceTest}.
 */
class AttestationsTest {
  private static final Bytes PROGRAM = Bytes.fromHex("ab".repeat(32));
  private static final Bytes STATE = Hashes.sha256(Bytes.zeros(4 * 32));
  private static final Bytes SELECTION = Bytes.fromHex("00000001000b03950000");
  private static final HsmPromises TOKEN =
      new HsmPromises(Keys.SEALED, Memory.UNNOTICED, Voucher.NOBODY);
  private static final HsmPromises TPM =
      new HsmPromises(Keys.SEALED, Memory.ANCHORED, Voucher.DEVICE);

  @TempDir private Path folder;
  private final List<HsmIdentity> hsms = new ArrayList<>();
  private KeyPair chip;
  private String settings = "";

  @BeforeEach
  void prepare() throws Exception {
    chip = newChip();
    settings =
        SampleSettings.of(3, "yes")
            + "measurement = "
            + PROGRAM.hex()
            + "\nsite.1.hsm = plain\nsite.2.hsm = token\nsite.3.hsm = tpm\nsite.3.pcr-digest = "
            + STATE.hex()
            + '\n';
    hsms.add(saying(bare(1), HsmPromises.SIMULATED));
    hsms.add(saying(bare(2), TOKEN.write()));
    hsms.add(saying(bare(3), quote(bare(3), chip, SELECTION, STATE)));
  }

  private static KeyPair newChip() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static SecretBytes seed(int site) {
    return SecretBytes.wrap(Hashes.sha256(Bytes.zeros(site)).toByteArray());
  }

  private static HsmIdentity bare(int site) {
    return new HsmIdentity(
        Ed25519.publicKey(seed(site)),
        X25519.publicKey(seed(site)),
        "SIMULATED test HSM",
        PROGRAM,
        Bytes.EMPTY);
  }

  /** As an HSM signs what its port says. */
  private static HsmIdentity saying(HsmIdentity hsm, Bytes evidence) {
    for (int site = 1; site <= 4; site++) {
      if (hsm.statementKey().equals(Ed25519.publicKey(seed(site)))) {
        Bytes signature = Ed25519.sign(seed(site), hsm.signedText(evidence));
        return hsm.attesting(evidence.concat(signature));
      }
    }
    throw new IllegalStateException("nobody's key");
  }

  private static Bytes sized(Bytes octets) {
    byte[] size = {(byte) (octets.size() >> 8), (byte) octets.size()};
    return Bytes.wrap(size).concat(octets);
  }

  private static Bytes number(java.math.BigInteger number) {
    byte[] octets = number.toByteArray();
    byte[] padded = new byte[32];
    int size = Math.min(octets.length, 32);
    System.arraycopy(octets, octets.length - size, padded, 32 - size, size);
    return Bytes.wrap(padded);
  }

  /** What a TPM says (TPM 2.0 Library, Part 2, section 10.12), in the port's frame. */
  private static Bytes quote(HsmIdentity about, KeyPair by, Bytes selection, Bytes state)
      throws Exception {
    ECPublicKey key = (ECPublicKey) by.getPublic();
    Bytes area =
        Bytes.fromHex("0023000b00050472000000100018000b00030010")
            .concat(sized(number(key.getW().getAffineX())))
            .concat(sized(number(key.getW().getAffineY())));
    Bytes attested =
        Bytes.fromHex("ff5443478018")
            .concat(sized(Bytes.zeros(34)))
            .concat(sized(Hashes.sha256(about.attestedText().toBytes())))
            .concat(Bytes.zeros(17 + 8))
            .concat(selection)
            .concat(sized(state));
    Signature signing = Signature.getInstance("SHA256withECDSAinP1363Format");
    signing.initSign(by.getPrivate());
    signing.update(attested.toByteArray());
    byte[] signed = signing.sign();
    CanonicalWriter out = new CanonicalWriter().raw(TPM.write()).string(area).string(attested);
    out.string(Bytes.wrap(Arrays.copyOf(signed, 32)));
    return out.string(Bytes.wrap(Arrays.copyOfRange(signed, 32, 64))).toBytes();
  }

  private Plan plan() throws Exception {
    return PlanSettings.read(Files.writeString(folder.resolve("settings"), settings));
  }

  private Roll roll() throws Exception {
    Plan plan = plan();
    List<Message> messages = new ArrayList<>();
    for (int site = 1; site <= hsms.size(); site++) {
      messages.add(
          new Message(
              Message.Kind.IDENTITY,
              plan.hash(),
              site,
              Instant.EPOCH,
              Messages.of(new Messages.Identity(hsms.get(site - 1), Bytes.zeros(site)))));
    }
    Roll roll = Roll.of(plan, messages);
    Attestations.check(plan, roll.fleet().hsms());
    return roll;
  }

  private void refused(String what) {
    CeremonyRefused refused = assertThrows(CeremonyRefused.class, this::roll);
    assertTrue(refused.what().contains(what), refused.what());
    assertTrue(refused.what().endsWith("."), refused.what());
    assertTrue(refused.next().endsWith("."), refused.next());
  }

  @Test
  void aMixedFleetThatIsAsPlannedIsTaken() throws Exception {
    assertEquals(3, roll().fleet().hsms().size());
    Plan plan = plan();
    assertEquals(plan, Plan.parse(plan.encode()));
    // What the plan leaves open may be anything that a port says.
    settings = SampleSettings.of(3, "yes");
    assertEquals(3, roll().fleet().hsms().size());
  }

  @Test
  void noOctetOfAQuoteMayBeAnother() throws Exception {
    Bytes good = quote(bare(3), chip, SELECTION, STATE);
    for (int at = TPM.write().size(); at < good.size(); at++) {
      byte[] changed = good.toByteArray();
      changed[at] ^= 1;
      hsms.set(2, saying(bare(3), Bytes.wrap(changed)));
      refused("The word of the TPM of site 3 (town-3) does not hold. ");
    }
    hsms.set(2, saying(bare(3), TPM.write()));
    refused("The word of the TPM of site 3 (town-3) does not hold. ");
  }

  @Test
  void aQuoteIsAboutTheHsmThatShowsIt() throws Exception {
    hsms.set(2, saying(bare(3), quote(bare(4), chip, SELECTION, STATE)));
    refused("The word of the TPM of site 3 (town-3) does not hold. ");
    hsms.set(2, bare(3).attesting(saying(bare(4), TOKEN.write()).attestation()));
    refused("The attestation of site 3 (town-3) is not signed by its HSM.");
  }

  @Test
  void anotherStateThanThePlansIsRefused() throws Exception {
    hsms.set(2, saying(bare(3), quote(bare(3), chip, SELECTION, Hashes.sha256(STATE))));
    refused("The TPM of site 3 (town-3) quotes other registers, or another state");
    hsms.set(
        2, saying(bare(3), quote(bare(3), chip, Bytes.fromHex("00000001000b03010000"), STATE)));
    refused("The TPM of site 3 (town-3) quotes other registers, or another state");
  }

  @Test
  void oneTpmIsOneSites() throws Exception {
    hsms.set(1, saying(bare(2), quote(bare(2), chip, SELECTION, STATE)));
    settings = settings.replace("site.2.hsm = token", "site.2.hsm = tpm");
    refused("One TPM stands behind site 2 (town-2) and site 3 (town-3).");
    hsms.set(1, saying(bare(2), quote(bare(2), newChip(), SELECTION, STATE)));
    assertEquals(3, roll().fleet().hsms().size());
  }

  @Test
  void anotherProgramOrPortThanThePlansIsRefused() {
    settings = settings.replace(PROGRAM.hex(), "cd".repeat(32));
    refused("The HSM of site 1 (town-1) runs another program than the plan's: " + PROGRAM.hex());
    settings = settings.replace("cd".repeat(32), PROGRAM.hex());
    hsms.set(2, saying(bare(3), TOKEN.write()));
    refused(
        "At site 3 (town-3) stands an HSM on a PKCS#11 token, and the plan has an HSM on a TPM");
    hsms.set(2, saying(bare(3), HsmPromises.SIMULATED));
    refused("At site 3 (town-3) stands an HSM on plain files, and the plan has an HSM on a TPM");
  }

  @Test
  void promisesThatNoPortMakesAreRefused() {
    settings = SampleSettings.of(3, "yes");
    for (HsmPromises boast :
        List.of(
            new HsmPromises(Keys.INSIDE, Memory.MONOTONIC, Voucher.VENDOR),
            new HsmPromises(Keys.SEALED, Memory.MONOTONIC, Voucher.VENDOR),
            new HsmPromises(Keys.SEALED, Memory.MONOTONIC, Voucher.NOBODY),
            new HsmPromises(Keys.INSIDE, Memory.UNNOTICED, Voucher.NOBODY),
            new HsmPromises(Keys.SEALED, Memory.UNNOTICED, Voucher.DEVICE),
            HsmPromises.NONE)) {
      hsms.set(1, saying(bare(2), boast.write()));
      refused("The HSM of site 2 (town-2) promises what no port here promises.");
    }
    hsms.set(1, saying(bare(2), TOKEN.write().concat(Bytes.zeros(1))));
    refused("The HSM of site 2 (town-2) promises what no port here promises.");
    hsms.set(1, bare(2).attesting(Bytes.zeros(3)));
    refused("The attestation of site 2 (town-2) is not signed by its HSM.");
  }
}
