package dev.coffer.verification.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nobody listens at the other end, which the system there says: one round trip. */
@Tag("long")
class LongCablesTest {
  private static final int NOBODY = 9;
  private static final int PATIENCE_MILLIS = 60_000;

  private static void knock(Hosts hosts, int host, int millis) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(hosts.address(host), NOBODY), millis);
    }
  }

  private static LongCables cables(int lostOfThousand) {
    return new LongCables(List.of(30, 20, 170), lostOfThousand, new SplittableRandom(1));
  }

  private static void assumePossible() throws InterruptedException {
    Optional<String> unavailable = FiveSites.unavailable();
    assumeTrue(unavailable.isEmpty(), () -> "skipped: " + unavailable.orElse(""));
  }

  @Test
  void whatIsSentArrivesAfterBothDelaysAndNotBefore() throws Exception {
    assumePossible();
    LongCables cables = cables(0);
    assertEquals(200, cables.roundTripMillis(0, 2));
    try (Hosts hosts = Hosts.make(2, Optional.of(cables))) {
      for (int host = 1; host <= 2; host++) {
        int to = host;
        long began = System.nanoTime();
        assertThrows(ConnectException.class, () -> knock(hosts, to, PATIENCE_MILLIS));
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertTrue(took >= cables.roundTripMillis(0, host), took + " ms to host " + host);
      }
    }
  }

  @Test
  void whatGetsLostDoesNotArrive() throws Exception {
    assumePossible();
    try (Hosts hosts = Hosts.make(1, Optional.of(cables(1000)))) {
      assertThrows(IOException.class, () -> knock(hosts, 1, 1000));
    }
  }

  @Test
  void aCutIsACut() throws Exception {
    assumePossible();
    try (Hosts hosts = Hosts.make(1, Optional.of(cables(0)))) {
      hosts.cut(1, 0);
      assertThrows(SocketTimeoutException.class, () -> knock(hosts, 1, 1000));
      hosts.mend(1, 0);
      assertThrows(ConnectException.class, () -> knock(hosts, 1, PATIENCE_MILLIS));
    }
  }
}
