package dev.coffer.node.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.node.check.Findings;
import dev.coffer.protocol.chain.Certificate;
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
    try (CertificateArchive archive = CertificateArchive.open(file)) {
      for (long k = 1_000; k <= 100_000; k += 1_000) {
        archive.offer(samples.certificate(samples.values(k, 0)));
      }
      assertEquals(List.of(17_000L, 34_000L, 51_000L, 68_000L, 85_000L), ks(archive.after(0, 100)));
      assertEquals(List.of(34_000L, 51_000L), ks(archive.after(17_000, 2)));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    try (CertificateArchive archive = CertificateArchive.open(file)) {
      assertEquals(List.of(17_000L, 34_000L, 51_000L, 68_000L), ks(archive.after(0, 100)));
      archive.offer(samples.certificate(samples.values(90_000, 0)));
      assertEquals(List.of(90_000L), ks(archive.after(68_000, 100)));
    }
    try (CertificateArchive archive = CertificateArchive.open(file)) {
      assertEquals(5, archive.after(0, 100).size());
    }
  }

  @Test
  void whatComesInAnyOrderIsSound() throws IOException {
    Path file = home.resolve("partition-0");
    try (CertificateArchive archive = CertificateArchive.open(file)) {
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
