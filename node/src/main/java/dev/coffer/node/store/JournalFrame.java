package dev.coffer.node.store;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One commit as it stands in the journal: number ‖ forcedUpTo ‖ patches ‖ CRC-32C, cut into blocks
 * of 512 octets whose first octet says whether a frame begins there. So nothing inside a frame,
 * which may be an entry that a hostile leader composed, can be taken for a frame.
 *
 * @param number counts commits from 1, for ever
 * @param forcedUpTo the newest commit that is known to stand in the files themselves
 */
record JournalFrame(long number, long forcedUpTo, List<Slot.Patch> patches) {
  static final int BLOCK = 512;

  /** A frame may not be longer: bounds what recovery reads into memory. */
  static final int OCTETS_MAX = 24 << 20;

  private static final byte BEGINS = (byte) 0xb1;
  private static final byte GOES_ON = 0x60;
  private static final int HEADER = 8 + 8 + 4;
  private static final int SUM = 4;
  private static final int PATCH_HEADER = 1 + 2 + 8 + 4;

  /** What recovery wants to know of a frame before it reads what is in it. */
  record Header(long number, long forcedUpTo) {}

  /** Blocks for a frame whose body has {@code length} octets. */
  private static int blocks(int length) {
    return (HEADER + length + SUM + BLOCK - 2) / (BLOCK - 1);
  }

  /** The blocks. */
  byte[] encode() {
    int length = 0;
    for (Slot.Patch patch : patches) {
      length += PATCH_HEADER + patch.content().size();
    }
    Invariant.check(length <= OCTETS_MAX, "a journal frame is bounded");
    ByteBuffer plain = ByteBuffer.allocate(HEADER + length + SUM);
    plain.putLong(number).putLong(forcedUpTo).putInt(length);
    for (Slot.Patch patch : patches) {
      Slot slot = patch.slot();
      plain.put((byte) slot.kind().ordinal()).putShort((short) slot.partition());
      plain.putLong(slot.number()).putInt(patch.content().size());
      patch.content().copyInto(plain.array(), plain.position());
      plain.position(plain.position() + patch.content().size());
    }
    plain.putInt(sum(plain.array(), plain.position())).flip();
    byte[] out = new byte[blocks(length) * BLOCK];
    for (int at = 0; at < out.length; at += BLOCK) {
      out[at] = at == 0 ? BEGINS : GOES_ON;
      plain.get(out, at + 1, Math.min(BLOCK - 1, plain.remaining()));
    }
    return out;
  }

  private static int sum(byte[] octets, int length) {
    CRC32C crc = new CRC32C();
    crc.update(octets, 0, length);
    return (int) crc.getValue();
  }

  /**
   * Octets the frame whose first block is {@code block} takes up in the journal, or 0 if none can
   * begin there.
   */
  static int length(byte[] block) {
    int length = ByteBuffer.wrap(block).getInt(1 + 8 + 8);
    return block[0] != BEGINS || length < 0 || length > OCTETS_MAX ? 0 : blocks(length) * BLOCK;
  }

  /** The frame's plain octets, or nothing if it is torn, stale in part, or damaged. */
  private static Optional<ByteBuffer> plain(byte[] blocks) {
    byte[] plain = new byte[blocks.length / BLOCK * (BLOCK - 1)];
    for (int at = 0, to = 0; at < blocks.length; at += BLOCK, to += BLOCK - 1) {
      if (blocks[at] != (at == 0 ? BEGINS : GOES_ON)) {
        return Optional.empty();
      }
      System.arraycopy(blocks, at + 1, plain, to, BLOCK - 1);
    }
    ByteBuffer in = ByteBuffer.wrap(plain);
    int end = HEADER + in.getInt(8 + 8);
    return in.getInt(end) == sum(plain, end) ? Optional.of(in.limit(end)) : Optional.empty();
  }

  /** Number and forcedUpTo of the frame in {@code blocks}, if it is whole. */
  static Optional<Header> header(byte[] blocks) {
    return plain(blocks).map(in -> new Header(in.getLong(), in.getLong()));
  }

  /** Decodes {@link #encode}, if it is whole. */
  static Optional<JournalFrame> decode(byte[] blocks) {
    return plain(blocks).map(JournalFrame::read);
  }

  private static JournalFrame read(ByteBuffer in) {
    long number = in.getLong();
    long forcedUpTo = in.getLong();
    in.getInt();
    List<Slot.Patch> patches = new ArrayList<>();
    while (in.hasRemaining()) {
      Slot.Kind kind = Slot.Kind.values()[in.get()];
      Slot slot = new Slot(in.getShort(), kind, in.getLong());
      byte[] content = new byte[in.getInt()];
      in.get(content);
      patches.add(new Slot.Patch(slot, Bytes.wrap(content)));
    }
    return new JournalFrame(number, forcedUpTo, patches);
  }
}
