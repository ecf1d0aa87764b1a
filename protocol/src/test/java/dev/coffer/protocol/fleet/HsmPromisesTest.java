package dev.coffer.protocol.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.fleet.HsmPromises.Keys;
import dev.coffer.protocol.fleet.HsmPromises.Memory;
import dev.coffer.protocol.fleet.HsmPromises.Voucher;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Promises as an attestation says them, and as a floor compares them. */
final class HsmPromisesTest {
  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static HsmIdentity hsm(String model, Bytes attestation) {
    return new HsmIdentity(Bytes.zeros(32), Bytes.zeros(32), model, Bytes.zeros(32), attestation);
  }

  @Test
  void everyPromiseIsReadAsItWasWritten() {
    Set<Bytes> texts = new HashSet<>();
    for (Keys keys : Keys.values()) {
      for (Memory memory : Memory.values()) {
        for (Voucher voucher : Voucher.values()) {
          HsmPromises promises = new HsmPromises(keys, memory, voucher);
          assertTrue(texts.add(promises.write()));
          Bytes attestation = promises.write().concat(Bytes.zeros(70));
          assertEquals(promises, HsmPromises.of(hsm("TEST token", attestation)));
        }
      }
    }
    assertEquals(
        ascii("coffer-hsm 1\nkeys sealed\nmemory unnoticed\nvoucher device\n\n"),
        new HsmPromises(Keys.SEALED, Memory.UNNOTICED, Voucher.DEVICE).write());
  }

  @Test
  void whatCannotBeReadPromisesNothing() {
    String good = "coffer-hsm 1\nkeys sealed\nmemory unnoticed\nvoucher device\n\n";
    for (String bad :
        Set.of(
            "",
            good.substring(1),
            good.substring(0, good.length() - 1),
            good.replace("hsm 1", "hsm 2"),
            good.replace("sealed", "sealed "),
            good.replace("keys", "Keys"),
            good.replace("unnoticed", "never"))) {
      assertEquals(Optional.empty(), HsmPromises.read(ascii(bad)), bad);
      assertEquals(
          HsmPromises.NONE, HsmPromises.of(hsm("TEST token", ascii(bad).concat(Bytes.zeros(64)))));
    }
    assertEquals(HsmPromises.NONE, HsmPromises.of(hsm("TEST token", Bytes.zeros(63))));
    Bytes files = HsmPromises.SIMULATED.concat(Bytes.zeros(64));
    assertEquals(HsmPromises.NONE, HsmPromises.of(hsm("SIMULATED software HSM", files)));
  }

  @Test
  void aFloorIsReachedWhenEachPromiseReachesIt() {
    HsmPromises token = new HsmPromises(Keys.SEALED, Memory.UNNOTICED, Voucher.NOBODY);
    HsmPromises tpm = new HsmPromises(Keys.SEALED, Memory.ANCHORED, Voucher.DEVICE);
    assertTrue(token.reach(HsmPromises.NONE));
    assertTrue(token.reach(token));
    assertTrue(tpm.reach(token));
    assertFalse(token.reach(new HsmPromises(Keys.SEALED, Memory.ANCHORED, Voucher.NOBODY)));
    assertFalse(HsmPromises.NONE.reach(token));
    assertFalse(tpm.reach(new HsmPromises(Keys.INSIDE, Memory.UNNOTICED, Voucher.NOBODY)));
    assertFalse(tpm.reach(new HsmPromises(Keys.DISK, Memory.MONOTONIC, Voucher.NOBODY)));
    assertEquals(3, Set.copyOf(tpm.meaning()).size());
  }

  @Test
  void nobodyReachesAVoucherByItsOwnWord() {
    HsmPromises boasting = new HsmPromises(Keys.INSIDE, Memory.MONOTONIC, Voucher.VENDOR);
    assertFalse(boasting.reach(boasting));
    assertFalse(boasting.reach(new HsmPromises(Keys.DISK, Memory.UNNOTICED, Voucher.DEVICE)));
    // Of keys and memory its own word is taken: that guards against mistakes alone.
    assertTrue(boasting.reach(new HsmPromises(Keys.INSIDE, Memory.MONOTONIC, Voucher.NOBODY)));
    for (Voucher voucher : Set.of(Voucher.DEVICE, Voucher.VENDOR)) {
      String said = new HsmPromises(Keys.INSIDE, Memory.MONOTONIC, voucher).meaning().get(2);
      assertTrue(said.startsWith("it says that "), said);
      assertTrue(said.endsWith("which nobody here has verified"), said);
    }
  }
}
