package dev.coffer.client.secret;

import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One of several sheets of paper that K is divided among: any {@link #needed} of a set give K back,
 * fewer say nothing about it, not even to somebody without limits ({@link Shamir}). A sheet is 80
 * hexadecimal digits in groups of eight, and a check as {@link SixtyFourDigitKey} has it.
 *
 * <pre>
 * 2 octets    the set, at random, so that sheets of two sets are not mixed
 * 1 octet     how many sheets are needed
 * 1 octet     which sheet this is, from 1: its place on the polynomials
 * 36 octets   the share of K and of the first four octets of H(tuple(KEY_CHECKSUM, 8, K))
 * </pre>
 *
 * <p>The four octets tell a K that was put together rightly from one that was not; they are shared
 * as K is, and so tell nothing before. Redacted text, no {@code equals}; erased by {@link #close}.
 */
public final class KeySheet implements AutoCloseable {
  /** Most sheets of a set. */
  public static final int SHEETS_MAX = 16;

  private static final int SEAL = 4;
  private static final int SHARE = BackupSecret.SIZE + SEAL;
  private static final int SET = 2;
  private static final int HEAD = SET + 2;

  /** Where the checks of a key end in the numbering of groups, see {@link PaperDigits}. */
  private static final int FIRST_PLACE = 16;

  private static final PaperDigits PAPER =
      new PaperDigits("A sheet", (HEAD + SHARE) / 4, FIRST_PLACE);

  /** Digits of a sheet without its check. */
  public static final int DIGITS = PAPER.digits();

  /** Digits of a sheet with its check. */
  public static final int DIGITS_IN_ALL = PAPER.digitsInAll();

  private final byte[] octets;

  private KeySheet(byte[] octets) {
    this.octets = octets;
  }

  /**
   * Divides K.
   *
   * @param count how many sheets, at most {@value #SHEETS_MAX}
   * @param needed how many of them give K back, at least two and at most {@code count}
   */
  public static List<KeySheet> divide(
      BackupSecret secret, int count, int needed, Randomness randomness) {
    Invariant.check(
        needed >= 2 && needed <= count && count <= SHEETS_MAX, "so many sheets, so many needed");
    byte[] set = randomness.bytes(SET).toByteArray();
    byte[] sealed = sealed(secret);
    List<KeySheet> sheets = new ArrayList<>();
    for (Shamir.Share share : Shamir.split(sealed, count, needed, randomness)) {
      byte[] octets = Arrays.copyOf(set, HEAD + SHARE);
      octets[SET] = (byte) needed;
      octets[SET + 1] = (byte) share.place;
      System.arraycopy(share.values, 0, octets, HEAD, SHARE);
      Arrays.fill(share.values, (byte) 0);
      sheets.add(new KeySheet(octets));
    }
    Arrays.fill(sealed, (byte) 0);
    return sheets;
  }

  /** K and its seal. */
  private static byte[] sealed(BackupSecret secret) {
    try (SecretBytes copy = secret.copy()) {
      byte[] octets = copy.copy();
      CanonicalWriter tuple =
          Label.KEY_CHECKSUM.tuple().field(BackupSecret.SIZE / SEAL).field(octets);
      byte[] seal = Hashes.sha256(tuple).slice(0, SEAL).toByteArray();
      tuple.wipe();
      byte[] sealed = Arrays.copyOf(octets, SHARE);
      System.arraycopy(seal, 0, sealed, BackupSecret.SIZE, SEAL);
      Arrays.fill(octets, (byte) 0);
      return sealed;
    }
  }

  /** Reads a sheet with its check, as {@link SixtyFourDigitKey#parse} reads a key. */
  public static KeySheet parse(char[] typed) throws UnreadableKey {
    KeySheet sheet = new KeySheet(PAPER.parse(typed, true));
    if (sheet.needed() < 2 || sheet.number() < 1 || sheet.number() > SHEETS_MAX) {
      sheet.close();
      throw new UnreadableKey("This is no sheet of a key, or one of a newer program.", List.of());
    }
    return sheet;
  }

  /** How many sheets of this set give K back. */
  public int needed() {
    return octets[SET];
  }

  /** Which sheet of its set this is, from 1. */
  public int number() {
    return octets[SET + 1];
  }

  /** The digits, groups separated by a space; the caller wipes them. */
  public char[] render() {
    return PAPER.render(octets);
  }

  /** The check: pairs of digits separated by spaces. */
  public String check() {
    return PAPER.check(octets);
  }

  /** Whether both may be put together: of one set, and not the same sheet. */
  public boolean fits(KeySheet other) {
    return Arrays.equals(Arrays.copyOf(octets, SET + 1), Arrays.copyOf(other.octets, SET + 1))
        && number() != other.number();
  }

  /**
   * Puts K together from as many sheets as are needed, each of which {@link #fits} the others.
   * Sheets beyond that are not looked at.
   */
  public static BackupSecret join(List<KeySheet> sheets) throws UnreadableKey {
    int needed = sheets.get(0).needed();
    Invariant.check(sheets.size() >= needed, "as many sheets as are needed");
    Shamir.Share[] shares = new Shamir.Share[needed];
    for (int i = 0; i < needed; i++) {
      KeySheet sheet = sheets.get(i);
      shares[i] =
          new Shamir.Share(sheet.number(), Arrays.copyOfRange(sheet.octets, HEAD, HEAD + SHARE));
    }
    byte[] sealed = Shamir.combine(shares);
    for (Shamir.Share share : shares) {
      Arrays.fill(share.values, (byte) 0);
    }
    BackupSecret secret =
        BackupSecret.of(SecretBytes.wrap(Arrays.copyOf(sealed, BackupSecret.SIZE)));
    byte[] expected = sealed(secret);
    boolean right = Arrays.equals(expected, sealed);
    Arrays.fill(expected, (byte) 0);
    Arrays.fill(sealed, (byte) 0);
    if (!right) {
      secret.destroy();
      throw new UnreadableKey(
          "The sheets do not give a key: compare them with the paper, or use others of the set.",
          List.of());
    }
    return secret;
  }

  /** Erases the sheet. */
  @Override
  public void close() {
    Arrays.fill(octets, (byte) 0);
  }

  @Override
  public String toString() {
    return "KeySheet[redacted]";
  }
}
