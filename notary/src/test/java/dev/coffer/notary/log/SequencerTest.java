package dev.coffer.notary.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.notary.disk.FaultyDisk;
import dev.coffer.notary.key.MemoryKey;
import dev.coffer.notary.key.NoteSigner;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.KeyName;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.note.SignatureType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class SequencerTest {
  private static NoteSigner key() {
    String origin = TransparencyWorld.ORIGIN;
    return new NoteSigner(
        new KeyName(origin), SignatureType.ED25519, new MemoryKey(TestKeys.seed(origin)));
  }

  @Test
  void aLeafThatIsThereAlreadyIsNoNewsForWitnesses() throws Exception {
    TransparencyWorld world = new TransparencyWorld();
    LeafRule rule =
        dev.coffer.notary.bundle.BundleRule.of(
            TransparencyWorld.NAMESPACE, world.operator.verifier(), world.notary.verifier(), 0);
    FaultyDisk disk = new FaultyDisk();
    TiledLog.create(disk, key());
    List<Note> heads = Collections.synchronizedList(new ArrayList<>());
    try (TiledLog log = TiledLog.open(disk, key(), rule, true);
        Sequencer sequencer = new Sequencer(log, heads::add)) {
      Bytes first = leaf(world);
      for (int again = 0; again < 5; again++) {
        Placement placed = sequencer.add(first, 60_000).orElseThrow().placement();
        assertEquals(0, ((Placement.Placed) placed).index());
      }
      sequencer.add(leaf(world), 60_000);
      sequencer.add(first, 60_000);
    }
    assertEquals(2, heads.size(), "one head a leaf, however often anybody sends it");
  }

  private static Bytes leaf(TransparencyWorld world) {
    return world.append(
        BundleNote.sign(
            world.next(
                TransparencyWorld.START,
                TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ACTIVE)),
            world.notary,
            world.operator));
  }
}
