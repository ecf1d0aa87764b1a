package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.note.VerifierKey;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Policy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every file of a log is damaged in turn: the check names it. A mirror takes none of it over. */
@Tag("long")
class LogFsckTest {
  private static final String ORIGIN = "log.example/fsck";

  private final WatchedKey key = new WatchedKey("log");
  private final FaultyDisk disk = new FaultyDisk();
  private final VerifierKey verifier = key.signer(ORIGIN, SignatureType.ED25519).verifier();

  @BeforeEach
  void fill() throws IOException {
    TiledLog.create(disk, key.signer(ORIGIN, SignatureType.ED25519));
    TiledLog log =
        TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true);
    append(log, 0, 100);
    append(log, 100, 700);
    append(log, 700, 701);
  }

  private static void append(TiledLog log, int from, int to) throws IOException {
    List<Bytes> leaves = new ArrayList<>();
    for (int i = from; i < to; i++) {
      leaves.add(Trees.leaf("fsck", i));
    }
    Round round = log.append(leaves);
    assertEquals(to - from, round.placements().size());
  }

  private Policy policy() {
    return new Policy(
        List.of(new Policy.Log(verifier, Optional.empty())), List.of(), List.of(), Policy.NONE);
  }

  private List<String> publicFiles() {
    return disk.files().keySet().stream().filter(f -> f.startsWith("public/")).toList();
  }

  /** Whether a tree of 701 leaves has this file, and not only a smaller one before. */
  private static boolean isNeeded(String file) {
    return !file.contains(".p/") || file.matches(".*\\.p/(189|2)");
  }

  @Test
  void aSoundLogIsClean() throws IOException {
    LogFsck.Report report = LogFsck.run(disk, verifier);
    assertTrue(report.clean(), report.toString());
    assertEquals(701, report.size());
  }

  @Test
  void theDamagedFileIsNamed() throws IOException {
    for (String file : publicFiles()) {
      Bytes whole = disk.files().get(file);
      byte[] damaged = whole.toByteArray();
      // A letter inside of an entry, a hash, or the root.
      damaged[Math.min(damaged.length - 1, 40)] ^= 1;
      disk.files().put(file, Bytes.wrap(damaged));
      LogFsck.Report report = LogFsck.run(disk, verifier);
      assertTrue(!report.clean(), file);
      assertTrue(report.faults().get(0).startsWith(file + ": "), file + report.faults());
      disk.files().put(file, whole);
    }
    assertTrue(LogFsck.run(disk, verifier).clean());
  }

  /** What is intact is never named: an operator would restore it from somewhere worse. */
  @Test
  void oneDamagedFileIsTheOnlyOneNamed() throws IOException {
    for (String file : publicFiles()) {
      Bytes whole = disk.files().get(file);
      for (int at : new int[] {0, 40, whole.size() - 1}) {
        byte[] damaged = whole.toByteArray();
        damaged[Math.min(damaged.length - 1, at)] ^= 1;
        disk.files().put(file, Bytes.wrap(damaged));
        List<String> faults = LogFsck.run(disk, verifier).faults();
        assertEquals(1, faults.size(), file + " at " + at + ": " + faults);
        assertTrue(faults.get(0).startsWith(file + ": "), file + faults);
      }
      disk.files().put(file, whole);
    }
  }

  @Test
  void theMissingFileIsNamed() throws IOException {
    for (String file : publicFiles()) {
      Bytes whole = disk.files().remove(file);
      LogFsck.Report report = LogFsck.run(disk, verifier);
      boolean needed = isNeeded(file);
      assertEquals(!needed, report.clean(), file + report.faults());
      if (needed) {
        assertTrue(report.faults().get(0).startsWith(file + ": "), file + report.faults());
      }
      disk.files().put(file, whole);
    }
  }

  @Test
  void foreignFilesAreNamed() throws IOException {
    disk.files().put("public/tile/0/README", Bytes.EMPTY);
    assertEquals(
        List.of("public/tile/0/README: is not a file of a log"),
        LogFsck.run(disk, verifier).faults());
  }

  @Test
  void aLogThatCannotGoOnHalts() throws IOException {
    String edge = "public/tile/0/002.p/189";
    byte[] damaged = disk.files().get(edge).toByteArray();
    damaged[7] ^= 1;
    disk.files().put(edge, Bytes.wrap(damaged));
    int before = key.signed().size();
    assertThrows(
        LogHalted.class,
        () -> TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true));
    assertEquals(before, key.signed().size());
  }

  @Test
  void anOlderJournalOfHeadsHalts() throws IOException {
    FaultyDisk older = new FaultyDisk();
    older.files().putAll(disk.files());
    TiledLog log =
        TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true);
    append(log, 701, 702);
    disk.files().put("state/heads", older.files().get("state/heads"));
    assertThrows(
        LogHalted.class,
        () -> TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true));
    disk.files().remove("state/heads");
    assertThrows(
        LogHalted.class,
        () -> TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true));
    assertThrows(
        IOException.class, () -> TiledLog.create(disk, key.signer(ORIGIN, SignatureType.ED25519)));
  }

  @Test
  void aMirrorIsAsGoodAsTheLog() throws IOException, Refused {
    FaultyDisk copy = new FaultyDisk();
    Mirror mirror = new Mirror(copy, policy());
    assertEquals(701, mirror.update(new LogFiles(disk)).size());
    assertTrue(LogFsck.run(copy, verifier).clean());
    TiledLog log =
        TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true);
    append(log, 701, 1300);
    assertEquals(1300, mirror.update(new LogFiles(disk)).size());
    assertEquals(1300, mirror.update(new LogFiles(disk)).size());
    assertTrue(LogFsck.run(copy, verifier).clean());
  }

  @Test
  void aMirrorTakesNothingWrongOver() throws IOException, Refused {
    for (String file : publicFiles()) {
      if (!isNeeded(file)) {
        continue;
      }
      Bytes whole = disk.files().get(file);
      byte[] damaged = whole.toByteArray();
      damaged[Math.min(damaged.length - 1, 40)] ^= 1;
      disk.files().put(file, Bytes.wrap(damaged));
      FaultyDisk copy = new FaultyDisk();
      try {
        Checkpoint copied = new Mirror(copy, policy()).update(new LogFiles(disk));
        // Full hash tiles of level 0 are made anew, never copied.
        assertEquals(701, copied.size());
        assertTrue(LogFsck.run(copy, verifier).clean(), file);
        assertTrue(file.matches("public/tile/0/00[01]"), file);
      } catch (Refused e) {
        assertTrue(copy.files().keySet().stream().noneMatch("public/checkpoint"::equals), file);
      }
      disk.files().put(file, whole);
    }
  }
}
