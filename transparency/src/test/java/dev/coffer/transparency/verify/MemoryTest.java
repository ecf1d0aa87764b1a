package dev.coffer.transparency.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.text.Refused;
import org.junit.jupiter.api.Test;

/** A damaged memory is noticed, not taken for a new device. */
class MemoryTest extends Scene {
  @Test
  void damageIsRefused() throws Refused {
    Bytes good = seen().encode();
    assertEquals(good, Memory.decode(good).encode());
    for (int size = 0; size < good.size(); size++) {
      Bytes cut = good.slice(0, size);
      assertThrows(Refused.class, () -> Memory.decode(cut));
    }
    assertThrows(Refused.class, () -> Memory.decode(good.concat(Bytes.zeros(1))));
    assertThrows(Refused.class, () -> Memory.decode(Bytes.zeros(1).concat(good)));
  }

  @Test
  void memoryOnlyGoesForward() {
    Memory first = seen();
    Verdict.Trusted again =
        trusted(
            verifier.verify(
                world.delivery(TransparencyWorld.START - TransparencyWorld.DAY),
                fleet,
                Purpose.RECOVER,
                TransparencyWorld.START,
                first));
    // An older cosignature of the same checkpoint is fine, and takes nothing back.
    assertEquals(first, again.memory());
    world.publish(third());
    Memory later =
        trusted(
                verifier.verify(
                    world.delivery(TransparencyWorld.START + 1),
                    fleet,
                    Purpose.RECOVER,
                    TransparencyWorld.START + 1,
                    again.memory()))
            .memory();
    assertTrue(later.epoch() > first.epoch() && later.size() > first.size());
  }
}
