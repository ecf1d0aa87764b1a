package dev.coffer.ceremony.run;

import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.port.FoundingPort;
import java.io.IOException;

/**
 * The HSM of this site. A port: it is started when it is first needed, and goes on running when a
 * command ends, since what it contributes to a founding is in its memory alone until the founding
 * is complete.
 */
public interface SiteHsm {
  /**
   * The HSM, running.
   *
   * @throws IOException with one sentence if it does not start
   */
  FoundingPort port() throws IOException;

  /**
   * Where the founded HSM stands in partition 0, signed over {@code nonce} (32 octets).
   *
   * @throws IOException with one sentence if it does not start
   * @throws Rejected if it is not founded
   */
  SignedStatus status(Bytes nonce) throws IOException, Rejected;
}
