package dev.coffer.notary.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.key.WatchedKey;
import dev.coffer.notary.log.Trees;
import dev.coffer.transparency.note.SignatureType;
import dev.coffer.transparency.tlog.Checkpoint;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A log with two histories, and a disk on which every write fails once in every way: the witness
 * never signs both, and never goes back.
 */
@Tag("long")
class WitnessFaultTest {
  private static final String ORIGIN = "log.example/two-faced";
  private static final int SIZES = 6;

  private final WatchedKey logKey = new WatchedKey("log");
  private final WatchedKey key = new WatchedKey("witness");
  private final FaultyDisk disk = new FaultyDisk();
  private final Trees one = new Trees().grow("one", SIZES);
  private final Trees other = new Trees().grow("other", SIZES);
  private Optional<Witness> witness = Optional.empty();
  private boolean restless;

  private Witness witness() throws IOException {
    if (disk.isDead()) {
      disk.restart();
      witness = Optional.empty();
    }
    if (witness.isEmpty() || restless) {
      witness =
          Optional.of(
              Witness.open(
                  disk,
                  key.signer("witness.example", SignatureType.COSIGNATURE),
                  () -> Instant.ofEpochSecond(1_800_000_000),
                  List.of(
                      WitnessedLog.of(logKey.signer(ORIGIN, SignatureType.ED25519).verifier()))));
    }
    return witness.get();
  }

  /** Tries one history, then the other, from the size that the witness admits to. */
  private void push(Trees tree, int size) {
    long from = 0;
    for (int tries = 0; tries < 4; tries++) {
      try {
        if (from > size) {
          return;
        }
        if (witness().add(tree.request(ORIGIN, logKey, from, size))
            instanceof WitnessAnswer.Conflict conflict) {
          from = conflict.size();
        } else {
          return;
        }
      } catch (IOException e) {
        // Whoever is told nothing asks again.
      }
    }
  }

  private void live() {
    for (int size = 1; size <= SIZES; size++) {
      Trees first = size % 2 == 0 ? one : other;
      push(first, size);
      push(first == one ? other : one, size);
    }
  }

  private void check(String what) throws IOException {
    List<Checkpoint> signed = key.signed();
    assertTrue(!signed.isEmpty(), what);
    boolean likeOne = signed.stream().allMatch(head -> head.root().equals(one.root(head.size())));
    boolean likeOther =
        signed.stream().allMatch(head -> head.root().equals(other.root(head.size())));
    assertTrue(likeOne || likeOther, what + ": both histories were signed");
    long size = 0;
    for (Checkpoint head : signed) {
      assertTrue(head.size() >= size, what + ": it went back");
      size = head.size();
    }
    Trees winner = likeOne ? one : other;
    witness = Optional.empty();
    push(winner, SIZES);
    WitnessAnswer answer = witness().add(winner.request(ORIGIN, logKey, 0, SIZES));
    assertEquals(new WitnessAnswer.Conflict(SIZES), answer, what);
  }

  @Test
  void itIsKilledBeforeEveryRequest() throws IOException {
    restless = true;
    live();
    check("restless");
    assertEquals(SIZES, key.signed().stream().distinct().count());
  }

  @Test
  void everyWriteFailsInEveryWay() throws IOException {
    WitnessFaultTest whole = new WitnessFaultTest();
    whole.live();
    whole.check("no fault");
    long writes = whole.disk.writes();
    assertTrue(writes >= SIZES, "the life has " + writes + " writes");
    for (FaultyDisk.Fault fault : FaultyDisk.Fault.values()) {
      for (boolean crash : new boolean[] {false, true}) {
        for (long n = 0; n < writes; n++) {
          WitnessFaultTest run = new WitnessFaultTest();
          run.disk.failWrite(n, fault, crash);
          run.live();
          run.check("write " + n + " " + fault + (crash ? " and a crash" : ""));
        }
      }
    }
  }
}
