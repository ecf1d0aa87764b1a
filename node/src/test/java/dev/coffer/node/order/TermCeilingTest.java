package dev.coffer.node.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a voter keeps of its votes outside the engine's files. */
final class TermCeilingTest {
  @TempDir Path home;

  /** What the engine leaves where the disk took its draft's name and none of its octets. */
  private static void tear(Path file) throws IOException {
    try (AtomicFileOutputStream ignored = new AtomicFileOutputStream(file.toFile())) {
      // Nothing could be written.
    }
  }

  @Test
  void theEnginesWayToWriteLeavesNoTermOnAFullDisk() throws IOException {
    Path file = home.resolve(TermFile.NAME);
    TermFile.write(file, 7, "n2-1");
    assertEquals(OptionalLong.of(7), TermFile.term(file));
    tear(file);
    assertEquals(0, Files.size(file));
    assertEquals(OptionalLong.empty(), TermFile.term(file));
  }

  @Test
  void aTermThatNoElectionsLedToIsRefusedAndTheMarkerStaysReadable() throws IOException {
    Path marker = home.resolve("voter.properties");
    new VoterMarker("fleet", 1, 4, 0, 9, List.of(), Bytes.EMPTY).write(marker);
    TermCeiling ceiling = TermCeiling.of(marker);
    long most = 9 + OrderRules.TERMS_MAX;
    for (long lie : new long[] {most + 1, 1_000_000_000_000_000_000L, Long.MAX_VALUE, -1}) {
      assertThrows(IOException.class, () -> ceiling.admit(lie));
      assertThrows(IOException.class, () -> ceiling.believe(lie));
    }
    assertEquals(0, VoterMarker.read(marker).terms());
    ceiling.believe(most);
    assertEquals(0, VoterMarker.read(marker).terms());
    ceiling.admit(most);
    assertTrue(VoterMarker.read(marker).terms() >= most);
  }

  @Test
  void aTermCountsOnlyOnceTheMarkerHasIt() throws IOException {
    Path marker = Files.createDirectory(home.resolve("disk")).resolve("voter.properties");
    new VoterMarker("fleet", 1, 4, 0, 1, List.of(), Bytes.EMPTY).write(marker);
    TermCeiling ceiling = TermCeiling.of(marker);
    ceiling.admit(3);
    assertTrue(VoterMarker.read(marker).terms() >= 3);
    assertEquals(4, VoterMarker.read(marker).starts());
    long known = VoterMarker.read(marker).terms();
    // From here on the disk takes nothing.
    Files.move(home.resolve("disk"), home.resolve("away"));
    Files.createFile(home.resolve("disk"));
    ceiling.admit(known);
    assertThrows(IOException.class, () -> ceiling.admit(known + 1));
    // Nor the second time: what was refused once has not been kept meanwhile.
    assertThrows(IOException.class, () -> ceiling.admit(known + 1));
  }
}
