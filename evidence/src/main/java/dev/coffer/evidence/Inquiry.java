package dev.coffer.evidence;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.fleet.Fleet;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.LowerHex;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the HSMs of a fleet are asked with when its package is made, so that nobody can have kept
 * the answers from before: SHA-256 of a checkpoint of the log (of nothing, while there is no log),
 * and randomness that nobody knew earlier.
 *
 * @param checkpoint a cosigned checkpoint, the signed note
 * @param randomness 32 octets that became public at that time, such as a round of a beacon
 */
public record Inquiry(Optional<Bytes> checkpoint, Bytes randomness, Hsms hsms) {
  public Inquiry {
    Invariant.check(randomness.size() == Limits.DIGEST, "randomness has 32 octets");
  }

  /** The way to the HSMs, on which nothing rests. */
  @FunctionalInterface
  public interface Hsms {
    /**
     * What each of HSMs 1 to {@code hsms} answers, HSM i's at i−1 (PROTOCOL.md §12.7); empty if
     * nobody answers now.
     */
    List<Optional<Bytes>> attestations(int hsms, Bytes nonce);
  }

  /**
   * The checkpoint of a log in {@code file}, as it stands there. Whose it is, and who cosigned it,
   * is for those who know a trust policy.
   *
   * @throws Refused if it is none, or longer than a note may be
   */
  public static Bytes checkpoint(Bytes file) throws Refused {
    Checkpoint unused = Checkpoint.parse(Note.parse(file).unverifiedText());
    return file;
  }

  static Bytes nonce(Optional<Bytes> checkpoint, Bytes randomness) {
    return Hashes.sha256(checkpoint.orElse(Bytes.EMPTY)).concat(randomness);
  }

  /** What {@link PackageFiles#RANDOMNESS} holds: 64 hexadecimal digits, a line. */
  static Bytes read(Bytes file) throws Refused {
    String text = Utf8.decode(file, PackageFiles.RANDOMNESS);
    if (!text.endsWith("\n")) {
      throw new Refused(RefusalCode.MALFORMED, PackageFiles.RANDOMNESS + " is no line");
    }
    return LowerHex.parse(text.substring(0, text.length() - 1), Limits.DIGEST, "randomness");
  }

  /**
   * The files that a package has of it.
   *
   * @throws CeremonyRefused if an HSM is silent, or does not say what it is to say
   */
  Map<String, Bytes> files(Fleet fleet) throws CeremonyRefused {
    Map<String, Bytes> files = new TreeMap<>();
    checkpoint.ifPresent(note -> files.put(PackageFiles.CHECKPOINT, note));
    files.put(PackageFiles.RANDOMNESS, Utf8.encode(randomness.hex() + "\n"));
    Bytes nonce = nonce(checkpoint, randomness);
    List<Optional<Bytes>> answers = hsms.attestations(fleet.hsms().size(), nonce);
    for (int index = 1; index <= fleet.hsms().size(); index++) {
      String called = "HSM " + index;
      Bytes token =
          answers
              .get(index - 1)
              .orElseThrow(() ->
                  new CeremonyRefused(
                      "Nobody answers for " + called + ".", "Start its node and make it again."));
      Optional<String> objection = TokenChecks.objection(fleet, index, nonce, token);
      if (objection.isPresent()) {
        throw new CeremonyRefused(
            called + ": " + objection.get() + ".", "See what runs there before you publish.");
      }
      files.put(PackageFiles.token(index), token);
    }
    return files;
  }
}
