package dev.coffer.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.backup.BackupException.Reason;
import dev.coffer.backup.RestoreOptions.Overwrite;
import dev.coffer.backup.local.Sha256;
import dev.coffer.backup.object.RepositoryMarker;
import dev.coffer.protocol.codec.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that has no room is refused before it writes, and one that has is not. */
class RestoreRoomTest {
  private static final int PAGE = BackupLimits.PAGE;

  /** Of the file that is a page, five pages of zeros, and a page less than whole. */
  private static final int LARGE = 2 * PAGE - 7;

  @TempDir private Path home;
  private Sandbox sandbox;
  private Path back;

  @BeforeEach
  void fill() throws Exception {
    sandbox = new Sandbox(home.toRealPath());
    back = sandbox.home.resolve("back");
    byte[] large = new byte[7 * PAGE - 7];
    System.arraycopy(Sandbox.noise(1, PAGE), 0, large, 0, PAGE);
    System.arraycopy(Sandbox.noise(2, PAGE - 7), 0, large, 6 * PAGE, PAGE - 7);
    sandbox.write("large", large);
    sandbox.write("small", Sandbox.prose(3, 1000));
    Files.createLink(sandbox.data.resolve("zz other name"), sandbox.data.resolve("large"));
    sandbox.backup();
  }

  private static RestoreOptions free(long octets) {
    return RestoreOptions.standard().withSpace(directory -> OptionalLong.of(octets));
  }

  private RestoreReport restore(RestoreOptions options) throws BackupException {
    return sandbox.open().restore(Optional.empty(), back, options, ProgressListener.NONE);
  }

  private long needed(RestoreOptions options) throws BackupException {
    RestoreReport.Room room =
        sandbox.open().rehearse(Optional.empty(), back, options).room().orElseThrow();
    assertEquals(options.space().near(back), room.free());
    return room.needed();
  }

  private void assertRefused(RestoreOptions options, String numbers) {
    BackupException refused = assertThrows(BackupException.class, () -> restore(options));
    assertEquals(Reason.NO_ROOM, refused.reason());
    assertTrue(refused.getMessage().contains(numbers), refused.getMessage());
  }

  @Test
  void anOctetTooLittleIsRefusedAndNothingMade() throws Exception {
    long all = LARGE + 1000;
    assertEquals(all, needed(free(all)), "holes take no room, nor do further names");
    assertRefused(
        free(all - 1), "at least " + all + " octets in " + back + ", where " + (all - 1) + " are");
    assertFalse(Files.exists(back));
    assertEquals(3, restore(free(all)).filesRestored());
    assertEquals(0, needed(free(0)), "all of it is there");
    assertEquals(3, restore(free(0)).filesPresent());
  }

  @Test
  void aPartOfItNeedsLess() throws Exception {
    assertEquals(1, restore(free(1000).withWanted("small"::equals)).filesRestored());
    assertRefused(free(1000), "at least " + LARGE);
  }

  @Test
  void whereNothingIsKnownNothingIsRefused() throws Exception {
    RestoreOptions unknown = RestoreOptions.standard().withSpace(FreeSpace.UNKNOWN);
    assertFalse(
        sandbox.open().rehearse(Optional.empty(), back, unknown).room().orElseThrow().tooLittle());
    assertEquals(3, restore(unknown).filesRestored());
  }

  /** The old file stays until the new one is whole. */
  @Test
  void whatIsReplacedNeedsRoomBesideTheOld() throws Exception {
    restore(RestoreOptions.standard());
    Files.write(back.resolve("small"), new byte[400]);
    assertEquals(0, needed(free(0)), "it is left alone");
    assertEquals(1000, needed(free(0).withOverwrite(Overwrite.CHANGED)));
    assertRefused(free(999).withOverwrite(Overwrite.CHANGED), "at least 1000 octets");
    assertEquals(1, restore(free(1000).withOverwrite(Overwrite.CHANGED)).filesReplaced());
  }

  /** What a restore wrote before the disk was full is not asked for again. */
  @Test
  void anInterruptedRestoreNeedsTheRestOnly() throws Exception {
    String hash = Bytes.wrap(Sha256.digest().digest("large".getBytes(UTF_8))).hex();
    Files.createDirectories(back);
    Files.write(
        back.resolve(RepositoryMarker.UNFINISHED + hash.substring(0, 16)), Sandbox.noise(1, PAGE));
    assertEquals(PAGE - 7 + 1000, needed(free(0)));
    assertEquals(3, restore(free(PAGE - 7 + 1000)).filesRestored());
    assertEquals(Sandbox.describe(sandbox.data), Sandbox.describe(back));
  }
}
