package dev.coffer.node.peer;

import dev.coffer.protocol.codec.Bytes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * u32 length of the rest ‖ u8 kind ‖ u64 correlation ‖ u16 number ‖ body. {@code number} is the
 * method of a question or notice and the reason of a refusal.
 */
record Frame(Kind kind, long correlation, int number, Bytes body) {
  /** Octets of a body: a batch of replies for a full entry, or a page of the record tree. */
  static final int BODY_MAX = 4 << 20;

  private static final int HEADER = 1 + 8 + 2;

  /** What a frame is. */
  enum Kind {
    ASK,
    TELL,
    ANSWER,
    REFUSE
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(HEADER + body.size());
    out.writeByte(kind.ordinal());
    out.writeLong(correlation);
    out.writeShort(number);
    out.write(body.toByteArray());
  }

  /**
   * Reads a frame; null at the end of the stream; an {@link IOException} for anything out of shape,
   * which ends the link.
   */
  static @Nullable Frame read(DataInputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int length =
        first << 24
            | in.readUnsignedByte() << 16
            | in.readUnsignedByte() << 8
            | in.readUnsignedByte();
    if (length < HEADER || length > HEADER + BODY_MAX) {
      throw new IOException("a peer sent a frame of impossible length");
    }
    int kind = in.readUnsignedByte();
    if (kind >= Kind.values().length) {
      throw new IOException("a peer sent a frame of unknown kind");
    }
    long correlation = in.readLong();
    int number = in.readUnsignedShort();
    byte[] body = in.readNBytes(length - HEADER);
    if (body.length != length - HEADER) {
      throw new IOException("a peer's frame was cut off");
    }
    return new Frame(Kind.values()[kind], correlation, number, Bytes.wrap(body));
  }
}
