package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LoopbackPortsTest {
  private static final int FROM = 23_000;

  /** Takes a few and says which, for {@link #noTwoProcessesAreGivenTheSame}. */
  public static void main(String[] args) throws IOException {
    System.out.println(LoopbackPorts.take(40, FROM));
    while (System.in.read() >= 0) {}
  }

  @Test
  void allAreFreeAndBelowThoseThatTheSystemGivesAway() throws Exception {
    List<Integer> ports = LoopbackPorts.take(50);
    assertEquals(50, Set.copyOf(ports).size());
    for (int port : ports) {
      assertTrue(port >= 10_000 && port < 32_000, ports::toString);
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }
    assertFalse(ports.contains(LoopbackPorts.take()));
  }

  @Test
  void whereSomebodyListensIsPassedOver() throws Exception {
    int next = LoopbackPorts.take() + 1;
    try (ServerSocket taken = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
      assertFalse(LoopbackPorts.take(3).contains(taken.getLocalPort()));
    }
  }

  @Test
  void noTwoProcessesAreGivenTheSame() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process other =
        new ProcessBuilder(
                java, "-cp", FolderLockTest.classPath(), LoopbackPortsTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String said = other.inputReader().readLine();
      List<Integer> theirs =
          List.of(said.substring(1, said.length() - 1).split(", ")).stream()
              .map(Integer::valueOf)
              .toList();
      assertEquals(40, theirs.size());
      List<Integer> ours = LoopbackPorts.take(40, FROM);
      assertTrue(Collections.disjoint(ours, theirs), () -> ours + " and " + theirs);
    } finally {
      other.outputWriter().close();
      assertTrue(other.waitFor(30, TimeUnit.SECONDS));
    }
  }
}
