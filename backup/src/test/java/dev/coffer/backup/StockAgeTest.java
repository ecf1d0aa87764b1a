package dev.coffer.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.backup.object.AgeFile;
import dev.coffer.backup.object.Compression;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.protocol.crypto.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The age files are what the stock age program takes and makes. */
@Tag("long")
class StockAgeTest {
  @TempDir Path home;
  Sandbox sandbox;
  Path identity;

  @BeforeEach
  void make() throws Exception {
    boolean installed = ToolRun.isInstalled("age") && ToolRun.isInstalled("age-keygen");
    if (!installed) {
      System.out.println(
          "SKIPPED StockAgeTest: the programs age and age-keygen are not installed (Debian: age)");
    }
    assumeTrue(installed, "age is not installed");
    sandbox = new Sandbox(home);
    identity = home.resolve("identity");
    try (BackupKey key = sandbox.key();
        SecretBytes text = key.identity()) {
      Files.write(identity, text.copy());
    }
  }

  @Test
  void derivesTheSameRecipient() throws Exception {
    byte[] recipient = ToolRun.of(home, "age-keygen", "-y", identity.toString()).output();
    assertEquals(
        sandbox.key().recipient(), new String(recipient, StandardCharsets.US_ASCII).trim());
  }

  @Test
  void ageOpensWhatWeSeal() throws Exception {
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 1_000_000}) {
      byte[] content = Sandbox.noise(size, size);
      Path file = Files.write(home.resolve("ours.age"), AgeFile.seal(sandbox.key(), content));
      ToolRun run = ToolRun.of(home, "age", "-d", "-i", identity.toString(), file.toString());
      assertArrayEquals(content, run.output(), "size " + size);
    }
  }

  @Test
  void weOpenWhatAgeSeals() throws Exception {
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 1_000_000}) {
      byte[] content = Sandbox.noise(size, size);
      Path file = Files.write(home.resolve("plain"), content);
      ToolRun run = ToolRun.of(home, "age", "-r", sandbox.key().recipient(), file.toString());
      assertArrayEquals(content, AgeFile.open(sandbox.key(), run.output()), "size " + size);
    }
  }

  @Test
  void everyObjectIsAnAgeFileWithGzipInside() throws Exception {
    sandbox.fill();
    sandbox.backup();
    int objects = 0;
    try (var paths = Files.walk(sandbox.repo)) {
      for (Path file : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        if (file.getFileName().toString().equals(RepositoryMarker.NAME)) {
          continue;
        }
        byte[] packed =
            ToolRun.of(home, "age", "-d", "-i", identity.toString(), file.toString()).output();
        Path zipped = Files.write(home.resolve("object.gz"), packed);
        byte[] content = ToolRun.of(home, "gzip", "-dc", zipped.toString()).output();
        assertArrayEquals(Compression.unpack(packed, BackupLimits.OBJECT_PLAIN_MAX), content);
        objects++;
      }
    }
    assertEquals(0, objects < 8 ? objects : 0, "too few objects to mean anything");
  }

  @Test
  void refusesAFileForSomebodyElse() throws Exception {
    byte[] theirs = AgeFile.seal(sandbox.key(), new byte[10]);
    sandbox.k[3] ^= 1;
    byte[] copy = Arrays.copyOf(theirs, theirs.length);
    org.junit.jupiter.api.Assertions.assertThrows(
        IOException.class, () -> AgeFile.open(sandbox.key(), copy));
  }
}
