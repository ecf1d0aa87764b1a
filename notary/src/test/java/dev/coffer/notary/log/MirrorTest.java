package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import dev.coffer.transparency.tlog.Tile;
import dev.coffer.transparency.tlog.TilePath;
import dev.coffer.transparency.tlog.Tlog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a mirror makes of a log that shows something else than before. Three witnesses are honest:
 * they cosign one history only, so a fork never carries their quorum.
 */
@Tag("long")
class MirrorTest {
  private static final long NOW = TransparencyWorld.START;

  private final FaultyDisk copy = new FaultyDisk();
  private final TransparencyWorld honest = TransparencyWorld.withEntries(100);
  private final Mirror mirror = new Mirror(copy, honest.logPolicy());

  /** Serves a world's leaves, 256 at most, under any checkpoint. */
  private static final class Shown implements LogSource {
    private final TransparencyWorld world;
    private final Note checkpoint;
    private boolean garbled;
    private boolean withheld;

    Shown(TransparencyWorld world, Note checkpoint) {
      this.world = world;
      this.checkpoint = checkpoint;
    }

    @Override
    public Bytes checkpoint() {
      return checkpoint.encode();
    }

    @Override
    public Bytes read(TilePath tile) throws IOException {
      if (withheld) {
        throw new IOException("withheld");
      }
      List<Bytes> leaves = new ArrayList<>(world.leaves().subList(0, tile.width()));
      if (garbled) {
        leaves.set(3, Utf8.encode("garbled"));
      }
      return tile.level() == TilePath.ENTRIES
          ? Tile.encodeEntries(leaves)
          : Tile.encodeHashes(leaves.stream().map(Tlog::leafHash).toList());
    }
  }

  private static TransparencyWorld forkOf(TransparencyWorld honest, int common, int size) {
    TransparencyWorld fork = new TransparencyWorld();
    honest.leaves().subList(0, common).forEach(fork::append);
    while (fork.leaves().size() < size) {
      fork.append(Utf8.encode("forked " + fork.leaves().size()));
    }
    return fork;
  }

  private static Shown uncosigned(TransparencyWorld world) {
    return new Shown(world, world.checkpoint(world.leaves().size()));
  }

  private void copied() throws IOException, Refused {
    assertEquals(100, mirror.update(new Shown(honest, honest.cosigned(NOW))).size());
  }

  private long evidenceFiles() {
    return copy.files().keySet().stream().filter(f -> f.startsWith("evidence/")).count();
  }

  private void assertFork(Shown shown) throws IOException, Refused {
    Mirror.Sight.Fork fork = assertInstanceOf(Mirror.Sight.Fork.class, mirror.look(shown));
    assertEquals(List.of(fork.evidence()), mirror.forks());
    assertEquals(shown.checkpoint(), copy.files().get(fork.evidence() + "shown"));
    assertEquals(honest.cosigned(NOW).encode(), copy.files().get(fork.evidence() + "before"));
    assertEquals(100, mirror.checkpoint().orElseThrow().size(), "the copy stays what it was");
    assertEquals(
        RefusalCode.BAD_PROOF, assertThrows(Refused.class, () -> mirror.update(shown)).code());
    assertEquals(3, evidenceFiles(), "the same fork is kept once");
  }

  @Test
  void aForkOfEverySizeIsProvedWithoutAnyWitness() throws IOException, Refused {
    for (int size : new int[] {1, 63, 64, 99, 100, 101, 128, 200}) {
      for (int common : new int[] {0, 60, size - 1}) {
        // A history that only goes on after what is copied is no fork.
        if (common < Math.min(size, 100)) {
          copy.files().clear();
          copied();
          assertFork(uncosigned(forkOf(honest, common, size)));
        }
      }
    }
  }

  @Test
  void aForkUnderNewCosignaturesIsTheSameFork() throws IOException, Refused {
    copied();
    TransparencyWorld fork = forkOf(honest, 3, 120);
    mirror.look(uncosigned(fork));
    mirror.look(new Shown(fork, fork.cosigned(NOW + 5)));
    assertEquals(1, mirror.forks().size());
  }

  @Test
  void anOldCacheHarmsNobody() throws IOException, Refused {
    copied();
    for (int size : new int[] {0, 1, 64, 99}) {
      Shown old = new Shown(honest, honest.cosign(honest.checkpoint(size), NOW, 0, 1));
      Checkpoint head = assertInstanceOf(Mirror.Sight.Older.class, mirror.look(old)).head();
      assertEquals(size, head.size());
    }
    assertEquals(0, evidenceFiles());
  }

  @Test
  void garbledTilesBlameNobody() throws IOException, Refused {
    copied();
    TransparencyWorld grown = forkOf(honest, 100, 150);
    Shown shown = new Shown(grown, grown.cosigned(NOW));
    shown.garbled = true;
    Refused refused = assertThrows(Refused.class, () -> mirror.look(shown));
    assertEquals(RefusalCode.BAD_PROOF, refused.code());
    assertEquals(List.of(), mirror.forks(), "nothing is proved");
    assertEquals(2, evidenceFiles(), "yet both checkpoints are kept");
    shown.garbled = false;
    assertEquals(150, mirror.update(shown).size());
    assertEquals(0, evidenceFiles(), "and let go, since one follows from the other");
  }

  @Test
  void aForkWhoseTilesAreWithheldLeavesItsCheckpoint() throws IOException, Refused {
    copied();
    Shown shown = uncosigned(forkOf(honest, 10, 150));
    shown.withheld = true;
    assertThrows(IOException.class, () -> mirror.look(shown));
    assertEquals(2, evidenceFiles());
    shown.withheld = false;
    assertFork(shown);
  }

  @Test
  void itsOwnDamagedFilesBlameNobody() throws IOException, Refused {
    copied();
    String tile = copy.files().keySet().stream().filter(f -> f.contains("tile/0/")).findAny().get();
    byte[] damaged = copy.files().get(tile).toByteArray();
    damaged[40] ^= 1;
    copy.files().put(tile, Bytes.wrap(damaged));
    Shown old = new Shown(honest, honest.cosign(honest.checkpoint(64), NOW, 0, 1));
    Refused refused = assertThrows(Refused.class, () -> mirror.look(old));
    assertEquals(RefusalCode.MALFORMED, refused.code());
    assertEquals(0, evidenceFiles());
  }

  @Test
  void withoutAQuorumNothingIsCopied() throws IOException, Refused {
    copied();
    TransparencyWorld grown = forkOf(honest, 100, 101);
    Refused refused = assertThrows(Refused.class, () -> mirror.look(uncosigned(grown)));
    assertEquals(RefusalCode.NO_QUORUM, refused.code());
    assertEquals(100, mirror.checkpoint().orElseThrow().size());
    assertEquals(0, evidenceFiles());
  }

  @Test
  void olderCosignaturesDoNotReplaceNewerOnes() throws IOException, Refused {
    copied();
    mirror.update(new Shown(honest, honest.cosigned(NOW + 60)));
    mirror.update(new Shown(honest, honest.cosigned(NOW - 60)));
    assertEquals(NOW + 60, mirror.quorumTime().orElseThrow());
  }

  @Test
  void everyFailedWriteOfEvidenceIsMadeUpFor() throws IOException, Refused {
    for (int write = 0; write < 3; write++) {
      for (FaultyDisk.Fault fault : FaultyDisk.Fault.values()) {
        copy.files().clear();
        copied();
        Shown shown = uncosigned(forkOf(honest, 10, 99));
        copy.failWrite(write, fault, false);
        assertThrows(IOException.class, () -> mirror.look(shown));
        assertFork(shown);
      }
    }
    assertTrue(copy.writes() > 0);
  }
}
