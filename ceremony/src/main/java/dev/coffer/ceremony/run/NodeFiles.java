package dev.coffer.ceremony.run;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Plan;
import dev.coffer.ceremony.record.Messages.Certificates;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.Fleet;
import java.io.IOException;
import java.util.List;

/** What a node needs to start, on this site's disk. A port. */
public interface NodeFiles {
  /** Makes, once, this node's key for TLS, and returns its public half. */
  Bytes tlsKey() throws IOException;

  /**
   * Makes an authority and a certificate for each of these keys. The site that is asked keeps the
   * authority's key, to renew the certificates with, until people move it to a safe.
   */
  Certificates certify(Plan plan, Fleet fleet, List<Bytes> keys)
      throws IOException, CeremonyRefused;

  /** Returns if the certificate of this site is for its key, by that authority. */
  void check(Plan plan, int site, Certificates certificates) throws IOException, CeremonyRefused;

  /** Writes all that a node starts with, its configuration last: without that it never starts. */
  void install(Plan plan, int site, Fleet fleet, Certificates certificates) throws IOException;
}
