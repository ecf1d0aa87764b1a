package dev.coffer.hsm.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as memory: torn writes, damage, two processes. */
final class FilePlatformTest {
  @TempDir private Path folder;

  private static Bytes image(int number) {
    return Bytes.copyOf(new byte[] {(byte) number, 1, 2, 3});
  }

  @Test
  void theNewestImageReturns() {
    assertEquals(Optional.empty(), new FileNvram(folder).read(0));
    for (int i = 0; i < 5; i++) {
      new FileNvram(folder).write(0, image(i));
      new FileNvram(folder).write(1, image(i + 100));
      assertEquals(Optional.of(image(i)), new FileNvram(folder).read(0));
      assertEquals(Optional.of(image(i + 100)), new FileNvram(folder).read(1));
    }
    Bytes largest = Bytes.zeros(Nvram.IMAGE_MAX);
    new FileNvram(folder).write(0, largest);
    assertEquals(Optional.of(largest), new FileNvram(folder).read(0));
  }

  @Test
  void aTornWriteLeavesTheImageBefore() throws Exception {
    FileNvram nvram = new FileNvram(folder);
    nvram.write(0, image(1));
    byte[] before = Files.readAllBytes(folder.resolve("partition-0"));
    nvram.write(0, image(2));
    byte[] after = Files.readAllBytes(folder.resolve("partition-0"));
    assertEquals(before.length, after.length);
    for (int torn = 1; torn < before.length; torn += 97) {
      byte[] mixed = before.clone();
      System.arraycopy(after, 0, mixed, 0, torn);
      Files.write(folder.resolve("partition-0"), mixed);
      Bytes read = new FileNvram(folder).read(0).orElseThrow();
      assertTrue(read.equals(image(1)) || read.equals(image(2)));
    }
  }

  @Test
  void damageOfBothSlotsIsAFaultNotAnEmptyMemory() throws Exception {
    FileNvram nvram = new FileNvram(folder);
    nvram.write(0, image(1));
    nvram.write(0, image(2));
    byte[] octets = Files.readAllBytes(folder.resolve("partition-0"));
    octets[30] ^= 1;
    Files.write(folder.resolve("partition-0"), octets);
    assertTrue(new FileNvram(folder).read(0).isPresent());
    octets[octets.length / 2 + 30] ^= 1;
    Files.write(folder.resolve("partition-0"), octets);
    assertThrows(Nvram.Fault.class, () -> new FileNvram(folder).read(0));
  }

  @Test
  void theStateIsSealedAndReturns() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder)) {
      assertTrue(platform.load().isEmpty());
      byte[] state = Bytes.fromHex("07".repeat(100)).toByteArray();
      platform.store(SecretBytes.copyOf(state));
      String stored = Bytes.wrap(Files.readAllBytes(folder.resolve("state.sealed"))).hex();
      assertFalse(stored.contains("07".repeat(16)));
      try (SecretBytes loaded = platform.load().orElseThrow()) {
        assertEquals(Bytes.wrap(state), Bytes.wrap(loaded.copy()));
      }
      byte[] damaged = Files.readAllBytes(folder.resolve("state.sealed"));
      damaged[20] ^= 1;
      Files.write(folder.resolve("state.sealed"), damaged);
      assertThrows(Nvram.Fault.class, platform::load);
    }
  }

  @Test
  void oneHomeOneProcess() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder)) {
      assertTrue(platform.model().contains("SIMULATED"));
      assertThrows(IOException.class, () -> new FilePlatform(folder));
    }
    new FilePlatform(folder).close();
  }
}
