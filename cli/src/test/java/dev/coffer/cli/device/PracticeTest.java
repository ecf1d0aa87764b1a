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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the device keeps to check a code against. */
class PracticeTest {
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
      device.practice().keep(right, Randomness.system());
      assertTrue(device.practice().possible());
      assertTrue(device.practice().isRight(right));
      assertFalse(device.practice().isRight(wrong));
      device.practice().keep(wrong, Randomness.system());
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
      device.practice().keep(right, Randomness.system());
      Bytes first = Bytes.wrap(Files.readAllBytes(file));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      device.practice().keep(right, Randomness.system());
      Bytes second = Bytes.wrap(Files.readAllBytes(file));
      assertEquals(80, second.size());
      assertNotEquals(first.slice(0, 16), second.slice(0, 16));
      assertNotEquals(first.slice(16, 80), second.slice(16, 80));
      Files.write(file, new byte[79]);
      assertThrows(IOException.class, () -> device.practice().isRight(right));
    }
  }
}
