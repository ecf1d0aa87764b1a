package dev.coffer.node.tls;

import dev.coffer.files.AtomicFile;
import dev.coffer.files.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Keys and certificates in files, RFC 7468. Stateless. */
final class Pem {
  static final String SIGNATURE = "SHA256withECDSA";
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final int FILE_MAX = 64 << 10;

  private Pem() {}

  private static byte[] text(String type, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return ("-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  static void write(Path file, X509Certificate certificate) throws IOException {
    try {
      byte[] text = text(CERTIFICATE, certificate.getEncoded());
      AtomicFile.replace(file, text, AtomicFile.Access.ANYBODY);
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate without an encoding", e);
    }
  }

  /** For its owner alone, mode 600 from its first octet on. */
  static void write(Path file, PrivateKey key) throws IOException {
    AtomicFile.replace(file, text(KEY, key.getEncoded()), AtomicFile.Access.OWNER);
  }

  static void write(Path file, CertificateRequest request) throws IOException {
    byte[] text = text(CertificateRequest.TYPE, request.encoded().toByteArray());
    AtomicFile.replace(file, text, AtomicFile.Access.ANYBODY);
  }

  static X509Certificate readCertificate(Path file) throws IOException {
    checkFile(file);
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "The TLS file " + file + " is no certificate in PEM form: put it back, or issue another.",
          e);
    }
  }

  static PrivateKey readKey(Path file) throws IOException {
    checkFile(file);
    PrivateFile.check(file);
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(read(file, KEY)));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          "The TLS key "
              + file
              + " is no P-256 key, PKCS #8 in PEM form: put it back, or issue another certificate.",
          e);
    }
  }

  /**
   * What stands between the two lines of a file of one object.
   *
   * @throws IllegalArgumentException if it is none
   */
  static byte[] read(Path file, String type) throws IOException {
    checkFile(file);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    String body = text.replaceAll("-----(BEGIN|END) " + type + "-----", "").replaceAll("\\s", "");
    return Base64.getDecoder().decode(body);
  }

  private static void checkFile(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > FILE_MAX) {
      throw new IOException(
          "There is no TLS file "
              + file
              + ": check the path, or the tls.* lines of the configuration.");
    }
  }

  /**
   * Whether {@code key} is the one of {@code certificate}.
   *
   * @throws GeneralSecurityException if one of the two is no P-256 key
   */
  static boolean pair(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
    byte[] probe = certificate.getEncoded();
    Signature signing = Signature.getInstance(SIGNATURE);
    signing.initSign(key);
    signing.update(probe);
    Signature verifying = Signature.getInstance(SIGNATURE);
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(probe);
    return verifying.verify(signing.sign());
  }
}
