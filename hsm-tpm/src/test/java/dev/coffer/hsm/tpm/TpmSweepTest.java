package dev.coffer.hsm.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process left in a TPM is flushed, and what another program uses is not. */
@Tag("long")
final class TpmSweepTest {
  @TempDir private Path folder;

  /** As the kernel's resource manager stands between: sessions of all programs can be seen. */
  private record Shared(TpmLink link) implements TpmLink {
    @Override
    public byte[] exchange(byte[] command) throws IOException {
      return link.exchange(command);
    }

    @Override
    public boolean managed() {
      return true;
    }

    @Override
    public void close() throws IOException {
      link.close();
    }
  }

  /** Starts a policy session as another program does, and says its handle. */
  private static int session(TpmLink link) throws IOException {
    String start = "80010000002b00000176" + "4000000740000007" + "0010" + "22".repeat(16);
    byte[] command = Bytes.fromHex(start + "0000" + "01" + "0010" + "000b").toByteArray();
    ByteBuffer response = ByteBuffer.wrap(link.exchange(command));
    assertEquals(0, response.getInt(6));
    return response.getInt(10);
  }

  /** The result of TPM2_FlushContext: 0 if it was there. */
  private static int flush(TpmLink link, int handle) throws IOException {
    ByteBuffer command = ByteBuffer.allocate(14).putShort((short) 0x8001).putInt(14);
    byte[] octets = command.putInt(0x165).putInt(handle).array();
    return ByteBuffer.wrap(link.exchange(octets)).getInt(6);
  }

  @Test
  void behindAResourceManagerOtherProgramsKeepTheirSessions() throws Exception {
    if (!Swtpm.here()) {
      System.out.println("SKIP: " + Swtpm.SKIP);
    }
    Assumptions.assumeTrue(Swtpm.here(), Swtpm.SKIP);
    try (Swtpm chip = new Swtpm(folder.resolve("chip"))) {
      chip.start();
      try (TpmLink link = TpmLink.open(chip.place())) {
        int session = session(link);
        new Tpm(new Shared(link), List.of(0)).sweep();
        assertEquals(0, flush(link, session), "it is another program's");
        session = session(link);
        new Tpm(link, List.of(0)).sweep();
        assertNotEquals(0, flush(link, session), "nobody else is there");
      }
    }
    assertTrue(TpmLink.managed("/dev/tpmrm0"));
    assertFalse(TpmLink.managed("/dev/tpm0") || TpmLink.managed("unix:/dev/tpmrm0"));
  }
}
