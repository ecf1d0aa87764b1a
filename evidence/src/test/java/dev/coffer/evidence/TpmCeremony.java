package dev.coffer.evidence;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * HSMs on TPMs: a key of this test quotes as a TPM's does (TPM 2.0 Library, Part 2, section 10.12).
 */
class TpmCeremony extends ForgedCeremony {
  /** Of ECC, SHA-256, restricted signing, ECDSA with SHA-256, P-256. */
  private static final Bytes FORM = Bytes.fromHex("0023000b00050472000000100018000b00030010");

  private final Map<Bytes, KeyPair> keys = new HashMap<>();

  TpmCeremony() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    for (int index = 1; index <= N; index++) {
      keys.put(bare(index).statementKey(), generator.generateKeyPair());
    }
  }

  @Override
  String settings() {
    return super.settings().replace("simulated = yes", "simulated = no");
  }

  @Override
  HsmIdentity bare(int index) {
    HsmIdentity bare = super.bare(index);
    return new HsmIdentity(
        bare.statementKey(), bare.sessionKey(), "TPM 2.0", bare.measurement(), Bytes.EMPTY);
  }

  /** What the TPM is asked to quote over. */
  Bytes challenge(HsmIdentity bare) {
    return Hashes.sha256(bare.attestedText().toBytes());
  }

  @Override
  Bytes evidence(HsmIdentity bare) throws Exception {
    var promises =
        new HsmPromises(
            HsmPromises.Keys.SEALED, HsmPromises.Memory.ANCHORED, HsmPromises.Voucher.DEVICE);
    KeyPair key = keys.get(bare.statementKey());
    ECPublicKey point = (ECPublicKey) key.getPublic();
    Bytes area =
        sized(FORM)
            .concat(sized(number(point.getW().getAffineX())))
            .concat(sized(number(point.getW().getAffineY())));
    Bytes attested =
        Bytes.fromHex("ff5443478018")
            .concat(sized(Bytes.zeros(34)))
            .concat(sized(challenge(bare)))
            .concat(Bytes.zeros(17 + 8))
            .concat(Bytes.fromHex("00000001000b03950000"))
            .concat(sized(Bytes.zeros(32)));
    Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
    signer.initSign(key.getPrivate());
    signer.update(attested.toByteArray());
    Bytes signature = Bytes.wrap(signer.sign());
    CanonicalWriter out = new CanonicalWriter().raw(promises.write());
    out.string(area).string(attested);
    return out.string(signature.slice(0, 32)).string(signature.slice(32, 64)).toBytes();
  }

  /** TPM2B: two octets of length in front. The form itself has none of its own. */
  private static Bytes sized(Bytes octets) {
    return octets.equals(FORM)
        ? octets
        : Bytes.wrap(ByteBuffer.allocate(2).putShort((short) octets.size()).array()).concat(octets);
  }

  private static Bytes number(BigInteger coordinate) {
    byte[] octets = coordinate.toByteArray();
    int zeros = octets[0] == 0 ? 1 : 0;
    return Bytes.copyOf(octets, zeros, octets.length);
  }
}
