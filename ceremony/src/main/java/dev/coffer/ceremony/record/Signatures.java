package dev.coffer.ceremony.record;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.plan.Participant;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.StrictBase64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Verifies what participants sign. A port. */
@FunctionalInterface
public interface Signatures {
  /** What signatures are made for: one for another purpose does not count here. */
  String NAMESPACE = "coffer-ceremony";

  /** Octets of the largest signature; those of security keys have about 700. */
  int OCTETS_MAX = 4 << 10;

  /** What stands around a signature, and its lines (OpenSSH, PROTOCOL.sshsig). */
  Pattern ARMOUR =
      Pattern.compile(
          "-----BEGIN SSH SIGNATURE-----\n"
              + "((?:[A-Za-z0-9+/=]{1,76}\n)+)"
              + "-----END SSH SIGNATURE-----\n");

  /** What a signature begins with: SSHSIG. */
  String MAGIC = "535348534947";

  /** The file that people sign. */
  String TRANSCRIPT = "transcript.txt";

  /** The file with {@code participant}'s signature over it. */
  static String file(Participant participant) {
    return "signature-" + participant.name() + ".sig";
  }

  /**
   * Returns if {@code signature} is written as OpenSSH writes one, and small: nothing else is taken
   * from anybody's folder, carried on or given to a program.
   *
   * @throws CeremonyRefused if it is not
   */
  static void checkForm(Participant participant, Bytes signature) throws CeremonyRefused {
    if (blob(signature).isEmpty()) {
      throw new CeremonyRefused(
          file(participant) + " is no signature as ssh-keygen -Y sign writes it.",
          "Have " + participant.name() + " sign again, and copy the file without changing it.");
    }
  }

  /** What the armour is around, from {@link #MAGIC} on. */
  private static Optional<Bytes> blob(Bytes signature) {
    if (signature.size() <= OCTETS_MAX) {
      // Every octet is a character of its own: none slips through.
      String text = new String(signature.toByteArray(), StandardCharsets.ISO_8859_1);
      Matcher parts = ARMOUR.matcher(text);
      try {
        return parts.matches()
            ? Optional.of(StrictBase64.decode(parts.group(1).replace("\n", ""), "signature"))
                .filter(octets -> octets.hex().startsWith(MAGIC))
            : Optional.empty();
      } catch (Refused e) {
        // Armour around something else.
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a signature that verifies says that somebody touched the key (OpenSSH, PROTOCOL.u2f:
   * flags, bit 0); true for keys that are no security keys.
   */
  static boolean touched(Bytes signature) {
    Bytes blob = blob(signature).orElse(Bytes.EMPTY);
    try {
      CanonicalReader in = new CanonicalReader(blob);
      Bytes passed = in.raw(MAGIC.length() / 2 + Integer.BYTES);
      // Key, namespace, reserved, hash; then the signature itself.
      for (int i = 0; i < 4; i++) {
        passed = in.field(OCTETS_MAX, "part");
      }
      CanonicalReader own = new CanonicalReader(in.field(OCTETS_MAX, "signature"));
      Bytes name = own.field(OCTETS_MAX, "type");
      String type = new String(name.toByteArray(), StandardCharsets.ISO_8859_1);
      passed = own.field(OCTETS_MAX, "value");
      return type.startsWith("sk-") ? (own.u8() & 1) == 1 : !type.contains("sk-");
    } catch (Rejected e) {
      return false;
    }
  }

  /**
   * Why {@code signature} is not {@code participant}'s over {@code text}, one sentence; empty if it
   * is.
   *
   * @throws IOException if it cannot be told here, with a sentence that says what is missing
   */
  Optional<String> objection(Participant participant, Bytes text, Bytes signature)
      throws IOException;
}
