package dev.coffer.node.core;

import dev.coffer.node.check.ChainClaim;
import dev.coffer.node.check.Findings;
import dev.coffer.protocol.chain.Certificate;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.fleet.Fleet;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at a stopped node's archive of certificates; writes nothing. */
public final class ArchiveCheck {
  private static final String REMOVE =
      "Move the file aside and start the node: it keeps new ones, and asks its peers for old ones when it needs any.";

  private ArchiveCheck() {}

  /** What the certificates in {@code file}, those of {@code partition}, say of its chain. */
  public static List<ChainClaim> claims(Path file, Fleet fleet, int partition, Findings findings)
      throws IOException {
    List<ChainClaim> claims = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      return claims;
    }
    String where = "certificates/" + file.getFileName();
    long left = Files.size(file);
    long before = 0;
    try (DataInputStream in =
        new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file)))) {
      while (left > 0) {
        int length = left < 4 ? -1 : in.readInt();
        if (length < 1 || length > CertificateArchive.RECORD_MAX || length > left - 4) {
          findings.note(
              where,
              "its last " + left + " octets are no certificate, as after a crash in a write",
              "Nothing: the node cuts them off at its next start.");
          return claims;
        }
        left -= 4 + length;
        Certificate certificate = Certificate.decode(Bytes.wrap(in.readNBytes(length)));
        certificate.verify(fleet);
        long k = certificate.values().k();
        if (certificate.values().partition() != partition) {
          findings.damage(where, "its certificates are of another partition", REMOVE);
          return claims;
        }
        // In the order in which they came: a node that catches up gets the newest one first.
        before = k;
        claims.add(new ChainClaim(where + ", certificate of entry " + k, certificate.values()));
      }
    } catch (Rejected e) {
      findings.damage(
          where,
          "the certificate behind that of entry " + before + " does not verify (" + e.code() + ")",
          REMOVE);
    }
    return claims;
  }
}
