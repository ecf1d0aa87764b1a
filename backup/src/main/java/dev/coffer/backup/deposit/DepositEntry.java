package dev.coffer.backup.deposit;

import dev.coffer.backup.BackupLimits;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.AgeFile;
import dev.coffer.backup.object.Compression;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Ed25519;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One object of an inbox: a line that says what it is, the writer's Ed25519 key (32), the entry's
 * number and that of the writer's entry before (8 each), a signature (64), and an age file to the
 * box, which holds a gzip file of writer, number and content.
 *
 * <p>The signature covers the box, writer, both numbers and the age file, so that a keeper of the
 * inbox can check it and nobody can move an entry to another place or box. Writer and number stand
 * inside too: otherwise another writer of the box could sign a copy of the age file as his own.
 */
final class DepositEntry {
  static final String PREFIX = "deposit/";

  /** The largest number; its decimal digits are the name's. */
  static final long NUMBER_MAX = 9_999_999_999_999_999L;

  private static final byte[] MAGIC = "coffer-deposit 1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int NUMBERS = MAGIC.length + Ed25519.PUBLIC_KEY;
  private static final int SIGNATURE = NUMBERS + 16;
  static final int SEALED = SIGNATURE + Ed25519.SIGNATURE;
  private static final int INSIDE = Ed25519.PUBLIC_KEY + 8;

  /** Octets of the largest such object. */
  static final int OBJECT_MAX =
      SEALED + BackupLimits.DEPOSIT_MAX + (BackupLimits.DEPOSIT_MAX >> 4) + (64 << 10);

  private final Bytes writer;
  private final long number;
  private final long previous;
  private final byte[] content;

  /**
   * An entry.
   *
   * @param writer its public key
   * @param number larger than that of any entry of this writer before, from 1 on
   * @param previous the number before, 0 for none
   * @param content up to {@link BackupLimits#DEPOSIT_MAX} octets
   */
  DepositEntry(Bytes writer, long number, long previous, byte[] content) {
    this.writer = writer;
    this.number = number;
    this.previous = previous;
    this.content = content;
  }

  long previous() {
    return previous;
  }

  byte[] content() {
    return content;
  }

  /** Why an object is no entry of this box. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    Refused(String why) {
      super(why);
      this.why = why;
    }

    String why() {
      return why;
    }
  }

  /** Where an entry lies in the inbox. */
  static String name(Bytes writer, long number) {
    return PREFIX + writer.hex() + "/" + digits(number);
  }

  /** A number as names have it. */
  static String digits(long number) {
    return String.format(Locale.ROOT, "%016d", number);
  }

  /** The number that {@code digits} writes, if it is one. */
  static Optional<Long> number(String digits) {
    return digits.matches("[0-9]{16}") && !digits.matches("0+")
        ? Optional.of(Long.parseLong(digits))
        : Optional.empty();
  }

  /** The object for the box {@code recipient}, signed by {@code seed}. */
  byte[] seal(String recipient, SecretBytes seed) {
    byte[] inside = new byte[INSIDE + content.length];
    ByteBuffer.wrap(inside).put(writer.toByteArray()).putLong(number).put(content);
    byte[] sealed = AgeFile.seal(recipient, Compression.pack(inside, inside.length));
    return sign(sealed, recipient, writer, number, previous, seed);
  }

  /** The object of an age file, whatever that holds. */
  static byte[] sign(
      byte[] sealed, String recipient, Bytes writer, long number, long previous, SecretBytes seed) {
    ByteBuffer object = ByteBuffer.allocate(SEALED + sealed.length);
    object.put(MAGIC).put(writer.toByteArray()).putLong(number).putLong(previous);
    Bytes signature =
        Ed25519.sign(seed, signed(recipient, writer, number, previous, sealed).toBytes());
    return object.put(signature.toByteArray()).put(sealed).array();
  }

  private static CanonicalWriter signed(
      String recipient, Bytes writer, long number, long previous, byte[] sealed) {
    return Label.DEPOSIT_ENTRY
        .tuple()
        .field(recipient)
        .field(writer)
        .field(number)
        .field(previous)
        .field(Sha256.digest().digest(sealed));
  }

  /**
   * The entry in {@code object}, which lies where {@code writer}'s entry {@code number} belongs.
   * Nothing is decrypted before the signature counts.
   *
   * @param identity of the box, in ASCII; stays the caller's
   */
  static DepositEntry open(
      byte[] object, Bytes writer, long number, String recipient, SecretBytes identity)
      throws Refused {
    if (object.length <= SEALED
        || !Arrays.equals(MAGIC, Arrays.copyOf(object, MAGIC.length))
        || !Bytes.copyOf(object, MAGIC.length, NUMBERS).equals(writer)) {
      throw new Refused("is no deposit of this writer");
    }
    ByteBuffer numbers = ByteBuffer.wrap(object, NUMBERS, 16);
    long said = numbers.getLong();
    long previous = numbers.getLong();
    byte[] sealed = Arrays.copyOfRange(object, SEALED, object.length);
    Bytes signature = Bytes.copyOf(object, SIGNATURE, SEALED);
    Bytes message = signed(recipient, writer, said, previous, sealed).toBytes();
    if (!Ed25519.verify(writer, message, signature)) {
      throw new Refused("is not signed by its writer for this box");
    }
    if (said != number || previous < 0 || previous >= number) {
      throw new Refused("was moved to another place, or has an impossible number");
    }
    byte[] inside;
    try {
      inside =
          Compression.unpack(AgeFile.open(identity, sealed), INSIDE + BackupLimits.DEPOSIT_MAX);
    } catch (IOException e) {
      throw new Refused("is not encrypted to this box, or too large");
    }
    if (inside.length < INSIDE
        || !Bytes.copyOf(inside, 0, Ed25519.PUBLIC_KEY).equals(writer)
        || ByteBuffer.wrap(inside, Ed25519.PUBLIC_KEY, 8).getLong() != number) {
      throw new Refused("holds what somebody else wrote");
    }
    return new DepositEntry(
        writer, number, previous, Arrays.copyOfRange(inside, INSIDE, inside.length));
  }
}
