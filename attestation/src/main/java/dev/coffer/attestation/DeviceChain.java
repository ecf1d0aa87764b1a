package dev.coffer.attestation;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The certificates that a vendor gave for a device, from the device's to the vendor's root, and
 * whether they still count (RFC 5280). Immutable.
 *
 * <p><b>Not guaranteed:</b> that the root is a vendor's. Whether the device is the one that an HSM
 * stands on shows {@link #isOf} alone, for a certificate of the very key that quoted for it: one of
 * another key of that device, such as a TPM's endorsement key, leaves it open.
 */
public final class DeviceChain {
  /** Octets of the longest chain or list of revoked ones that is read. */
  public static final int SIZE_MAX = 256 << 10;

  private static final int CERTIFICATES_MAX = 8;
  private static final int LISTS_MAX = 16;

  /** What stands before a point on P-256 in a SubjectPublicKeyInfo (RFC 5480). */
  private static final Bytes P256 =
      Bytes.fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  /** Of a list that says alone what changed since another (RFC 5280, section 5.2.4). */
  private static final String DELTA_INDICATOR = "2.5.29.27";

  /** Of a list that may be about some certificates or reasons alone (section 5.2.5). */
  private static final String DISTRIBUTION_POINT = "2.5.29.28";

  private final List<X509Certificate> chain;

  /**
   * How a chain stands.
   *
   * @param counts false if it does not count any more
   * @param known whether a list of revoked certificates that is not outdated covers each of them
   * @param why what is wrong, or open; empty if nothing is
   */
  public record Standing(boolean counts, boolean known, String why) {}

  private DeviceChain(List<X509Certificate> chain) {
    this.chain = List.copyOf(chain);
  }

  /** Reads certificates in PEM, the device's first and the root last, each signed by the next. */
  public static DeviceChain read(Bytes pem) throws NotAttested {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (var one : factory().generateCertificates(stream(pem))) {
        chain.add((X509Certificate) one);
      }
      // A root alone says nothing of a device.
      if (chain.size() < 2 || chain.size() > CERTIFICATES_MAX) {
        throw new NotAttested(Reason.MALFORMED);
      }
      for (int i = 0; i < chain.size(); i++) {
        X509Certificate issuer = chain.get(Math.min(i + 1, chain.size() - 1));
        boolean named =
            chain.get(i).getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        if (!named || !signs(issuer, KEY_CERT_SIGN)) {
          throw new NotAttested(Reason.WRONG_ROOT);
        }
        chain.get(i).verify(issuer.getPublicKey());
      }
    } catch (CertificateException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    } catch (GeneralSecurityException | ProviderException e) {
      throw new NotAttested(Reason.WRONG_ROOT, e);
    }
    return new DeviceChain(chain);
  }

  /** Whether the device's key is the one that quoted for an HSM. */
  public boolean isOf(TpmEvidence quote) {
    return key().equals(P256.concat(quote.key()));
  }

  /** The device's public key, X.509's SubjectPublicKeyInfo. */
  public Bytes key() {
    return Bytes.wrap(chain.getFirst().getPublicKey().getEncoded());
  }

  /** What to call the device's certificate, by its serial number. */
  public String called() {
    return called(chain.getFirst());
  }

  private static String called(X509Certificate one) {
    return "certificate " + one.getSerialNumber().toString(16);
  }

  /** Whether it is an authority whose key may be used for that (RFC 5280, section 4.2.1.3). */
  private static boolean signs(X509Certificate issuer, int usage) {
    boolean[] usages = issuer.getKeyUsage();
    return issuer.getBasicConstraints() >= 0 && (usages == null || usages[usage]);
  }

  /** Reads lists of revoked certificates (CRL) in PEM. */
  public static List<X509CRL> lists(Bytes pem) throws NotAttested {
    try {
      List<X509CRL> lists = new ArrayList<>();
      for (var one : factory().generateCRLs(stream(pem))) {
        lists.add((X509CRL) one);
      }
      if (lists.size() > LISTS_MAX) {
        throw new NotAttested(Reason.MALFORMED);
      }
      return lists;
    } catch (CRLException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    }
  }

  private static CertificateFactory factory() throws NotAttested {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (CertificateException e) {
      throw new NotAttested(Reason.MALFORMED, e);
    }
  }

  private static ByteArrayInputStream stream(Bytes pem) throws NotAttested {
    if (pem.size() > SIZE_MAX) {
      throw new NotAttested(Reason.MALFORMED);
    }
    return new ByteArrayInputStream(pem.toByteArray());
  }

  /**
   * How it stands at that time. A list that is outdated, or about some or about changes alone,
   * still revokes whom it names; one that its issuer did not sign is as if it were not there.
   */
  public Standing at(Instant now, List<X509CRL> lists) {
    Optional<String> open = Optional.empty();
    for (int i = 0; i < chain.size(); i++) {
      X509Certificate one = chain.get(i);
      String called = called(one);
      if (now.isAfter(one.getNotAfter().toInstant())) {
        return new Standing(false, true, called + " ended at " + one.getNotAfter().toInstant());
      }
      if (now.isBefore(one.getNotBefore().toInstant())) {
        return new Standing(false, true, called + " begins at " + one.getNotBefore().toInstant());
      }
      if (i == chain.size() - 1) {
        // Nobody revokes a root but who trusts it.
        continue;
      }
      boolean covered = false;
      for (X509CRL list : lists) {
        if (!by(list, chain.get(i + 1)) || now.isBefore(list.getThisUpdate().toInstant())) {
          continue;
        }
        if (list.isRevoked(one)) {
          return new Standing(false, true, called + " is revoked");
        }
        covered |= isWhole(list) && !now.isAfter(list.getNextUpdate().toInstant());
      }
      if (!covered) {
        open = Optional.of("no list that counts now says whether " + called + " is revoked");
      }
    }
    return new Standing(true, open.isEmpty(), open.orElse(""));
  }

  /** Whether it clears whom it does not name: it is neither about some alone nor about changes. */
  private static boolean isWhole(X509CRL list) {
    return list.getNextUpdate() != null
        && !list.hasUnsupportedCriticalExtension()
        && list.getExtensionValue(DELTA_INDICATOR) == null
        && list.getExtensionValue(DISTRIBUTION_POINT) == null;
  }

  private static boolean by(X509CRL list, X509Certificate issuer) {
    try {
      if (!list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
          || !signs(issuer, CRL_SIGN)) {
        return false;
      }
      list.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | ProviderException e) {
      return false;
    }
  }
}
