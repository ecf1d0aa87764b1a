package dev.coffer.transparency.trust;

import static dev.coffer.transparency.RefusalAssertion.assertRefused;
import static dev.coffer.transparency.TransparencyWorld.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.note.Note;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import org.junit.jupiter.api.Test;

class TrustPolicyTest {
  private final TransparencyWorld world = new TransparencyWorld();
  private final TrustPolicy first = world.policy();

  @Test
  void firstVersionIsSignedByItsOwnRoots() throws Refused {
    assertEquals(first, TrustPolicy.openFirst(signed(first, world.roots.subList(1, 4))));
    assertRefused(
        RefusalCode.NO_QUORUM,
        () -> TrustPolicy.openFirst(signed(first, world.roots.subList(1, 3))));
    assertRefused(
        RefusalCode.NO_QUORUM, () -> TrustPolicy.openFirst(signed(first, world.newRoots)));
    TrustPolicy second = world.policy(first, world.roots);
    assertRefused(
        RefusalCode.OUT_OF_SEQUENCE, () -> TrustPolicy.openFirst(signed(second, world.roots)));
  }

  @Test
  void oneBadRootSignatureSpoilsThePolicy() throws Refused {
    TrustPolicy second = world.policy(first, world.roots);
    Note note = Note.parse(signed(second, world.roots.subList(0, 4)));
    Note spoiled = note.with(world.roots.get(4).sign(first.text()));
    assertEquals(second, first.openNext(note));
    assertRefused(RefusalCode.BAD_SIGNATURE, () -> first.openNext(spoiled));
  }

  @Test
  void textAndHashRoundTrip() throws Refused {
    TrustPolicy second = world.policy(first, world.newRoots);
    assertEquals(second, TrustPolicy.parse(second.text()));
    assertEquals(first.hash(), second.prev());
  }
}
