package dev.coffer.ceremony.run;

import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;

/**
 * The HSM of this site. A port: it is started when it is first needed, and goes on running when a
 * command ends, since what it contributes to a founding is in its memory alone until the founding
 * is complete.
 */
@FunctionalInterface
public interface SiteHsm {
  /**
   * The HSM, running.
   *
   * @throws IOException with one sentence if it does not start
   */
  FoundingPort port() throws IOException;
}
