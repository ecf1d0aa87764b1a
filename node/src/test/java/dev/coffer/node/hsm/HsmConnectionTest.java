package dev.coffer.node.hsm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.port.HsmMethod;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An HSM that is slow is not one that hangs. */
final class HsmConnectionTest {
  @TempDir Path folder;

  @Test
  void onlyDeadlineAfterDeadlineWithoutAnAnswerMeansHung() throws Exception {
    Path socket = folder.resolve("silent.sock");
    AtomicInteger hung = new AtomicInteger();
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket));
      try (HsmConnection connection =
          HsmConnection.open(socket, Duration.ofMillis(10), hung::incrementAndGet)) {
        for (int miss = 1; miss <= 4; miss++) {
          assertEquals(0, hung.get(), "before miss " + miss);
          assertThrows(
              HsmUnavailable.class, () -> connection.call(HsmMethod.POSITION, Bytes.zeros(2)));
        }
        assertEquals(1, hung.get());
      }
    }
  }
}
