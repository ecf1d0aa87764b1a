package dev.coffer.node.tls;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.FleetId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * What a node asks the fleet's authority for (PKCS #10, RFC 2986): a certificate for a key that it
 * has, for its number and hosts.
 *
 * @param node 1 to 7
 * @param fleet the fleet's id, hexadecimal
 * @param hosts names and literal addresses
 * @param encoded the signed request, DER
 */
public record CertificateRequest(
    int node, String fleet, List<String> hosts, PublicKey key, Bytes encoded) {
  static final String TYPE = "CERTIFICATE REQUEST";

  public CertificateRequest {
    hosts = List.copyOf(hosts);
  }

  /**
   * Asks for {@code key}, and proves that the asker has it.
   *
   * @throws IOException with one sentence if {@code hosts} are none that a certificate may name
   */
  static CertificateRequest of(int node, FleetId fleet, List<String> hosts, KeyPair key)
      throws IOException {
    try {
      ExtensionsGenerator wanted = new ExtensionsGenerator();
      GeneralNames names = PeerIdentity.names(node, fleet.value().hex(), hosts);
      wanted.addExtension(Extension.subjectAlternativeName, false, names);
      byte[] encoded =
          new JcaPKCS10CertificationRequestBuilder(PeerIdentity.subject(node), key.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wanted.generate())
              .build(new JcaContentSignerBuilder(Pem.SIGNATURE).build(key.getPrivate()))
              .getEncoded();
      return new CertificateRequest(
          node,
          fleet.value().hex(),
          PeerIdentity.read(names).hosts(),
          key.getPublic(),
          Bytes.wrap(encoded));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("this runtime cannot sign with P-256", e);
    }
  }

  /**
   * Reads one, and verifies that whoever made it has the key.
   *
   * @throws IOException with one sentence if it is none: not signed by its key, or for no node of a
   *     fleet
   */
  public static CertificateRequest read(Path file) throws IOException {
    try {
      return verified(Bytes.wrap(Pem.read(file, TYPE)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          file + " is no certificate request: make it with coffer node certificate request.", e);
    }
  }

  /** The library answers what is malformed with exceptions of every kind. */
  private static CertificateRequest verified(Bytes encoded) throws GeneralSecurityException {
    try {
      JcaPKCS10CertificationRequest request =
          new JcaPKCS10CertificationRequest(encoded.toByteArray());
      PublicKey key = request.getPublicKey();
      boolean curve =
          SECObjectIdentifiers.secp256r1.equals(
              request.getSubjectPublicKeyInfo().getAlgorithm().getParameters());
      Extensions wanted = request.getRequestedExtensions();
      PeerIdentity.Names asked =
          PeerIdentity.read(
              wanted == null
                  ? null
                  : GeneralNames.fromExtensions(wanted, Extension.subjectAlternativeName));
      if (!curve
          || asked.node().isEmpty()
          || asked.fleet().isEmpty()
          || !request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new GeneralSecurityException("no P-256 key, no node, or not signed by that key");
      }
      return new CertificateRequest(
          asked.node().getAsInt(), asked.fleet().get(), asked.hosts(), key, encoded);
    } catch (IOException | RuntimeException | OperatorCreationException | PKCSException e) {
      throw new GeneralSecurityException("no request", e);
    }
  }
}
