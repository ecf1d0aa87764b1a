package dev.coffer.hsm.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as being looked into. */
class DebuggingTest {
  @TempDir private Path folder;

  private boolean debugged(int tracer, String... arguments) throws Exception {
    Path status = folder.resolve("status");
    Files.writeString(status, "Name:\tcoffer-hsm\nTracerPid:\t" + tracer + "\nUid:\t0\n");
    return Debugging.of(status, Optional.of(List.of(arguments)));
  }

  @Test
  void tracersAndAgentsCount() throws Exception {
    assertEquals(false, debugged(0, "-m", "dev.coffer.hsm.simulated", "--home", "x"));
    assertTrue(debugged(4711));
    assertTrue(debugged(0, "-agentlib:jdwp=transport=dt_socket,server=y"));
    assertTrue(debugged(0, "-javaagent:spy.jar"));
    assertTrue(debugged(0, "-Dcom.sun.management.jmxremote"));
  }

  @Test
  void whatCannotBeReadCounts() throws Exception {
    assertTrue(Debugging.of(folder.resolve("none"), Optional.of(List.of())));
    debugged(0);
    assertTrue(Debugging.of(folder.resolve("status"), Optional.empty()));
  }
}
