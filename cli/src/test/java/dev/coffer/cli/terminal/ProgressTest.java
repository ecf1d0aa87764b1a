package dev.coffer.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Progress says how far, of how much, and how long it will take. */
class ProgressTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  private Progress start(Progress.Manner manner) {
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Progress.start("Backing up", 0, Progress.Unit.MEGABYTES, err, manner, () -> now);
  }

  private String text() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void linesComeEveryFiveSecondsWithTheTimeThatIsLeft() {
    try (Progress progress = start(Progress.Manner.LINES)) {
      progress.at(1_000_000, 0);
      now = now.plusSeconds(4);
      progress.at(2_000_000, 0);
      assertEquals("", text());
      now = now.plusSeconds(1);
      progress.at(2_000_000, 0);
      assertEquals("   Backing up: 2.0 MB\n", text(), "nobody knows of how much");
      said.reset();
      now = now.plusSeconds(5);
      progress.at(4_000_000, 40_000_000);
      assertEquals("   Backing up: 4.0 MB of 40.0 MB, 1 min 30 s left\n", text());
    }
  }

  @Test
  void eventsComeEverySecondAndAtTheEnd() {
    try (Progress progress = start(Progress.Manner.EVENTS)) {
      now = now.plusSeconds(1);
      progress.at(10, 40);
      progress.at(20, 40);
      assertEquals(
          "{\"event\":\"progress\",\"task\":\"Backing up\",\"unit\":\"octets\",\"done\":10,\"inAll\":40,"
              + "\"secondsLeft\":3}\n",
          text());
      said.reset();
      // The source grew since it was counted.
      progress.at(50, 40);
    }
    assertTrue(text().contains("\"done\":50,\"inAll\":50,\"secondsLeft\":0}"), text());
  }

  @Test
  void nothingIsSaidWhereNobodyWatches() {
    try (Progress progress = start(Progress.Manner.NONE)) {
      now = now.plusSeconds(60);
      progress.at(10, 40);
    }
    assertEquals("", text());
  }

  /** The bar is drawn by a thread of its own, but at the start and the end at once. */
  @Test
  void theBarFitsInto80Columns() {
    try (Progress progress = start(Progress.Manner.BAR)) {
      progress.at(123_456_789_012L, 999_999_999_999L);
    }
    for (String line : text().split("[\r\n]")) {
      String seen = line.replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "");
      assertTrue(seen.length() <= Progress.COLUMNS, seen.length() + ": " + seen);
    }
    assertTrue(text().contains("Backing up"), text());
  }
}
