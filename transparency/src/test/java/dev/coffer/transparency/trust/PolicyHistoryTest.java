package dev.coffer.transparency.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.transparency.TestKeys;
import dev.coffer.transparency.TransparencyWorld;
import dev.coffer.transparency.bundle.Bundle;
import dev.coffer.transparency.bundle.BundleNote;
import dev.coffer.transparency.bundle.FleetState;
import dev.coffer.transparency.note.SignerKey;
import dev.coffer.transparency.text.RefusalCode;
import dev.coffer.transparency.text.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reads all bundles reads each under the policy that it names. */
class PolicyHistoryTest {
  private final TransparencyWorld world = new TransparencyWorld();
  private final TrustPolicy first = world.policy();
  private final SignerKey newOperator = TestKeys.signer("operator.example/2");
  private final TrustPolicy second = withOperator(world.policy(first, world.newRoots));

  private TrustPolicy withOperator(TrustPolicy policy) {
    return new TrustPolicy(
        policy.namespace(),
        policy.version(),
        policy.prev(),
        policy.rootThreshold(),
        policy.roots(),
        newOperator.verifier(),
        policy.notary(),
        policy.maxAgeHard(),
        policy.maxAgeSoft(),
        policy.announce(),
        policy.log());
  }

  private PolicyHistory history() throws Refused {
    return PolicyHistory.of(TransparencyWorld.signed(first, world.roots.subList(0, 3)));
  }

  private Bytes secondNote(int old, int own) {
    List<SignerKey> signers = new ArrayList<>(world.roots.subList(0, old));
    signers.addAll(world.newRoots.subList(0, own));
    return TransparencyWorld.signed(second, signers);
  }

  private Bundle next(TrustPolicy policy) {
    return world.next(
        policy,
        TransparencyWorld.START,
        TransparencyWorld.listed(TransparencyWorld.fleet("one"), FleetState.ANNOUNCED));
  }

  private static void assertRefused(RefusalCode code, Executable e) {
    assertEquals(code, assertThrows(Refused.class, e).code());
  }

  @Test
  void eachLeafIsReadUnderThePolicyThatItNames() throws Refused {
    Bytes old = world.publish(next(first));
    Bundle next = next(second);
    Bytes fresh = BundleNote.sign(next, world.notary, newOperator);
    PolicyHistory history = history().with(secondNote(3, 3));
    assertEquals(first, BundleNote.open(old, history).policy());
    assertEquals(second, BundleNote.open(fresh, history).policy());
    // Without the second version its leaves count for nothing.
    PolicyHistory shorter = history();
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> BundleNote.open(fresh, shorter));
  }

  @Test
  void oldKeysSignNothingUnderTheNewPolicy() throws Refused {
    PolicyHistory history = history().with(secondNote(3, 3));
    Bundle next = next(second);
    Bytes leaf = BundleNote.sign(next, world.notary, world.operator);
    assertRefused(RefusalCode.UNKNOWN_SIGNER, () -> BundleNote.open(leaf, history));
    Bytes other = BundleNote.sign(next(first), world.notary, newOperator);
    assertRefused(RefusalCode.UNKNOWN_SIGNER, () -> BundleNote.open(other, history));
  }

  @Test
  void aPolicyThatRootsNeverMadeIsNamedInVain() throws Refused {
    PolicyHistory history = history().with(secondNote(3, 3));
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> history.named(1, second.hash()));
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> history.named(2, first.hash()));
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> history.named(3, second.hash()));
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> history.named(0, first.hash()));
  }

  @Test
  void bothThresholdsAreNeeded() throws Refused {
    PolicyHistory history = history();
    assertRefused(RefusalCode.NO_QUORUM, () -> history.with(secondNote(2, 5)));
    assertRefused(RefusalCode.NO_QUORUM, () -> history.with(secondNote(5, 2)));
    assertEquals(second, history.with(secondNote(3, 3)).newest());
  }

  @Test
  void noVersionIsSkippedOrRepeated() throws Refused {
    PolicyHistory history = history().with(secondNote(3, 3));
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> history.with(secondNote(3, 3)));
    assertRefused(RefusalCode.OUT_OF_SEQUENCE, () -> PolicyHistory.of(secondNote(3, 3)));
  }

  @Test
  void versionsAreReadFromFilesBesideTheFirst(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("policy.note");
    assertThrows(NoSuchFileException.class, () -> PolicyFiles.read(file));
    write(file, TransparencyWorld.signed(first, world.roots.subList(0, 3)));
    assertEquals(first, PolicyFiles.read(file).newest());
    assertEquals(folder.resolve("policy-2.note"), PolicyFiles.version(file, 2));
    // A version too far is not read: the chain ends where a file is missing.
    write(PolicyFiles.version(file, 3), Bytes.zeros(1));
    assertEquals(first, PolicyFiles.read(file).newest());
    write(PolicyFiles.version(file, 2), secondNote(2, 5));
    PolicyFiles.Unsound unsigned =
        assertThrows(PolicyFiles.Unsound.class, () -> PolicyFiles.read(file));
    assertTrue(String.valueOf(unsigned.getMessage()).contains("policy-2.note does not hold"));
    Files.delete(PolicyFiles.version(file, 3));
    write(PolicyFiles.version(file, 2), secondNote(3, 3));
    assertEquals(List.of(first, second), PolicyFiles.read(file).policies());
    write(PolicyFiles.version(file, 3), Bytes.zeros(TrustPolicy.SIZE_MAX + 1));
    assertThrows(PolicyFiles.Unsound.class, () -> PolicyFiles.read(file));
  }

  private static void write(Path file, Bytes note) throws IOException {
    Files.write(file, note.toByteArray());
  }

  @Test
  void aChainIsDeliveredUpToTheVersionThatABundleNames() throws Refused {
    PolicyHistory history = history().with(secondNote(3, 3));
    assertEquals(1, history.notesUpTo(1).size());
    assertEquals(2, history.notesUpTo(2).size());
  }
}
