package dev.coffer.cli.vault;

import dev.coffer.node.tls.FleetCertificates;
import dev.coffer.node.tls.NodeTls;
import dev.coffer.node.tls.TlsFiles;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** TLS of a node on loopback, for tests that answer in its place. */
public final class LoopbackTls {
  private LoopbackTls() {}

  /** Made in {@code home}; {@code ca.pem} there vouches for it. */
  public static NodeTls in(Path home) throws Exception {
    Path authority = home.resolve("ca.pem");
    Clock clock = Clock.systemUTC();
    FleetCertificates.write(
        authority,
        List.of(new FleetCertificates.NodeHome(1, home, List.of())),
        clock,
        new SecureRandom());
    return TlsFiles.in(home).load(1, Optional.of(authority), clock.instant());
  }
}
