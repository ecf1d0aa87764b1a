package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.check.Findings;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stepping stones for long absences survive restarts and torn tails. */
final class CertificateArchiveTest {
  @TempDir Path home;
  private final CoreSamples samples = new CoreSamples();

  private static List<Long> ks(List<Certificate> certificates) {
    return certificates.stream().map(c -> c.values().k()).toList();
  }

  @Test
  void oneAboutEverySixteenThousandIsKept() throws IOException {
    Path file = home.resolve("sub").resolve("partition-0");
    try (CertificateArchive archive = open(file)) {
      for (long k = 1_000; k <= 100_000; k += 1_000) {
        archive.offer(samples.certificate(samples.values(k, 0)));
      }
      assertEquals(List.of(17_000L, 34_000L, 51_000L, 68_000L, 85_000L), ks(archive.after(0, 100)));
      assertEquals(List.of(34_000L, 51_000L), ks(archive.after(17_000, 2)));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    try (CertificateArchive archive = open(file)) {
      assertEquals(List.of(17_000L, 34_000L, 51_000L, 68_000L), ks(archive.after(0, 100)));
      archive.offer(samples.certificate(samples.values(90_000, 0)));
      assertEquals(List.of(90_000L), ks(archive.after(68_000, 100)));
    }
    try (CertificateArchive archive = open(file)) {
      assertEquals(5, archive.after(0, 100).size());
    }
  }

  private CertificateArchive open(Path file) throws IOException {
    return CertificateArchive.open(file, samples.fleet, 0);
  }

  private static void flip(Path file, int octet) throws IOException {
    byte[] octets = Files.readAllBytes(file);
    octets[octet] ^= 1;
    Files.write(file, octets);
  }

  @Test
  void aRecordThatRotsIsDroppedAndTheOthersGoOn() throws IOException {
    Path file = home.resolve("partition-0");
    int record;
    try (CertificateArchive archive = open(file)) {
      archive.offer(samples.certificate(samples.values(17_000, 0)));
      record = (int) Files.size(file);
      archive.offer(samples.certificate(samples.values(34_000, 0)));
      archive.offer(samples.certificate(samples.values(51_000, 0)));
    }
    for (int octet = record; octet < 2 * record; octet += octet < record + 4 ? 1 : 7) {
      flip(file, octet);
      Path copy = home.resolve("copy");
      Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      boolean framed = octet >= record + 4;
      try (CertificateArchive archive = open(copy)) {
        List<Long> left = ks(archive.after(0, 100));
        assertEquals(framed ? List.of(17_000L, 51_000L) : List.of(17_000L), left, "octet " + octet);
        archive.offer(samples.certificate(samples.values(34_000, 0)));
        assertTrue(ks(archive.after(17_000, 1)).contains(34_000L), "kept anew, octet " + octet);
      }
      flip(file, octet);
    }
  }

  @Test
  void aRecordThatRotsWhileTheNodeRunsIsDropped() throws IOException {
    Path file = home.resolve("partition-0");
    try (CertificateArchive archive = open(file)) {
      archive.offer(samples.certificate(samples.values(17_000, 0)));
      archive.offer(samples.certificate(samples.values(34_000, 0)));
      flip(file, 3);
      flip(file, (int) Files.size(file) - 1);
      assertEquals(List.of(), archive.after(0, 100));
      archive.offer(samples.certificate(samples.values(51_000, 0)));
      assertEquals(List.of(51_000L), ks(archive.after(0, 100)));
    }
  }

  @Test
  void ofAPeersAnswerTheSoundOnesAreTaken() throws Rejected {
    Certificate good = samples.certificate(samples.values(17_000, 0));
    Certificate rotten = new Certificate(samples.values(34_000, 1), good.signatures());
    Certificate last = samples.certificate(samples.values(51_000, 0));
    Bytes answer = CertificatesWanted.answer(List.of(good, rotten, last));
    assertEquals(List.of(good, last), CertificatesWanted.sound(answer, samples.fleet, 0));
    assertEquals(List.of(), CertificatesWanted.sound(answer, samples.fleet, 1));
  }

  @Test
  void whatComesInAnyOrderIsSound() throws IOException {
    Path file = home.resolve("partition-0");
    try (CertificateArchive archive = open(file)) {
      archive.offer(samples.certificate(samples.values(200_000, 0)));
      archive.offer(samples.certificate(samples.values(17_000, 0)));
      archive.offer(samples.certificate(samples.values(34_000, 0)));
    }
    Findings findings = new Findings();
    assertEquals(
        List.of(200_000L, 17_000L, 34_000L),
        ArchiveCheck.claims(file, samples.fleet, 0, findings).stream()
            .map(claim -> claim.values().k())
            .toList());
    assertTrue(findings.sound(), findings.listed().toString());
    ArchiveCheck.claims(file, samples.fleet, 1, findings);
    assertFalse(findings.sound(), "of another partition");
  }
}
