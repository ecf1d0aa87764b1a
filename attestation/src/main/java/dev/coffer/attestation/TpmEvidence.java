package dev.coffer.attestation;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;

/**
 * What the TPM of an HSM says of the machine, taken from the HSM's attestation (TPM 2.0 Library,
 * Part 2, section 10.12).
 *
 * <p><b>Not guaranteed:</b> that it is a TPM. Its key has the form of one that TPMs use for nothing
 * but their own word; whose it is has to be asked with TPM2_ActivateCredential, while the HSM is
 * founded, against the endorsement certificate of its vendor.
 *
 * @param key the point of the TPM's key on P-256, 64 octets
 * @param selection which PCRs, as TPML_PCR_SELECTION
 * @param pcrDigest SHA-256 over their values
 */
public record TpmEvidence(Bytes key, Bytes selection, Bytes pcrDigest) {
  private static final int PART_MAX = 1024;
  private static final int COORDINATE = 32;
  private static final int GENERATED = 0xff544347;
  private static final int QUOTE = 0x8018;

  /** ECC, SHA-256, restricted signing key that never leaves its TPM, ECDSA with SHA-256, P-256. */
  private static final Bytes KEY_FORM = Bytes.fromHex("0023000b00050472000000100018000b00030010");

  /** Reads and verifies the evidence of {@code hsm}, and that {@code hsm} itself signed it. */
  public static TpmEvidence verify(HsmIdentity hsm) throws NotAttested {
    int end = hsm.attestation().size() - Limits.SIGNATURE;
    HsmPromises promises = HsmPromises.of(hsm);
    int from = promises.write().size();
    if (end < from || promises.voucher() != HsmPromises.Voucher.DEVICE) {
      throw new NotAttested(Reason.MALFORMED);
    }
    Bytes evidence = hsm.attestation().slice(0, end);
    Bytes signature = hsm.attestation().slice(end, end + Limits.SIGNATURE);
    if (!Ed25519.verify(
        hsm.statementKey(), hsm.attestedText().field(evidence).toBytes(), signature)) {
      throw new NotAttested(Reason.BAD_SIGNATURE);
    }
    try {
      CanonicalReader in = new CanonicalReader(evidence.slice(from, end));
      Bytes area = in.string(PART_MAX, "public area");
      Bytes attested = in.string(PART_MAX, "attested");
      Bytes r = in.string(COORDINATE, "r");
      Bytes s = in.string(COORDINATE, "s");
      in.end();
      Bytes point = point(area);
      Chains.verify(
          "SHA256withECDSAinP1363Format", publicKey(point), attested, padded(r).concat(padded(s)));
      return quote(point, attested, Hashes.sha256(hsm.attestedText().toBytes()));
    } catch (Rejected | BufferUnderflowException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    }
  }

  private static Bytes padded(Bytes number) {
    return Bytes.zeros(COORDINATE - number.size()).concat(number);
  }

  private static Bytes point(Bytes area) throws NotAttested {
    ByteBuffer in = ByteBuffer.wrap(area.toByteArray());
    Bytes form = sized(in, KEY_FORM.size());
    Bytes x = sized(in, in.getShort());
    Bytes y = sized(in, in.getShort());
    if (!form.equals(KEY_FORM)
        || x.size() > COORDINATE
        || y.size() > COORDINATE
        || in.hasRemaining()) {
      throw new NotAttested(Reason.MALFORMED);
    }
    return padded(x).concat(padded(y));
  }

  private static Bytes sized(ByteBuffer in, int size) {
    if (size < 0 || size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] octets = new byte[size];
    in.get(octets);
    return Bytes.wrap(octets);
  }

  private static PublicKey publicKey(Bytes point) throws NotAttested {
    try {
      AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(new ECGenParameterSpec("secp256r1"));
      BigInteger x = new BigInteger(1, point.slice(0, COORDINATE).toByteArray());
      BigInteger y = new BigInteger(1, point.slice(COORDINATE, 2 * COORDINATE).toByteArray());
      return KeyFactory.getInstance("EC")
          .generatePublic(
              new ECPublicKeySpec(
                  new ECPoint(x, y), curve.getParameterSpec(ECParameterSpec.class)));
    } catch (GeneralSecurityException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    }
  }

  private static TpmEvidence quote(Bytes point, Bytes attested, Bytes challenge)
      throws NotAttested {
    ByteBuffer in = ByteBuffer.wrap(attested.toByteArray());
    if (in.getInt() != GENERATED || in.getShort() != (short) QUOTE) {
      throw new NotAttested(Reason.MALFORMED);
    }
    sized(in, in.getShort());
    Bytes asked = sized(in, in.getShort());
    // The TPM's clock and firmware.
    sized(in, 17 + 8);
    Bytes selection = sized(in, 4 + 2 + 1 + 3);
    Bytes digest = sized(in, in.getShort());
    if (in.hasRemaining()) {
      throw new NotAttested(Reason.MALFORMED);
    }
    if (!asked.equals(challenge)) {
      throw new NotAttested(Reason.ABOUT_ANOTHER);
    }
    return new TpmEvidence(point, selection, digest);
  }
}
