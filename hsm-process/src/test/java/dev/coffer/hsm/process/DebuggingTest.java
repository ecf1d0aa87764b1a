package dev.coffer.hsm.process;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as being looked into. */
class DebuggingTest {
  @TempDir private Path folder;
  private String environment = "";

  private boolean debugged(int tracer, String... arguments) throws Exception {
    Files.writeString(
        folder.resolve("status"), "Name:\tcoffer-hsm\nTracerPid:\t" + tracer + "\nUid:\t0\n");
    Files.writeString(folder.resolve("cmdline"), String.join("\0", arguments) + "\0");
    Files.writeString(folder.resolve("environ"), "HOME=/\0" + environment + "\0");
    return Debugging.of(folder);
  }

  /** Options reach a virtual machine without standing among its arguments, too. */
  @Test
  void whatIsHiddenElsewhereCounts() throws Exception {
    environment = "JAVA_TOOL_OPTIONS=-XX:+UseSerialGC -Xmx64m";
    assertFalse(debugged(0, "x"));
    environment = "MAIL=-agentlib:jdwp";
    assertFalse(debugged(0, "x"));
    for (String variable : List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS")) {
      environment = variable + "=-Xmx64m\n'-agentlib:jdwp=server=y'";
      assertTrue(debugged(0, "x"), variable);
    }
    environment = "JDK_JAVA_OPTIONS=@more";
    assertTrue(debugged(0, "x"));
    environment = "";
    assertTrue(debugged(0, "@more"));
    assertTrue(debugged(0, "-XX:Flags=.hotspotrc"));
    assertTrue(debugged(0, "-XX:VMOptionsFile=more"));
  }

  @Test
  void tracersAndAgentsCount() throws Exception {
    assertFalse(debugged(0, "-m", "dev.coffer.hsm.simulated", "--home", "x"));
    assertTrue(debugged(4711));
    assertTrue(debugged(0, "-agentlib:jdwp=transport=dt_socket,server=y"));
    assertTrue(debugged(0, "-javaagent:spy.jar"));
    assertTrue(debugged(0, "-Dcom.sun.management.jmxremote"));
  }

  @Test
  void whatCannotBeReadCounts() throws Exception {
    assertTrue(Debugging.of(folder.resolve("none")));
    assertFalse(debugged(0, "x"));
    Files.delete(folder.resolve("status"));
    assertTrue(Debugging.of(folder));
    assertTrue(debugged(0, "x".repeat(4 << 20)));
  }
}
