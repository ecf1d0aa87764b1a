package dev.coffer.hsm.simulated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.files.FolderLock;
import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.platform.Platform;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.process.Measurement;
import dev.coffer.protocol.Samples;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Aead;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Files as memory: torn writes, damage, two processes. */
@Tag("long")
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
  void theSealedStateIsWhatTheGoldenPageSays() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder)) {
      platform.store(SecretBytes.copyOf(Samples.octets(9, 50)));
    }
    byte[] aad = Label.SEALED_STATE.tuple().toByteArray();
    Bytes sealed = Bytes.wrap(Files.readAllBytes(folder.resolve("state.sealed")));
    SecretBytes key = SecretBytes.wrap(Files.readAllBytes(folder.resolve("SIMULATED-sealing.key")));
    SecretBytes opened = Aead.open(key, sealed.slice(0, 12), aad, sealed.slice(12, sealed.size()));
    assertEquals(Samples.octets(9, 50), Bytes.wrap(opened.copy()));
  }

  @Test
  void oneHomeOneProcess() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder)) {
      assertTrue(platform.model().contains("SIMULATED"));
      assertThrows(IOException.class, () -> new FilePlatform(folder));
    }
    new FilePlatform(folder).close();
  }

  private static String classPath() {
    return Stream.of(
            FilePlatform.class,
            HsmHome.class,
            FolderLock.class,
            Platform.class,
            HomeHolder.class,
            Bytes.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void aHomeThatAnotherProcessHoldsIsRefused() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process other =
        new ProcessBuilder(
                java.toString(),
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                HomeHolder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = other.inputReader()) {
      assertEquals("held", said.readLine());
      IOException refused = assertThrows(IOException.class, () -> new FilePlatform(folder));
      assertTrue(refused.getMessage().contains("stop that one first"));
      other.getOutputStream().close();
      assertEquals(0, other.waitFor());
      new FilePlatform(folder).close();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void anImageThatDoesNotFitIsOurOwnFault() {
    FileNvram nvram = new FileNvram(folder);
    nvram.write(0, image(1));
    Bytes tooLarge = Bytes.zeros(Nvram.IMAGE_MAX + 1);
    assertThrows(Invariant.Broken.class, () -> nvram.write(0, tooLarge));
    assertEquals(Optional.of(image(1)), nvram.read(0));
  }

  @Test
  void aFileCutShortKeepsTheSlotThatIsWhole() throws Exception {
    FileNvram nvram = new FileNvram(folder);
    nvram.write(0, image(1));
    nvram.write(0, image(2));
    nvram.write(0, image(3));
    Path file = folder.resolve("partition-0");
    byte[] octets = Files.readAllBytes(file);
    assertEquals(2 * 8192, octets.length);
    // The newest, 3, lies in the first slot.
    Files.write(file, Arrays.copyOf(octets, 8192 + 100));
    assertEquals(Optional.of(image(3)), new FileNvram(folder).read(0));
    Files.write(file, Arrays.copyOf(octets, 8192));
    assertEquals(Optional.of(image(3)), new FileNvram(folder).read(0));
    Files.write(file, Arrays.copyOf(octets, 100));
    assertThrows(Nvram.Fault.class, () -> new FileNvram(folder).read(0));
  }

  @Test
  void aSlotOfAnotherKindIsNone() throws Exception {
    FileNvram nvram = new FileNvram(folder);
    nvram.write(0, image(1));
    nvram.write(0, image(2));
    nvram.write(0, image(3));
    Path file = folder.resolve("partition-0");
    byte[] octets = Files.readAllBytes(file);
    octets[0] = 'X';
    // Its checksum holds: another program's slot, or a later format's.
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(octets, 0, 8192 - 32);
    System.arraycopy(digest.digest(), 0, octets, 8192 - 32, 32);
    Files.write(file, octets);
    assertEquals(Optional.of(image(2)), new FileNvram(folder).read(0));
  }

  @Test
  void aMemoryThatCannotBeReachedIsAFault() throws Exception {
    Path file = Files.createFile(folder.resolve("a file"));
    Nvram.Fault made = assertThrows(Nvram.Fault.class, () -> new FileNvram(file));
    assertTrue(made.getMessage().contains("its folder cannot be made"));
    Files.createDirectory(folder.resolve("partition-3"));
    FileNvram nvram = new FileNvram(folder);
    assertThrows(Nvram.Fault.class, () -> nvram.read(3));
    assertThrows(Nvram.Fault.class, () -> nvram.write(3, image(1)));
  }

  private static String faultOf(Executable call) {
    return assertThrows(Nvram.Fault.class, call).getMessage();
  }

  @Test
  void aStateThatCannotBeReachedIsAFault() throws Exception {
    Path state = folder.resolve("state.sealed");
    try (FilePlatform platform = new FilePlatform(folder)) {
      platform.store(SecretBytes.copyOf(new byte[] {1}));
      Files.write(state, new byte[11]);
      assertTrue(faultOf(platform::load).contains("does not open with this home's key"));
      Files.write(state, new byte[12]);
      assertTrue(faultOf(platform::load).contains("does not open"));
      Files.delete(state);
      Files.createDirectory(state);
      assertTrue(faultOf(platform::load).contains("cannot be read"));
      Files.createDirectory(state.resolve("in the way"));
      SecretBytes next = SecretBytes.copyOf(new byte[] {2});
      assertTrue(faultOf(() -> platform.store(next)).contains("cannot be written"));
    }
  }

  @Test
  void aLostSealingKeyIsToldAndNothingIsWritten() throws Exception {
    Path key = folder.resolve("SIMULATED-sealing.key");
    byte[] lost;
    byte[] sealed;
    try (FilePlatform platform = new FilePlatform(folder)) {
      platform.store(SecretBytes.copyOf(new byte[] {1}));
      lost = Files.readAllBytes(key);
      sealed = Files.readAllBytes(folder.resolve("state.sealed"));
      Files.delete(key);
    }
    try (FilePlatform platform = new FilePlatform(folder)) {
      assertTrue(faultOf(platform::load).contains("put SIMULATED-sealing.key back"));
      SecretBytes next = SecretBytes.copyOf(new byte[] {2});
      assertTrue(faultOf(() -> platform.store(next)).contains("the sealing key is lost"));
      assertFalse(Files.exists(key), "no other key is in the way of the lost one");
      assertArrayEquals(sealed, Files.readAllBytes(folder.resolve("state.sealed")));
      Files.write(key, lost);
      try (SecretBytes loaded = platform.load().orElseThrow()) {
        assertEquals(Bytes.fromHex("01"), Bytes.wrap(loaded.copy()));
      }
    }
  }

  @Test
  void aLostStateIsToldAndNoOtherHsmIsMade() throws Exception {
    Path state = folder.resolve("state.sealed");
    byte[] sealed;
    try (FilePlatform platform = new FilePlatform(folder)) {
      platform.store(SecretBytes.copyOf(new byte[] {1}));
      platform.nvram().write(0, image(1));
      sealed = Files.readAllBytes(state);
      Files.delete(state);
      assertTrue(faultOf(platform::load).contains("put state.sealed back"));
      assertThrows(Nvram.Fault.class, () -> new HsmCore(platform));
      assertFalse(Files.exists(state));
      Files.write(state, sealed);
      assertTrue(platform.load().isPresent());
    }
  }

  @Test
  void aHomesMemoryOutlivesItsProcess() throws Exception {
    try (FilePlatform platform = new FilePlatform(folder)) {
      platform.nvram().write(0, image(1));
    }
    assertEquals(Optional.of(image(1)), new FileNvram(folder.resolve("nvram")).read(0));
    try (FilePlatform platform = new FilePlatform(folder)) {
      assertEquals(Optional.of(image(1)), platform.nvram().read(0));
      assertEquals(Optional.empty(), platform.nvram().read(1));
    }
  }

  @Test
  void everyHomeHasAKeyOfItsOwn() throws Exception {
    List<Bytes> keys = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      Path home = folder.resolve(name);
      try (FilePlatform platform = new FilePlatform(home)) {
        platform.store(SecretBytes.copyOf(new byte[] {1}));
      }
      keys.add(Bytes.wrap(Files.readAllBytes(home.resolve("SIMULATED-sealing.key"))));
      assertEquals(
          Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE),
          Files.getPosixFilePermissions(home.resolve("SIMULATED-sealing.key")));
    }
    assertEquals(32, keys.getFirst().size());
    assertNotEquals(Bytes.zeros(32), keys.getFirst());
    assertNotEquals(keys.getFirst(), keys.getLast());
  }

  @Test
  void aLinkedProgramIsMeasuredWholeAndAnyOtherIsDevelopment() throws Exception {
    URI linked = URI.create("jrt:/dev.coffer.hsm");
    Path modules = Files.createDirectories(folder.resolve("lib")).resolve("modules");
    Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("coffer-hsm");
    Files.writeString(modules, "core");
    Files.writeString(launcher, "starts it");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    Bytes measured = Measurement.of(linked, folder);
    String manifest =
        "%s x bin/coffer-hsm\n%s - lib/modules\n"
            .formatted(sha256("starts it").hex(), sha256("core").hex());
    assertEquals(sha256(manifest), measured);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertEquals(measured, Measurement.of(linked, folder));
    for (Path file : List.of(modules, launcher)) {
      String before = Files.readString(file);
      Files.writeString(file, before + " ");
      assertNotEquals(measured, Measurement.of(linked, folder));
      Files.writeString(file, before);
    }
    Path more = Files.writeString(folder.resolve("lib").resolve("agent.so"), "more");
    assertNotEquals(measured, Measurement.of(linked, folder));
    Files.delete(more);
    assertEquals(measured, Measurement.of(linked, folder));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rw-r--r--"));
    assertNotEquals(measured, Measurement.of(linked, folder));
    assertEquals(sha256("development"), Measurement.ofThisProgram());
    Files.delete(modules);
    assertThrows(UncheckedIOException.class, () -> Measurement.of(linked, folder));
  }

  private static Bytes sha256(String text) {
    return Hashes.sha256(Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
