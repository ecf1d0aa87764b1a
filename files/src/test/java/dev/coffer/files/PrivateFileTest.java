package dev.coffer.files;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret that others may read or change is refused, whichever way they may. */
final class PrivateFileTest {
  @TempDir Path folder;

  @Test
  void everyRightOfOthersIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("key.pem"), "x");
    for (int mode = 0; mode < 512; mode++) {
      String rights = "";
      for (int bit = 8; bit >= 0; bit--) {
        rights += (mode >> bit & 1) == 1 ? "xwr".charAt(bit % 3) : '-';
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
      if ((mode & 0177) == 0) {
        assertDoesNotThrow(() -> PrivateFile.check(file), rights);
      } else {
        IOException refused =
            assertThrows(IOException.class, () -> PrivateFile.check(file), rights);
        assertTrue(String.valueOf(refused.getMessage()).contains("chmod 600"));
      }
    }
    assertEquals(
        "---------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(
                Files.setPosixFilePermissions(
                    file, PosixFilePermissions.fromString("---------")))));
  }

  @Test
  void aFolderOrNothingIsNoSecret() {
    assertThrows(IOException.class, () -> PrivateFile.check(folder));
    assertThrows(IOException.class, () -> PrivateFile.check(folder.resolve("nothing")));
  }
}
