package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.chain.ChainValues;
import dev.coffer.protocol.chain.SignedStatus;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import dev.coffer.transparency.text.Utf8;
import java.util.List;

/**
 * An HSM's signature over {@code transcript.txt}: its status (PROTOCOL.md §12.6) over the
 * transcript's SHA-256 in the place of a nonce, by its statement key. Stateless.
 *
 * <p><b>Guarantees:</b> that HSM signed this transcript while it had counted nothing in partition
 * 0, which it never says again once it has. <b>Not guaranteed:</b> that what people wrote is true:
 * an HSM saw the messages, not the room. The messages are judged by the founding that it signed.
 */
public final class Seen {
  private static final String HEAD = "coffer/ceremony-seen/v1";

  private Seen() {}

  /** Where it lies in a folder. */
  public static String file(int site) {
    return "site-" + site + ".seen";
  }

  /** What the HSM is asked to sign its status over. */
  public static Bytes nonce(Bytes transcript) {
    return Hashes.sha256(transcript);
  }

  /** The octets of the file: every one of them is signed. */
  public static Bytes encode(SignedStatus status) {
    CanonicalWriter encoded = new CanonicalWriter();
    status.write(encoded);
    return Utf8.encode(
        "%s\nsite %d\nfleet %s\ntranscript %s\nstatus %s\n"
            .formatted(
                HEAD,
                status.index(),
                status.values().fleetId().value().hex(),
                status.nonce().hex(),
                StrictBase64.encode(encoded.toBytes())));
  }

  /**
   * Returns if {@code octets} are the signature of {@code site}'s HSM over {@code transcript}.
   *
   * @throws CeremonyRefused if they are not
   */
  public static void check(Fleet fleet, int site, Bytes transcript, Bytes octets)
      throws CeremonyRefused {
    boolean holds = false;
    try {
      List<String> lines = Utf8.decode(octets, "text").lines().toList();
      String last = lines.isEmpty() ? "" : lines.getLast();
      CanonicalReader in =
          new CanonicalReader(StrictBase64.decode(last.replaceFirst("^status ", ""), "status"));
      SignedStatus status = SignedStatus.read(in);
      in.end();
      holds =
          encode(status).equals(octets)
              && status.index() == site
              && status.nonce().equals(nonce(transcript))
              && status.values().equals(ChainValues.founding(fleet.id(), 0))
              && status.certificate().isEmpty()
              && status.verifySignature(fleet);
    } catch (Refused | Rejected e) {
      // The same sentence as for another one.
    }
    if (!holds) {
      throw new CeremonyRefused(
          file(site)
              + " is no signature of that site's HSM over this "
              + Signatures.TRANSCRIPT
              + ".",
          "Somebody changed one of the two: take both from that site again.");
    }
  }
}
