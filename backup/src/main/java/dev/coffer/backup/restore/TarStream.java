package dev.coffer.backup.restore;

import dev.coffer.backup.tree.Attributes;
import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a tar archive in the pax format of POSIX.1-2001. Names are octets, as file systems have
 * them; extended attributes are written as GNU tar and libarchive read them. Not thread-safe.
 */
final class TarStream {
  /** What an entry is. */
  enum Type {
    FILE('0'),
    FURTHER_NAME('1'),
    LINK('2'),
    DIRECTORY('5'),
    EXTENDED('x');

    private final char flag;

    Type(char flag) {
      this.flag = flag;
    }
  }

  /**
   * What a header says.
   *
   * @param name relative to where the archive is unpacked
   * @param mode permission bits, set-user-id, set-group-id and sticky
   * @param size octets of content that follow
   * @param target of a link or further name, otherwise empty
   */
  record Header(
      Type type,
      Bytes name,
      int mode,
      Instant modified,
      long size,
      Bytes target,
      Attributes attributes) {}

  private static final int BLOCK = 512;
  private static final int NAME_MAX = 100;

  /** The largest number in eleven octal digits, and in seven. */
  private static final long LARGE_MAX = (1L << 33) - 1;

  private static final long SMALL_MAX = (1L << 21) - 1;

  private final OutputStream out;

  TarStream(OutputStream out) {
    this.out = out;
  }

  /** Begins an entry; {@code size} octets of content follow, and then {@link #pad}. */
  void begin(Header header) throws IOException {
    byte[] records = records(header);
    if (records.length > 0) {
      Header extended =
          new Header(
              Type.EXTENDED,
              Bytes.wrap(ascii("PaxHeader")),
              0644,
              Instant.EPOCH,
              records.length,
              Bytes.zeros(0),
              Attributes.NONE);
      out.write(block(extended));
      out.write(records);
      pad(records.length);
    }
    out.write(block(header));
  }

  /** Fills the last block after {@code size} octets of content. */
  void pad(long size) throws IOException {
    out.write(new byte[(int) (-size & (BLOCK - 1))]);
  }

  /** Ends the archive. */
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  /** What does not fit into a header of 512 octets. */
  private static byte[] records(Header header) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    byte[] name = header.name().toByteArray();
    byte[] target = header.target().toByteArray();
    boolean longName = isLong(name);
    boolean longTarget = isLong(target);
    if (longName && !isUtf8(name) || longTarget && !isUtf8(target)) {
      record(records, "hdrcharset", ascii("BINARY"));
    }
    if (longName) {
      record(records, "path", name);
    }
    if (longTarget) {
      record(records, "linkpath", target);
    }
    if (header.size() > LARGE_MAX) {
      record(records, "size", ascii(Long.toString(header.size())));
    }
    Instant time = header.modified();
    if (time.getNano() != 0 || time.getEpochSecond() < 0 || time.getEpochSecond() > LARGE_MAX) {
      BigDecimal seconds =
          BigDecimal.valueOf(time.getEpochSecond()).add(BigDecimal.valueOf(time.getNano(), 9));
      record(records, "mtime", ascii(seconds.stripTrailingZeros().toPlainString()));
    }
    Optional<Attributes.Owner> owner = header.attributes().owner();
    if (owner.isPresent()) {
      number(records, "uid", owner.get().user());
      number(records, "gid", owner.get().group());
    }
    for (Map.Entry<String, Bytes> one : header.attributes().extended().entrySet()) {
      record(records, "SCHILY.xattr.user." + one.getKey(), one.getValue().toByteArray());
    }
    return records.toByteArray();
  }

  /** Whether a name needs a record: one that is no ASCII has no meaning in the header itself. */
  private static boolean isLong(byte[] name) {
    boolean ascii = true;
    for (byte octet : name) {
      ascii &= octet >= 0;
    }
    // What is not UTF-8 stands as it is while it fits: no reader looks at its characters.
    return name.length > NAME_MAX || !ascii && isUtf8(name);
  }

  private static boolean isUtf8(byte[] name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).remaining() >= 0;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static void number(ByteArrayOutputStream records, String key, int value)
      throws IOException {
    long number = Integer.toUnsignedLong(value);
    if (number > SMALL_MAX) {
      record(records, key, ascii(Long.toString(number)));
    }
  }

  /** {@code LENGTH KEY=VALUE} and a newline; the length counts itself. */
  private static void record(ByteArrayOutputStream records, String key, byte[] value)
      throws IOException {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    int rest = name.length + value.length + 3;
    int size = rest + 1;
    while (rest + Integer.toString(size).length() != size) {
      size++;
    }
    records.write(ascii(size + " "));
    records.write(name);
    records.write('=');
    records.write(value);
    records.write('\n');
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] block(Header header) {
    byte[] block = new byte[BLOCK];
    put(block, 0, header.name().toByteArray());
    octal(block, 100, 8, header.mode());
    Optional<Attributes.Owner> owner = header.attributes().owner();
    octal(block, 108, 8, small(owner.map(Attributes.Owner::user)));
    octal(block, 116, 8, small(owner.map(Attributes.Owner::group)));
    octal(block, 124, 12, header.size() > LARGE_MAX ? 0 : header.size());
    long seconds = header.modified().getEpochSecond();
    octal(block, 136, 12, seconds < 0 || seconds > LARGE_MAX ? 0 : seconds);
    block[156] = (byte) header.type().flag;
    put(block, 157, header.target().toByteArray());
    put(block, 257, ascii("ustar\0" + "00"));
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte octet : block) {
      sum += octet & 0xff;
    }
    octal(block, 148, 7, sum);
    return block;
  }

  /** The number if it fits; otherwise a record tells it. */
  private static long small(Optional<Integer> number) {
    return number.map(Integer::toUnsignedLong).filter(one -> one <= SMALL_MAX).orElse(0L);
  }

  private static void put(byte[] block, int at, byte[] text) {
    System.arraycopy(text, 0, block, at, Math.min(text.length, NAME_MAX));
  }

  /** Octal digits that fill the field but for its last octet, which is NUL. */
  private static void octal(byte[] block, int at, int size, long value) {
    long rest = value;
    for (int i = at + size - 2; i >= at; i--) {
      block[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
    block[at + size - 1] = 0;
  }
}
