package dev.coffer.hsm.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.hsm.HsmCore;
import dev.coffer.hsm.platform.Nvram;
import dev.coffer.hsm.process.HsmHome;
import dev.coffer.hsm.tpm.harness.Swtpm;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.fleet.EntityAttestation;
import dev.coffer.protocol.fleet.HsmIdentity;
import dev.coffer.protocol.fleet.HsmPromises;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * An HSM on a swtpm: states that differ, memories and TPMs put back, power cut at every command.
 */
@Tag("long")
class TpmPlatformTest {
  private static final Bytes STATE = Bytes.fromHex("07".repeat(100));
  private static final List<Integer> PCRS = List.of(0, 7);

  @TempDir private Path folder;
  private Path home;
  private Swtpm chip;

  @BeforeEach
  void switchOn() throws Exception {
    if (!Swtpm.here()) {
      System.out.println("SKIP: " + Swtpm.SKIP);
    }
    Assumptions.assumeTrue(Swtpm.here(), Swtpm.SKIP);
    chip = new Swtpm(folder.resolve("chip"));
    chip.start();
    home = folder.resolve("home");
  }

  @AfterEach
  void switchOff() throws IOException {
    if (chip != null) {
      chip.close();
    }
  }

  private TpmPlatform open(long every) throws IOException {
    return open(TpmLink.open(chip.place()), every);
  }

  private TpmPlatform open(TpmLink link, long every) throws IOException {
    HsmHome opened = new HsmHome(home);
    try {
      return TpmPlatform.open(opened, link, PCRS, every);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static Bytes image(int number) {
    return Bytes.copyOf(new byte[] {(byte) number, 1, 2, 3});
  }

  private void used() throws IOException {
    used(1);
  }

  private void used(long every) throws IOException {
    try (TpmPlatform platform = open(every)) {
      platform.store(SecretBytes.copyOf(STATE));
      platform.nvram().write(0, image(1));
      platform.nvram().write(1, image(101));
      platform.nvram().write(0, image(2));
    }
  }

  private void holds(int newest) throws IOException {
    try (TpmPlatform platform = open(1);
        SecretBytes state = platform.load().orElseThrow()) {
      assertEquals(STATE, Bytes.wrap(state.copy()));
      assertEquals(Optional.of(image(newest)), platform.nvram().read(0));
      assertEquals(Optional.of(image(101)), platform.nvram().read(1));
    }
  }

  private Map<Path, Bytes> files() throws IOException {
    Map<Path, Bytes> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(home.relativize(file), Bytes.wrap(Files.readAllBytes(file)));
      }
    }
    files.remove(Path.of("lock"));
    return files;
  }

  private void putBack(Map<Path, Bytes> files) throws IOException {
    for (Map.Entry<Path, Bytes> file : files.entrySet()) {
      Files.write(home.resolve(file.getKey()), file.getValue().toByteArray());
    }
  }

  /** Refused with that sentence, and nothing in the home is another. */
  private void refused(String sentence) throws IOException {
    Map<Path, Bytes> before = files();
    Exception refused = assertThrows(Exception.class, () -> open(1).close());
    assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
    assertEquals(before, files());
  }

  private static String fault(Executable call) {
    return assertThrows(Nvram.Fault.class, call).getMessage();
  }

  @Test
  void whatItSealsReturnsAfterAPowerCutAndLiesNowhereInClear() throws Exception {
    used();
    holds(2);
    chip.restart();
    holds(2);
    for (Bytes file : files().values()) {
      assertFalse(file.hex().contains("07".repeat(16)));
    }
  }

  @Test
  void anHsmIsTheSameAfterARestartAndSaysWhatItPromises() throws Exception {
    HsmIdentity identity;
    try (TpmPlatform platform = open(1)) {
      identity = new HsmCore(platform).founding().identify();
    }
    chip.restart();
    try (TpmPlatform platform = open(1)) {
      assertEquals(identity, new HsmCore(platform).founding().identify());
      assertNotEquals(platform.evidence(Bytes.zeros(1)), platform.evidence(Bytes.zeros(2)));
    }
    assertEquals("SIMULATED TPM 2.0 IBM SW TPM", identity.model(), "swtpm is no hardware");
    assertEquals(
        new HsmPromises(
            HsmPromises.Keys.SEALED, HsmPromises.Memory.MONOTONIC, HsmPromises.Voucher.DEVICE),
        HsmPromises.of(identity));
    home = folder.resolve("another");
    open(2).close();
    // Told more often than was promised: the promise stays.
    try (TpmPlatform platform = open(1)) {
      assertEquals(EntityAttestation.TPM_KEY, platform.keyAttributes());
      HsmPromises promises = HsmPromises.read(platform.evidence(Bytes.zeros(3))).orElseThrow();
      assertEquals(HsmPromises.Memory.ANCHORED, promises.memory());
    }
  }

  @Test
  void aMachineThatStartedOtherwiseGetsNoKey() throws Exception {
    used();
    chip.extend(7);
    refused("its PCRs differ");
    chip.restart();
    holds(2);
    chip.extend(8);
    holds(2);
  }

  @Test
  void aMachineThatChangesWhileItRunsWritesNoMoreAnchors() throws Exception {
    used();
    chip.restart();
    TpmLink link = TpmLink.open(chip.place());
    try (TpmPlatform platform = open(link, 1)) {
      platform.nvram().write(0, image(3));
      extendOver(link);
      assertTrue(fault(() -> platform.nvram().write(0, image(4))).contains("its PCRs differ"));
    }
    refused("its PCRs differ");
    chip.restart();
    holds(4);
  }

  /** The PCR 7, over the connection that the HSM has. */
  private static void extendOver(TpmLink link) throws IOException {
    Bytes command =
        Bytes.fromHex(
            "80020000004100000182000000070000000940000009"
                + "0000000000"
                + "00000001000b"
                + "11".repeat(32));
    assertEquals(0, link.exchange(command.toByteArray())[9]);
  }

  @Test
  void aClearedTpmAndAnotherOneAreSaidToBeSo() throws Exception {
    used();
    chip.stop();
    chip.save(folder.resolve("right"));
    chip.start();
    chip.clear();
    refused("it is another TPM, or was cleared");
    chip.stop();
    chip.exchange();
    chip.start();
    refused("it is another TPM, or was cleared");
    chip.stop();
    chip.exchange();
    chip.putBack(folder.resolve("right"));
    chip.start();
    holds(2);
  }

  @Test
  void aTpmThatWasPutBackIsFoundOut() throws Exception {
    used();
    chip.stop();
    chip.save(folder.resolve("older"));
    chip.start();
    try (TpmPlatform platform = open(1)) {
      platform.nvram().write(0, image(3));
    }
    chip.stop();
    chip.save(folder.resolve("newest"));
    chip.putBack(folder.resolve("older"));
    chip.start();
    refused("the TPM knows less than this HSM's disk");
    chip.stop();
    chip.putBack(folder.resolve("newest"));
    chip.start();
    holds(3);
  }

  @Test
  void anOlderMemoryIsRefusedInWholeAndInPart() throws Exception {
    used();
    Map<Path, Bytes> older = files();
    try (TpmPlatform platform = open(1)) {
      platform.nvram().write(0, image(3));
      platform.nvram().write(0, image(4));
    }
    Map<Path, Bytes> newest = files();
    putBack(older);
    refused("it is older than the TPM knows it");
    putBack(newest);
    for (String part : List.of("nvram/partition-0", "anchor.0", "anchor.1")) {
      Path file = Path.of(part);
      putBack(Map.of(file, older.get(file)));
      String sentence = assertThrows(Exception.class, () -> open(1).close(), part).getMessage();
      assertTrue(sentence.contains("it is older than the TPM knows it"), sentence);
      putBack(newest);
      if (part.startsWith("anchor")) {
        // One of the two files is the anchor before, which does not count any more.
        break;
      }
    }
    Files.delete(home.resolve("nvram/partition-1"));
    refused("it is older than the TPM knows it");
    putBack(newest);
    holds(4);
  }

  /** Otherwise whoever writes the disk undoes MONOTONIC, and nobody else is told. */
  @Test
  void theFoundingDecidesHowOftenTheTpmIsToldAtLeast() throws Exception {
    used();
    Files.writeString(
        home.resolve("tpm.settings"),
        "tpm = " + chip.place() + "\npcrs = 0, 7\nanchor-every = 1000000\n");
    Map<Path, Bytes> before = files();
    IOException more = assertThrows(IOException.class, () -> TpmPlatform.open(home).close());
    assertTrue(more.getMessage().contains("was founded with 1"), more.getMessage());
    assertEquals(before, files());
    holds(2);
  }

  @Test
  void aHomeThatWasBegunAnewTakesNoOlderKeysAndMemory() throws Exception {
    used();
    Map<Path, Bytes> older = files();
    for (boolean sameIndices : new boolean[] {true, false}) {
      for (Path file : files().keySet()) {
        if (!sameIndices || !file.endsWith("tpm-indices")) {
          Files.delete(home.resolve(file));
        }
      }
      Files.delete(home.resolve("nvram"));
      open(1_000_000).close();
      Map<Path, Bytes> mixed = new TreeMap<>(older);
      List.of("anchor.0", "anchor.1", "tpm-indices").forEach(name -> mixed.remove(Path.of(name)));
      putBack(mixed);
      refused("it is older than the TPM knows it");
    }
  }

  @Test
  void betweenAnchorsAnOlderMemoryWorksAndNoneBeforeTheAnchorDoes() throws Exception {
    used(10);
    Path memory = home.resolve("nvram/partition-0");
    try (TpmPlatform platform = open(10)) {
      platform.nvram().write(0, image(3));
      Files.copy(memory, folder.resolve("3"));
      platform.nvram().write(0, image(4));
    }
    Files.copy(folder.resolve("3"), memory, StandardCopyOption.REPLACE_EXISTING);
    holds(3);
    try (TpmPlatform platform = open(10)) {
      for (int i = 4; i < 14; i++) {
        platform.nvram().write(0, image(i));
      }
    }
    Files.copy(folder.resolve("3"), memory, StandardCopyOption.REPLACE_EXISTING);
    refused("it is older than the TPM knows it");
  }

  /** Breaks at the n-th command: before the TPM gets it, or after it did it. */
  private final class CutLink implements TpmLink {
    private final TpmLink link = TpmLink.open(chip.place());
    private final boolean done;
    private int left;

    CutLink(int after, boolean done) throws IOException {
      this.left = after;
      this.done = done;
    }

    @Override
    public byte[] exchange(byte[] command) throws IOException {
      if (left-- > 0) {
        return link.exchange(command);
      }
      if (left == -1 && done) {
        link.exchange(command);
      }
      throw new IOException("the power is cut");
    }

    boolean cut() {
      return left < 0;
    }

    @Override
    public void close() throws IOException {
      link.close();
    }
  }

  @Test
  void aPowerCutAtAnyCommandLosesNothingThatWasSaidToBeWritten() throws Exception {
    used();
    int newest = 2;
    for (boolean done : new boolean[] {false, true}) {
      boolean cut = true;
      for (int n = 0; cut; n++) {
        CutLink link = new CutLink(n, done);
        int said = newest;
        int tried = newest;
        try (TpmPlatform platform = open(link, 1)) {
          for (int i = 1; i <= 2; i++) {
            tried = newest + i;
            platform.nvram().write(0, image(tried));
            said = tried;
          }
        } catch (IOException | Nvram.Fault e) {
          assertTrue(link.cut(), () -> "refused without a cut: " + e.getMessage());
        }
        link.close();
        cut = link.cut();
        try (TpmPlatform platform = open(1)) {
          int read = platform.nvram().read(0).orElseThrow().at(0);
          assertTrue(read == said || read == tried, "cut at " + n + ": " + read + " of " + tried);
          assertEquals(Optional.of(image(101)), platform.nvram().read(1));
          newest = 2;
          platform.nvram().write(0, image(newest));
        }
      }
    }
    holds(2);
  }

  @Test
  void aPowerCutAtAnyCommandOfTheFirstStartLeavesAnHsmThatCanBeMade() throws Exception {
    boolean cut = true;
    for (int n = 0; cut; n += 5) {
      home = folder.resolve("home-" + n);
      CutLink link = new CutLink(n, n % 2 == 0);
      try (TpmPlatform platform = open(link, 1)) {
        platform.load();
      } catch (IOException | Nvram.Fault e) {
        assertTrue(link.cut(), () -> "refused without a cut: " + e.getMessage());
      }
      link.close();
      cut = link.cut();
      used();
      holds(2);
      // Each home takes two indices, and a TPM has few.
      chip.stop();
      chip.exchange();
      chip.start();
    }
  }

  @Test
  void twoHsmsOnOneTpmDoNotMeet() throws Exception {
    used();
    home = folder.resolve("second");
    used();
    home = folder.resolve("home");
    holds(2);
    Files.copy(
        folder.resolve("second").resolve("state.sealed"),
        home.resolve("state.sealed"),
        StandardCopyOption.REPLACE_EXISTING);
    try (TpmPlatform platform = open(1)) {
      assertTrue(fault(platform::load).contains("does not open with the TPM's key"));
    }
  }

  @Test
  void lostFilesAndWrongSettingsAreSaidSo() throws Exception {
    used();
    Map<Path, Bytes> good = files();
    for (String file : List.of("sealing-key.tpm", "tpm-indices")) {
      Files.delete(home.resolve(file));
      refused("is lost: put it back");
      putBack(good);
    }
    Files.writeString(home.resolve("tpm-indices"), "1800000\n1800001");
    refused("is damaged: put the right one back");
    putBack(good);
    for (Map.Entry<String, String> wrong :
        Map.of(
                "pcrs = 0,24", "is a list of numbers from 0 to 23",
                "anchor-every = 0", "is a whole number from 1 to",
                "anchor = 1", "did you mean",
                "tpm = /dev/none", "There is no TPM /dev/none",
                "tpm = unix:/none", "No TPM answers at unix:/none")
            .entrySet()) {
      Files.writeString(home.resolve("tpm.settings"), wrong.getKey() + "\n");
      IOException said = assertThrows(IOException.class, () -> TpmPlatform.open(home));
      assertTrue(said.getMessage().contains(wrong.getValue()), said.getMessage());
    }
    Files.writeString(
        home.resolve("tpm.settings"), "tpm = " + chip.place() + "\npcrs = 0, 7\nanchor-every=1\n");
    TpmPlatform.open(home).close();
    holds(2);
  }
}
