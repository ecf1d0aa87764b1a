package dev.coffer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where the home directory is. */
class SessionTest {
  @Test
  void homeIsWhatTheShellCallsSo() {
    assertEquals(
        Path.of("/home/a"), Session.userHome(Map.of("HOME", "/home/a"), "/from/the/database"));
    assertEquals(Path.of("/db"), Session.userHome(Map.of(), "/db"));
    assertEquals(Path.of("/db"), Session.userHome(Map.of("HOME", ""), "/db"));
    assertEquals(Path.of("/db"), Session.userHome(Map.of("HOME", "relative"), "/db"));
  }
}
