package dev.coffer.ceremony.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.ceremony.plan.CeremonyRefused;
import dev.coffer.ceremony.record.Message.Kind;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.transparency.text.Utf8;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A site that lies may write any line and chain it rightly: people read, print and sign these. */
class TranscriptTest {
  private static final Bytes PLAN = Bytes.zeros(32);
  private static final String TIME = "2026-12-01T12:00:00Z";

  /** A transcript of one line, chained as it has to be. */
  private static Bytes chained(String number, String time, String step, String what) {
    String head = "coffer/ceremony-transcript/v1\nplan " + PLAN.hex() + "\nsite 2\n";
    Bytes before = Hashes.sha256(Utf8.encode(head));
    String line = String.join(" ", number, time, step, what, "after", before.hex());
    return Utf8.encode(head + line + "\n");
  }

  private static void refused(Bytes octets) {
    assertThrows(CeremonyRefused.class, () -> Transcript.parse(octets, PLAN, 2));
  }

  @Test
  void aLineInItsOneFormIsRead() throws CeremonyRefused {
    Bytes octets = chained("1", TIME, "exception", "the door stood open");
    Transcript read = Transcript.parse(octets, PLAN, 2);
    assertEquals(
        List.of(new Transcript.Entry(TIME, "exception", "the door stood open")), read.entries());
    Transcript written =
        Transcript.begin(PLAN, 2)
            .append(Instant.parse(TIME), Transcript.EXCEPTION, "the door stood open");
    assertEquals(octets, written.encode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u202e2026-12-01T12:00:00Z",
        "2026-12-01T12:00:0\u009b0Z",
        "\u001b[8m2026-12-01T12:00:00Z",
        "\u0662026-12-01T12:00:00Z",
        "2026-12-01T12:00:00.000Z",
        "2026-12-01T12:00Z",
        "+99999-12-01T12:00:0Z",
        "2026-13-01T12:00:00Z",
        "2026-12-01T24:00:00Z",
        "2026-12-01T23:59:60Z",
        "2026-12-01t12:00:00Z",
        "noon-of-that-1st-dayZ",
      })
  void aTimeIsATime(String time) {
    refused(chained("1", time, "exception", "all well"));
    String text = "coffer/ceremony-message/v1 statement\nplan %s\nsite 2\ntime %s\n";
    Bytes message = Utf8.encode(text.formatted(PLAN.hex(), time));
    assertThrows(
        CeremonyRefused.class, () -> Message.parse(message, Kind.STATEMENT, 2, PLAN), time);
  }

  @Test
  void aMessagesTimeInItsOneFormIsRead() throws CeremonyRefused {
    String text = "coffer/ceremony-message/v1 statement\nplan %s\nsite 2\ntime %s\n";
    Bytes message = Utf8.encode(text.formatted(PLAN.hex(), TIME));
    assertEquals(Instant.parse(TIME), Message.parse(message, Kind.STATEMENT, 2, PLAN).time());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ex\u00e9ption", "approved", "Exception", "exceptional"})
  void aStepIsOneOfThePlan(String step) {
    refused(chained("1", TIME, step, "all well"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"al\u00fcbeck", "\u202ewell", "a\u007fb", "a\u001b[8mb", "a\tb", "a\rb"})
  void whatHappenedIsPrintableAscii(String what) {
    refused(chained("1", TIME, "exception", what));
  }

  @Test
  void nothingIsLongerThanPeopleRead() throws CeremonyRefused {
    String most = "x".repeat(Transcript.EXCEPTION_MAX);
    assertTrue(
        Transcript.parse(chained("1", TIME, "exception", most), PLAN, 2).entries().size() == 1);
    refused(chained("1", TIME, "exception", most + "x"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "2", "\u0661", "0", "+1"})
  void aNumberIsTheLines(String number) {
    refused(chained(number, TIME, "exception", "all well"));
  }

  @Test
  void aLineEndsInOneWay() {
    String text =
        new String(
            chained("1", TIME, "exception", "all well").toByteArray(),
            java.nio.charset.StandardCharsets.US_ASCII);
    for (String end : List.of("\r", "\r\n", "\n\n", "\u0085", "\u2028", "")) {
      refused(Utf8.encode(text.substring(0, text.length() - 1) + end));
    }
  }
}
