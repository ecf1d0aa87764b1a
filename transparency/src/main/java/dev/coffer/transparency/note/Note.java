package dev.coffer.transparency.note;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.transparency.text.LineReader;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A signed note as it was found: text, a blank line, signature lines (c2sp.org/signed-note).
 * Parsing verifies nothing; {@link #verify} does. Immutable and thread-safe.
 *
 * <p>Encoding is one to one: {@code parse(octets).encode()} gives the same octets back.
 */
public final class Note {
  /** The longest note that is read where the format does not say less. */
  public static final int SIZE_MAX = 256 << 10;

  /** Signature lines that are read; the format asks for at least 16. */
  public static final int SIGNATURES_MAX = 64;

  private final String text;
  private final List<NoteSignature> signatures;

  private Note(String text, List<NoteSignature> signatures) {
    this.text = text;
    this.signatures = List.copyOf(signatures);
  }

  /** Parses a note of at most {@link #SIZE_MAX} octets. */
  public static Note parse(Bytes encoded) throws Refused {
    return parse(encoded, SIZE_MAX);
  }

  /** Parses a note of at most {@code sizeMax} octets. */
  public static Note parse(Bytes encoded, int sizeMax) throws Refused {
    if (encoded.size() > sizeMax) {
      throw new Refused(RefusalCode.TOO_LARGE, "note");
    }
    return parse(Utf8.decode(encoded, "note"));
  }

  /** Parses text that was part of a larger document whose size was limited. */
  public static Note parse(String encoded) throws Refused {
    Utf8.check(encoded, "note");
    // The last blank line is the border: a note may be the text of another, and must stay whole.
    int border = encoded.lastIndexOf("\n\n");
    if (border < 0) {
      throw new Refused(RefusalCode.MALFORMED, "note without a blank line");
    }
    String text = encoded.substring(0, border + 1);
    LineReader lines = new LineReader(encoded.substring(border + 2), "note");
    List<NoteSignature> signatures = new ArrayList<>();
    do {
      if (signatures.size() == SIGNATURES_MAX) {
        throw new Refused(RefusalCode.TOO_LARGE, "signatures of a note");
      }
      signatures.add(NoteSignature.parse(lines.line()));
    } while (!lines.atEnd());
    return new Note(text, signatures);
  }

  /**
   * Parses and verifies in one step.
   *
   * @param known the keys that count
   */
  public static VerifiedNote open(Bytes encoded, Collection<VerifierKey> known) throws Refused {
    return parse(encoded).verify(known);
  }

  /**
   * Signs {@code text}, which ends with a newline, by each key in turn. Keys of type {@link
   * SignatureType#ED25519}; for a cosignature see {@link #with}.
   */
  public static Note sign(String text, SignerKey... keys) {
    Invariant.check(keys.length > 0, "a note has a signature");
    List<NoteSignature> signatures = new ArrayList<>();
    for (SignerKey key : keys) {
      signatures.add(key.sign(text));
    }
    return of(text, signatures);
  }

  /** A note of its parts. The text ends with a newline and holds nothing that notes forbid. */
  public static Note of(String text, List<NoteSignature> signatures) {
    Invariant.check(text.endsWith("\n"), "the text of a note ends with a newline");
    Invariant.check(
        !signatures.isEmpty() && signatures.size() <= SIGNATURES_MAX, "1 to 64 signatures");
    try {
      Utf8.check(text, "note");
    } catch (Refused e) {
      throw new IllegalArgumentException("no note holds this text", e);
    }
    return new Note(text, signatures);
  }

  /** This note with one more signature line at its end. */
  public Note with(NoteSignature signature) {
    List<NoteSignature> more = new ArrayList<>(signatures);
    more.add(signature);
    return of(text, more);
  }

  /**
   * Verifies the lines of known keys and ignores all others. A key is known by name and id
   * together.
   *
   * @param known the keys that count, each once
   * @return the text with the signatures that hold, at least one
   * @throws Refused {@link RefusalCode#BAD_SIGNATURE} if any line of a known key does not hold,
   *     however many others do; {@link RefusalCode#UNKNOWN_SIGNER} if no line is by a known key
   */
  public VerifiedNote verify(Collection<VerifierKey> known) throws Refused {
    List<VerifiedSignature> verified = new ArrayList<>();
    for (NoteSignature signature : signatures) {
      for (VerifierKey key : known) {
        if (key.claims(signature)) {
          verified.add(key.verify(text, signature));
        }
      }
    }
    if (verified.isEmpty()) {
      throw new Refused(RefusalCode.UNKNOWN_SIGNER, "no signature by a known key");
    }
    return new VerifiedNote(text, verified);
  }

  /**
   * The text, which anyone may have written: enough to find out whose keys to verify with, and for
   * nothing else.
   */
  public String unverifiedText() {
    return text;
  }

  /** The signature lines in their order. */
  public List<NoteSignature> signatures() {
    return signatures;
  }

  /** The octets. */
  public Bytes encode() {
    return Utf8.encode(toText());
  }

  /** The whole note as text. */
  public String toText() {
    StringBuilder out = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> out.append(signature.line()));
    return out.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Note that
        && text.equals(that.text)
        && signatures.equals(that.signatures);
  }

  @Override
  public int hashCode() {
    return 31 * text.hashCode() + signatures.hashCode();
  }

  @Override
  public String toString() {
    return "Note[" + signatures.size() + " signatures, unverified]";
  }
}
