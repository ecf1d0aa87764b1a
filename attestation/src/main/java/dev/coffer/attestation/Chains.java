package dev.coffer.attestation;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** Certificates of vendors, and signatures by what they certify. */
final class Chains {
  private Chains() {}

  static X509Certificate certificate(Bytes der) throws NotAttested {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
    } catch (CertificateException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    }
  }

  /**
   * Returns if {@code path}, the certified key first, led to {@code root} at that time (RFC 5280).
   * Revocation is not asked: these leaves live for hours, or stand for a chip's firmware.
   */
  static void verify(List<X509Certificate> path, X509Certificate root, Instant at)
      throws NotAttested {
    try {
      root.checkValidity(Date.from(at));
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException e) {
      throw new NotAttested(reason(e), e);
    } catch (CertificateException e) {
      throw new NotAttested(Reason.OUT_OF_TIME, e);
    } catch (GeneralSecurityException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    }
  }

  private static Reason reason(CertPathValidatorException e) {
    CertPathValidatorException.Reason reason = e.getReason();
    if (reason == BasicReason.EXPIRED || reason == BasicReason.NOT_YET_VALID) {
      return Reason.OUT_OF_TIME;
    }
    if (reason == PKIXReason.NO_TRUST_ANCHOR || reason == PKIXReason.NAME_CHAINING) {
      return Reason.WRONG_ROOT;
    }
    return reason == BasicReason.INVALID_SIGNATURE ? Reason.WRONG_ROOT : Reason.MALFORMED;
  }

  /** Returns if {@code signature}, r ‖ s, is by {@code key} over {@code signed}. */
  static void verify(String algorithm, PublicKey key, Bytes signed, Bytes signature)
      throws NotAttested {
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(key);
      verifier.update(signed.toByteArray());
      if (verifier.verify(signature.toByteArray())) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new NotAttested(Reason.BAD_SIGNATURE, e);
    }
    throw new NotAttested(Reason.BAD_SIGNATURE);
  }
}
