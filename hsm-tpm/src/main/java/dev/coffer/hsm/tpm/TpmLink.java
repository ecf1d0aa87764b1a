package dev.coffer.hsm.tpm;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Carries commands to one TPM, one at a time. */
public interface TpmLink extends AutoCloseable {
  /** Octets of the largest response. */
  int RESPONSE_MAX = 4096;

  /** Sends a command and gives its response, header included. */
  byte[] exchange(byte[] command) throws IOException;

  /**
   * Whether a resource manager is in between, which clears up after each of its users; what is seen
   * through it may be other programs'.
   */
  default boolean managed() {
    return false;
  }

  /** Whether the Linux kernel's resource manager is at {@code place}. */
  static boolean managed(String place) {
    return place.startsWith("/dev/tpmrm");
  }

  @Override
  void close() throws IOException;

  /**
   * The TPM at {@code place}: a device such as {@code /dev/tpmrm0}, or {@code unix:PATH}, the
   * socket of an emulator or of a virtual machine's host.
   */
  static TpmLink open(String place) throws IOException {
    if (place.startsWith("unix:")) {
      Path socket = Path.of(place.substring("unix:".length()));
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
      } catch (IOException e) {
        channel.close();
        throw new IOException("No TPM answers at " + place + ": start it, or correct 'tpm'.", e);
      }
      return over(channel, managed(place));
    }
    Path device = Path.of(place);
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      throw new IOException(
          "There is no TPM "
              + place
              + " that this user may use: correct 'tpm', or add the user to the group tss.");
    }
    return over(
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE),
        managed(place));
  }

  private static TpmLink over(ByteChannel channel, boolean managed) {
    return new TpmLink() {
      @Override
      public byte[] exchange(byte[] command) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(command);
        while (out.hasRemaining()) {
          channel.write(out);
        }
        ByteBuffer in = ByteBuffer.allocate(RESPONSE_MAX);
        // A device gives the whole response at once; a socket may give it in pieces.
        while (in.position() < Tpm.HEADER || in.position() < in.getInt(2)) {
          if (in.position() >= Tpm.HEADER && in.getInt(2) > RESPONSE_MAX) {
            throw new IOException("The TPM's response is too long.");
          }
          if (channel.read(in) <= 0) {
            throw new EOFException("The TPM went away: see whether it runs, and start again.");
          }
        }
        byte[] response = new byte[in.position()];
        in.get(0, response);
        in.clear().put(new byte[RESPONSE_MAX]);
        return response;
      }

      @Override
      public boolean managed() {
        return managed;
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
