package dev.coffer.cli.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.client.secret.RecoveryCode;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.Randomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device keeps to check a code against. */
class PracticeTest {
  private static final Instant SINCE = Instant.ofEpochSecond(1_800_000_000);

  @TempDir private Path directory;

  private static RecoveryCode code(String text) throws Exception {
    return RecoveryCode.typed(text.toCharArray());
  }

  @Test
  void theCodeIsRightAndNoOther() throws Exception {
    Device device = Device.of(directory, "alice");
    assertFalse(device.practice().possible());
    try (RecoveryCode right = code("493817");
        RecoveryCode wrong = code("493818")) {
      device.practice().keep(right, Randomness.system(), SINCE);
      assertTrue(device.practice().possible());
      assertEquals(SINCE, device.practice().since());
      assertTrue(device.practice().isRight(right));
      assertFalse(device.practice().isRight(wrong));
      device.practice().keep(wrong, Randomness.system(), SINCE);
      assertFalse(device.practice().isRight(right));
      device.practice().forget();
      assertFalse(device.practice().possible());
    }
  }

  @Test
  void theFileIsTheOwnersAndSaltedAnew() throws Exception {
    Path file = directory.resolve("alice/practice");
    Device device = Device.of(directory, "alice");
    try (RecoveryCode right = code("493817")) {
      device.practice().keep(right, Randomness.system(), SINCE);
      Bytes first = Bytes.wrap(Files.readAllBytes(file));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      device.practice().keep(right, Randomness.system(), SINCE);
      Bytes second = Bytes.wrap(Files.readAllBytes(file));
      assertEquals(88, second.size());
      assertNotEquals(first.slice(8, 24), second.slice(8, 24));
      assertNotEquals(first.slice(24, 88), second.slice(24, 88));
      Files.write(file, new byte[87]);
      assertThrows(IOException.class, () -> device.practice().isRight(right));
    }
  }
}
