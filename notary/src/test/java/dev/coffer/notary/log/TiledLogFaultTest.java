package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.text.Refused;
import dev.coffer.transparency.text.Utf8;
import dev.coffer.transparency.tlog.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every write of a log's life fails once, in each of three ways, with the process going on or
 * dying. Whatever happens, nothing that was ever signed contradicts anything else, what was
 * promised stays, and the folder is sound afterwards.
 */
@Tag("long")
class TiledLogFaultTest {
  private static final String ORIGIN = "log.example/faults";
  private static final int[] BATCHES = {3, 1, 251, 1, 2, 257, 1};

  private final WatchedKey key = new WatchedKey("log");
  private final FaultyDisk disk = new FaultyDisk();
  private final Map<Long, Bytes> promised = new TreeMap<>();
  private Optional<TiledLog> log = Optional.empty();
  private int story;
  private boolean restless;

  private TiledLog log() throws IOException {
    if (disk.isDead()) {
      disk.restart();
      log = Optional.empty();
    }
    if (log.isEmpty() || restless) {
      if (disk.files().get("state/heads") == null) {
        TiledLog.create(disk, key.signer(ORIGIN, SignatureType.ED25519));
      }
      log =
          Optional.of(
              TiledLog.open(disk, key.signer(ORIGIN, SignatureType.ED25519), LeafRule.ANY, true));
    }
    return log.get();
  }

  /** Each try brings other leaves: whoever came first must win, and nobody by half. */
  private void append(int count) throws IOException {
    story++;
    List<Bytes> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(Utf8.encode("story " + story + " leaf " + i));
    }
    Round round = log().append(leaves);
    for (int i = 0; i < count; i++) {
      long index = ((Placement.Placed) round.placements().get(i)).index();
      Bytes before = promised.put(index, leaves.get(i));
      assertTrue(before == null, "one index, promised once");
    }
  }

  private void live() {
    for (int batch : BATCHES) {
      for (int tries = 0; ; tries++) {
        try {
          append(batch);
          break;
        } catch (IOException e) {
          assertTrue(tries < 4, "a single fault does not keep a log from going on: " + e);
        }
      }
    }
  }

  private void check(String what) throws IOException, Refused {
    disk.restart();
    LogFiles files = new LogFiles(disk);
    Checkpoint published = Checkpoint.parse(Note.parse(files.checkpoint()).unverifiedText());
    Trees tree = new Trees();
    for (long bundle = 0; bundle * 256 < published.size(); bundle++) {
      files.entries(bundle, published.size()).forEach(tree::add);
    }
    assertEquals(tree.root(published.size()), published.root(), what);
    for (Checkpoint signed : key.signed()) {
      assertTrue(signed.size() <= published.size(), what);
      assertEquals(tree.root(signed.size()), signed.root(), what + ": equivocation was signed");
    }
    for (Map.Entry<Long, Bytes> leaf : promised.entrySet()) {
      long index = leaf.getKey();
      List<Bytes> bundle = files.entries(index / 256, published.size());
      assertEquals(leaf.getValue(), bundle.get((int) (index % 256)), what + ": a promise");
    }
    LogFsck.Report report = LogFsck.run(disk, key.signer(ORIGIN, SignatureType.ED25519).verifier());
    assertEquals(List.of(), report.faults(), what);
  }

  @Test
  void itIsKilledBeforeEveryBatch() throws IOException, Refused {
    restless = true;
    live();
    check("restless");
    assertEquals(BATCHES.length + 1, key.signed().stream().distinct().count());
  }

  @Test
  void everyWriteFailsInEveryWay() throws IOException, Refused {
    TiledLogFaultTest whole = new TiledLogFaultTest();
    whole.live();
    whole.check("no fault");
    long writes = whole.disk.writes();
    assertTrue(writes > 40, "the life has " + writes + " writes");
    for (FaultyDisk.Fault fault : FaultyDisk.Fault.values()) {
      for (boolean crash : new boolean[] {false, true}) {
        for (long n = 0; n < writes; n++) {
          TiledLogFaultTest one = new TiledLogFaultTest();
          one.disk.failWrite(n, fault, crash);
          one.live();
          one.check("write " + n + " " + fault + (crash ? " and a crash" : ""));
        }
      }
    }
  }
}
