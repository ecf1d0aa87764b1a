package dev.coffer.hsm.tpm;

import dev.coffer.protocol.codec.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Octets of TPM structures: numbers in big-endian order, arrays behind a length of 16 bits. What is
 * put into another structure is erased here: some of it is secret.
 */
final class TpmBuffer {
  private final Growing out = new Growing();

  /** Never grows in earnest, so that no outgrown copy is left behind. */
  private static final class Growing extends ByteArrayOutputStream {
    Growing() {
      super(1024);
    }

    void erase() {
      Arrays.fill(buf, (byte) 0);
      reset();
    }
  }

  TpmBuffer u8(int value) {
    out.write(value);
    return this;
  }

  TpmBuffer u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  TpmBuffer u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  TpmBuffer raw(byte... octets) {
    out.writeBytes(octets);
    return this;
  }

  /** An array with its length before it: TPM2B. */
  TpmBuffer sized(byte... octets) {
    return u16(octets.length).raw(octets);
  }

  TpmBuffer sized(Bytes octets) {
    return sized(octets.toByteArray());
  }

  TpmBuffer sized(TpmBuffer structure) {
    byte[] octets = structure.take();
    sized(octets);
    Arrays.fill(octets, (byte) 0);
    return this;
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  /** The octets, of which no other copy is left here. */
  byte[] take() {
    byte[] octets = out.toByteArray();
    out.erase();
    return octets;
  }

  /** Reads a response. */
  static final class Reader {
    private final ByteBuffer in;

    Reader(byte[] octets) {
      this.in = ByteBuffer.wrap(octets);
    }

    private void need(int octets) throws IOException {
      if (octets < 0 || in.remaining() < octets) {
        throw new IOException("The TPM's response is cut short.");
      }
    }

    int u8() throws IOException {
      need(1);
      return in.get() & 0xff;
    }

    int u16() throws IOException {
      need(2);
      return in.getShort() & 0xffff;
    }

    int u32() throws IOException {
      need(4);
      return in.getInt();
    }

    long u64() throws IOException {
      need(8);
      return in.getLong();
    }

    byte[] raw(int size) throws IOException {
      need(size);
      byte[] octets = new byte[size];
      in.get(octets);
      return octets;
    }

    byte[] sized() throws IOException {
      return raw(u16());
    }

    /** Overwrites the response. */
    void erase() {
      Arrays.fill(in.array(), (byte) 0);
    }
  }
}
