package dev.coffer.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.attestation.NotAttested.Reason;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Documents and reports that real hardware made, and what is wrong with some. Their origin stands
 * in attestation/src/test/resources/vectors/ORIGIN.md.
 */
class SamplesTest {
  /** Within the validity of every certificate of AMD's here. */
  private static final Instant SNP_TIME = Instant.parse("2023-01-01T00:00:00Z");

  private static byte[] file(String name) throws IOException {
    try (InputStream in = SamplesTest.class.getResourceAsStream("/vectors/" + name)) {
      return in.readAllBytes();
    }
  }

  private static List<X509Certificate> certificates(String name) throws Exception {
    List<X509Certificate> read = new ArrayList<>();
    for (var each :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(file(name)))) {
      read.add((X509Certificate) each);
    }
    return read;
  }

  private static X509Certificate aws() throws Exception {
    return certificates("aws_nitro_root_cert.pem").getFirst();
  }

  private static Bytes document(String name) throws IOException {
    byte[] octets = file(name);
    return Bytes.wrap(
        name.endsWith(".b64")
            ? Base64.getMimeDecoder().decode(new String(octets, StandardCharsets.US_ASCII))
            : octets);
  }

  private static void refused(Reason reason, Executable call) {
    assertEquals(reason, assertThrows(NotAttested.class, call).reason());
  }

  @Test
  void nitroDocumentsHoldAtTheTimeTheyName() throws Exception {
    NitroDocument first = NitroDocument.verify(document("aws_nitro_document.cbor"), aws());
    assertEquals("i-04fd16716" + "7daacf3b-enc01845e97d0b3eb4e", first.moduleId());
    assertEquals(16, first.pcrs().size());
    assertTrue(first.pcrs().get(0).hex().startsWith("22f9e1c949208da5"));
    NitroDocument second = NitroDocument.verify(document("nitro_attestation.b64"), aws());
    assertTrue(second.time().isAfter(first.time()));
    assertTrue(second.pcrs().get(0).hex().startsWith("e72a46ca80a260fb"));
  }

  @Test
  void aNitroDocumentIsRefusedForAnyOctetThatIsAnother() throws Exception {
    refused(
        Reason.BAD_SIGNATURE,
        () -> NitroDocument.verify(document("aws_nitro_document_bad_sig.cbor"), aws()));
    byte[] good = document("nitro_attestation.b64").toByteArray();
    X509Certificate root = aws();
    for (int at = 0; at < good.length; at += 61) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      assertThrows(
          NotAttested.class, () -> NitroDocument.verify(Bytes.wrap(bad), root), "at " + at);
    }
    Bytes whole = Bytes.wrap(good);
    for (int size = 0; size < good.length; size += 503) {
      Bytes cut = whole.slice(0, size);
      refused(Reason.MALFORMED, () -> NitroDocument.verify(cut, root));
    }
    refused(Reason.MALFORMED, () -> NitroDocument.verify(whole.concat(Bytes.zeros(1)), root));
    refused(Reason.MALFORMED, () -> NitroDocument.verify(Bytes.zeros(20_000), root));
  }

  @Test
  void anEnclaveInDebugModeAttestsNothing() throws Exception {
    refused(
        Reason.DEBUG, () -> NitroDocument.verify(document("nitro_attestation_debug.b64"), aws()));
  }

  @Test
  void anotherRootIsNotAws() throws Exception {
    X509Certificate other = certificates("ask_ark_milan.pem").getLast();
    refused(
        Reason.WRONG_ROOT, () -> NitroDocument.verify(document("nitro_attestation.b64"), other));
  }

  @Test
  void aNitroDocumentsCertificatesLiveForHours() throws Exception {
    Bytes document = document("nitro_attestation.b64");
    Instant time = NitroDocument.verify(document, aws()).time();
    X509Certificate root = aws();
    for (Duration off : List.of(Duration.ofDays(1), Duration.ofDays(-1))) {
      Optional<Instant> at = Optional.of(time.plus(off));
      refused(Reason.OUT_OF_TIME, () -> NitroDocument.verify(document, root, at));
    }
    NitroDocument.verify(document, root, Optional.of(time.plusSeconds(60)));
    Optional<Instant> beforeRoot = Optional.of(Instant.EPOCH);
    refused(Reason.OUT_OF_TIME, () -> NitroDocument.verify(document, root, beforeRoot));
  }

  private static SnpReport snp(byte[] report, Instant at) throws Exception {
    List<X509Certificate> amd = certificates("ask_ark_milan.pem");
    X509Certificate vcek = certificates("vcek.testcer").getFirst();
    return SnpReport.verify(Bytes.wrap(report), vcek, amd.getFirst(), amd.getLast(), at);
  }

  /** All but its last check holds: its signature, its chip, its levels. */
  @Test
  void theReportOfAMachineInDebugModeAttestsNothing() throws Exception {
    refused(Reason.DEBUG, () -> snp(file("attestation.bin"), SNP_TIME));
  }

  @Test
  void aReportIsRefusedForAnyOctetThatIsAnother() throws Exception {
    byte[] good = file("attestation.bin");
    for (int at = 0x38; at < 0x2a0 + 40; at += 37) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      refused(Reason.BAD_SIGNATURE, () -> snp(bad, SNP_TIME));
    }
    for (int at : new int[] {0, 0x34, 0x2a0 + 60, 0x2a0 + 140}) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      assertThrows(NotAttested.class, () -> snp(bad, SNP_TIME), "at " + at);
    }
    refused(Reason.MALFORMED, () -> snp(new byte[1183], SNP_TIME));
  }

  @Test
  void anotherRootOrAnotherTimeIsNotAmds() throws Exception {
    List<X509Certificate> genoa = certificates("ask_ark_genoa.pem");
    List<X509Certificate> milan = certificates("ask_ark_milan.pem");
    X509Certificate vcek = certificates("vcek.testcer").getFirst();
    Bytes report = Bytes.wrap(file("attestation.bin"));
    refused(
        Reason.WRONG_ROOT,
        () -> SnpReport.verify(report, vcek, genoa.getFirst(), genoa.getLast(), SNP_TIME));
    refused(
        Reason.WRONG_ROOT,
        () -> SnpReport.verify(report, vcek, milan.getFirst(), genoa.getLast(), SNP_TIME));
    refused(
        Reason.OUT_OF_TIME,
        () -> snp(file("attestation.bin"), Instant.parse("2035-01-01T00:00:00Z")));
  }

  @Test
  void cborIsReadInItsShortestFormAlone() throws Exception {
    assertEquals(-35, new Cbor(Bytes.fromHex("3822")).number());
    assertEquals(500, new Cbor(Bytes.fromHex("1901f4")).number());
    assertEquals(24, new Cbor(Bytes.fromHex("1818")).number());
    assertEquals(1L << 32, new Cbor(Bytes.fromHex("1b0000000100000000")).number());
    for (String bad :
        List.of(
            "1817",
            "1900ff",
            "1a0000ffff",
            "1b00000000ffffffff",
            "1bffffffffffffffff",
            "1c",
            "1f",
            "20" + "",
            "18",
            "")) {
      if (!bad.equals("20")) {
        refused(Reason.MALFORMED, () -> new Cbor(Bytes.fromHex(bad)).number());
      }
    }
    assertEquals(-1, new Cbor(Bytes.fromHex("20")).number());
    refused(Reason.MALFORMED, () -> new Cbor(Bytes.fromHex("5f4101ff")).octets(9));
    refused(Reason.MALFORMED, () -> new Cbor(Bytes.fromHex("4201")).octets(9));
    refused(Reason.MALFORMED, () -> new Cbor(Bytes.fromHex("420102")).octets(1));
    refused(Reason.MALFORMED, () -> new Cbor(Bytes.fromHex("61ff")).text(9));
    refused(Reason.MALFORMED, () -> new Cbor(Bytes.fromHex("a1")).array(9));
    assertFalse(new Cbor(Bytes.fromHex("f7")).absent());
    assertTrue(new Cbor(Bytes.fromHex("f6")).absent());
  }
}
