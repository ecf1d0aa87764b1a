package dev.coffer.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.fleet.Device;
import dev.coffer.client.fleet.MiniFleet;
import dev.coffer.client.port.KeyStretching;
import dev.coffer.client.secret.Argon2id;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A device that cannot stretch the code now, for want of memory or because the app cancelled: that
 * is never a wrong code, and it costs no guess.
 */
@Tag("long")
final class StretchingFailureTest {
  private static final KeyStretching FULL =
      (output, salt, parameters) -> {
        throw new OutOfMemoryError("as the allocation of 64 MiB");
      };

  private static final KeyStretching CANCELLED =
      (output, salt, parameters) -> {
        throw new InterruptedException();
      };

  private final MiniFleet fleet = new MiniFleet(5, 3, Device.seeded(71));
  private final Device device = new Device(fleet, Device.seeded(72));

  private Enrolment enrol() {
    return device
        .start()
        .enrol(Slot.CODE, Device.code("123456"), Device.secret(1), Authority.none());
  }

  private Recovery recover(String code) {
    return device.start().recover(Slot.CODE, Device.code(code));
  }

  @AfterEach
  void calm() {
    Thread.interrupted();
  }

  @Test
  void aRegistrationGoesOnWithTheSameRequest() {
    device.stretching = FULL;
    assertEquals(new Enrolment.TryAgain(Duration.ZERO, Cause.STRETCHING), enrol());
    device.stretching = CANCELLED;
    assertEquals(new Enrolment.TryAgain(Duration.ZERO, Cause.INTERRUPTED), enrol());
    assertTrue(Thread.interrupted());
    device.stretching = new Argon2id();
    assertInstanceOf(Enrolment.Enrolled.class, enrol());
    assertEquals(fleet.captured().get(0).hash(), fleet.captured().get(1).hash(), "one start, kept");
  }

  @Test
  void aRecoveryCostsOneGuessHoweverOftenTheDeviceFails() {
    enrol();
    device.stretching = FULL;
    assertEquals(new Recovery.TryAgain(Duration.ZERO, Cause.STRETCHING), recover("123456"));
    device.stretching = CANCELLED;
    assertEquals(new Recovery.TryAgain(Duration.ZERO, Cause.INTERRUPTED), recover("123456"));
    assertTrue(Thread.interrupted());
    assertEquals(1, fleet.attemptNumber());
    device.stretching = new Argon2id();
    assertInstanceOf(Recovery.Recovered.class, recover("123456"));
    assertEquals(1, fleet.attemptNumber());
  }

  /** Argon2id itself, in a process whose heap is half of what it wants. */
  @Test
  void aHeapThatIsTooSmallIsNoWrongCode() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-classpath",
                System.getProperty("java.class.path"),
                "dev.coffer.client.heap.SmallHeapProgram")
            .redirectErrorStream(true)
            .start();
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), said);
      assertEquals(List.of("Enrolled", "STRETCHING", "Recovered", "1"), said.lines().toList());
    }
  }

  @Test
  void aThreadThatWasInterruptedBeforeDoesNotBeginToStretch() {
    enrol();
    device.transport.afterPost = () -> Thread.currentThread().interrupt();
    assertEquals(new Recovery.TryAgain(Duration.ZERO, Cause.INTERRUPTED), recover("123456"));
    assertTrue(Thread.interrupted());
  }

  @Test
  void whatHostsSeeOfTheFailureDoesNotDependOnTheCode() {
    assertEquals(seen("123456"), seen("654321"));
  }

  private static List<String> seen(String code) {
    StretchingFailureTest test = new StretchingFailureTest();
    test.enrol();
    test.device.transport.traffic().clear();
    test.device.stretching = FULL;
    test.recover(code);
    test.device.stretching = new Argon2id();
    test.recover(code);
    return List.copyOf(test.device.transport.traffic());
  }
}
