package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A child sees what is meant for it. */
final class ChildEnvironmentTest {
  @Test
  void onlyWhatIsNeededAndWhatIsMeantPasses() {
    Map<String, String> environment =
        new TreeMap<>(
            Map.of(
                "PATH", "/bin",
                "TZ", "UTC",
                "HOME", "/home/alice",
                "AWS_SECRET_ACCESS_KEY", "x",
                "JAVA_TOOL_OPTIONS", "-agentlib:x",
                "LD_PRELOAD", "x",
                "COFFER_NODE_LIMIT_ACCOUNT_RATE", "7",
                "COFFER_CODE", "1234"));
    ChildEnvironment.clean(environment, "COFFER_NODE_");
    assertEquals(
        new TreeSet<>(List.of("PATH", "TZ", "COFFER_NODE_LIMIT_ACCOUNT_RATE")),
        environment.keySet());
  }

  @Test
  void aRealChildHasNothingElse() throws IOException {
    ProcessBuilder builder = new ProcessBuilder("/usr/bin/env");
    builder.environment().put("PLANTED", "secret");
    ChildEnvironment.clean(builder.environment());
    Process child = builder.start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(said.contains("PATH="), said);
    assertTrue(!said.contains("PLANTED") && !said.contains("secret"), said);
  }
}
