package dev.coffer.verification.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.cli.ExitCode;
import dev.coffer.cli.Failure;
import dev.coffer.lab.local.FreeSpace;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A fleet is not founded where its nodes would refuse to work. */
class FreeSpaceTest {
  private static final Path HOME = Path.of("somewhere");

  @Test
  void lessThanOneGibibyteIsTooLittle() {
    Failure refused = assertThrows(Failure.class, () -> FreeSpace.check(HOME, (1L << 30) - 1));
    assertEquals(ExitCode.HERE, refused.exitCode());
    assertEquals("There is less than 1 GiB free on the disk of somewhere.", refused.what());
    assertDoesNotThrow(() -> FreeSpace.check(HOME, 1L << 30));
  }
}
