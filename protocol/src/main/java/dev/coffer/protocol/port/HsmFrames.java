package dev.coffer.protocol.port;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalReader;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.codec.Limits;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/**
 * The frames between a node and its HSM: u32 length ‖ u64 correlation ‖ u8 tag ‖ body. In a call
 * the tag is the {@link HsmMethod}, in its answer {@link #OK} or {@link #REJECTED}. Answers may
 * come in any order. What the bodies hold, {@link HsmCaller} and {@link HsmAnswerer} say, each the
 * mirror image of the other.
 *
 * <p>Stateless. Reading from, or writing to, one channel at once is for the caller to serialise.
 */
public final class HsmFrames {
  /** The tag of an answer that carries a result. */
  public static final int OK = 0;

  /** The tag of an answer that carries a rejection. */
  public static final int REJECTED = 1;

  private static final int HEADER = 4 + 8 + 1;

  /** Octets moved in one go, so that the runtime's hidden off-heap copy stays small. */
  private static final int CHUNK = 64 << 10;

  private HsmFrames() {}

  /**
   * One frame.
   *
   * @param correlation chosen by the caller, repeated in the answer
   * @param body at most {@link Limits#FRAME_MAX} octets less the header
   */
  public record Frame(long correlation, int tag, Bytes body) {}

  /** The next frame; empty when the other side has closed the channel between two frames. */
  public static Optional<Frame> read(ReadableByteChannel channel) throws IOException, Rejected {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    if (!fill(channel, header)) {
      return Optional.empty();
    }
    ((Buffer) header).flip(); // as an older JDK has it, and with it Android
    int length = header.getInt();
    long correlation = header.getLong();
    int tag = header.get() & 0xff;
    if (length < HEADER - 4 || length > Limits.FRAME_MAX) {
      throw new Rejected(RejectionCode.OUT_OF_RANGE, "frame length");
    }
    byte[] body = new byte[length - (HEADER - 4)];
    if (body.length > 0 && !fill(channel, ByteBuffer.wrap(body))) {
      throw new EOFException("the channel ended inside a frame");
    }
    return Optional.of(new Frame(correlation, tag, Bytes.wrap(body)));
  }

  /** Fills {@code target}; false if the channel ended before its first octet. */
  private static boolean fill(ReadableByteChannel channel, ByteBuffer target) throws IOException {
    int end = target.limit();
    while (target.position() < end) {
      ((Buffer) target).limit(Math.min(end, target.position() + CHUNK));
      if (channel.read(target) < 0) {
        if (target.position() == 0) {
          return false;
        }
        throw new EOFException("the channel ended inside a frame");
      }
    }
    return true;
  }

  /** Writes one frame completely. */
  public static void write(WritableByteChannel channel, Frame frame) throws IOException {
    byte[] body = frame.body().toByteArray();
    ByteBuffer octets = ByteBuffer.allocate(HEADER + body.length);
    octets
        .putInt(HEADER - 4 + body.length)
        .putLong(frame.correlation())
        .put((byte) frame.tag())
        .put(body);
    ((Buffer) octets).flip();
    int end = octets.limit();
    while (octets.position() < end) {
      ((Buffer) octets).limit(Math.min(end, octets.position() + CHUNK));
      channel.write(octets);
    }
  }

  /** The body of an answer with the tag {@link #REJECTED}. */
  public static Bytes encode(Rejected rejected) {
    return new CanonicalWriter().u16(rejected.code().number()).string(rejected.what()).toBytes();
  }

  /** The rejection that {@link #encode} wrote. */
  public static Rejected decodeRejected(Bytes body) throws Rejected {
    CanonicalReader in = new CanonicalReader(body);
    Rejected rejected = new Rejected(RejectionCode.of(in.u16()), in.text(256, "rejection"));
    in.end();
    return rejected;
  }
}
