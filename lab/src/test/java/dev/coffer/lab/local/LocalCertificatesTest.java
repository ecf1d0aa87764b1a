package dev.coffer.lab.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.cli.home.FleetHome;
import dev.coffer.node.tls.FleetAuthority;
import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.TlsFiles;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.protocol.fleet.FleetSettings;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.TenantIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet on one machine does not end with its certificates. */
class LocalCertificatesTest {
  private static final Instant FOUNDED = Instant.parse("2031-05-01T12:00:00Z");
  private static final Instant LATE = FOUNDED.plus(FleetAuthority.CERTIFICATE.minusDays(29));

  @TempDir private Path directory;
  private final SecureRandom random = new SecureRandom();
  private FleetHome home;
  private Fleet fleet;

  @BeforeEach
  void found() throws Exception {
    home = new FleetHome(directory);
    List<HsmIdentity> hsms = new ArrayList<>();
    List<FleetCertificates.NodeHome> nodes = new ArrayList<>();
    Randomness octets = Randomness.system();
    for (int node = 1; node <= 3; node++) {
      hsms.add(
          new HsmIdentity(
              octets.bytes(32), octets.bytes(32), "SIMULATED", octets.bytes(32), octets.bytes(1)));
      nodes.add(new FleetCertificates.NodeHome(node, home.tls(node), List.of("127.0.0.1")));
    }
    TenantIssuer tenant = new TenantIssuer("app", octets.bytes(32));
    fleet = Fleet.of(new FleetSettings(3, 2, 10, 1, List.of(tenant), true, false), hsms);
    FleetCertificates.write(
        home.authority(),
        Optional.of(new FleetCertificates.Issuer(home.authorityKey(), fleet.id())),
        nodes,
        Clock.fixed(FOUNDED, ZoneOffset.UTC),
        random);
  }

  private boolean renew(Instant now) throws IOException {
    return LocalCertificates.renew(home, fleet, 2, now, random);
  }

  private X509Certificate shown() throws IOException {
    return TlsFiles.in(home.tls(2)).shown();
  }

  @Test
  void theCertificateIsRenewedWhenItEndsSoonAndNotBefore() throws IOException {
    X509Certificate first = shown();
    assertFalse(renew(LATE.minus(Duration.ofDays(2))));
    assertEquals(first, shown());
    assertTrue(renew(LATE));
    assertTrue(shown().getNotAfter().after(first.getNotAfter()));
    // What is there now loads long after the first has ended.
    Instant later = LATE.plus(Duration.ofDays(300));
    assertEquals(
        shown(),
        TlsFiles.in(home.tls(2)).load(2, Optional.of(home.authority()), later).certificate());
    assertFalse(renew(LATE));
    try (var files = Files.list(home.tls(2))) {
      assertEquals(3, files.count(), "nothing is left lying about");
    }
  }

  @Test
  void whatCannotBeRenewedIsSaidOnce() throws IOException {
    X509Certificate first = shown();
    Path key = home.authorityKey();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    List<String> notes = LocalCertificates.renewAll(home, fleet, LATE, random);
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(notes.getFirst().contains("cannot be renewed"), notes.getFirst());
    assertTrue(notes.getFirst().contains("chmod 600 " + key), notes.getFirst());
    assertEquals(first, shown());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    // One node's trouble keeps no other from it.
    Files.delete(TlsFiles.in(home.tls(1)).certificate());
    notes = LocalCertificates.renewAll(home, fleet, LATE, random);
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(notes.getFirst().contains(home.tls(1).toString()), notes.getFirst());
    assertTrue(shown().getNotAfter().after(first.getNotAfter()));
    assertEquals(shown().getNotAfter(), TlsFiles.in(home.tls(3)).shown().getNotAfter());
  }

  @Test
  void whereTheAuthorityIsElsewhereNothingIsDone() throws IOException {
    X509Certificate first = shown();
    Files.delete(home.authorityKey());
    assertFalse(renew(LATE));
    assertEquals(first, shown());
  }
}
