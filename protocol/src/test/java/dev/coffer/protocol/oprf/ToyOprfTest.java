package dev.coffer.protocol.oprf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Rejected;
import dev.coffer.protocol.codec.RejectionCode;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.PrimeOrderGroup;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.group.ToyGroup;
import dev.coffer.protocol.group.ToyGroup.ToyElement;
import dev.coffer.protocol.group.ToyGroup.ToyScalar;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The OPRF with every blind and every key of a toy group, and its properties over ristretto255. */
class ToyOprfTest {
  private static final ToyGroup GROUP = ToyGroup.GROUP;
  private static final Oprf<ToyElement, ToyScalar> OPRF = new Oprf<>(GROUP, "toy-SHA512");

  private static SecretBytes input(int number) {
    return SecretBytes.wrap(new byte[] {(byte) number});
  }

  private static List<ToyScalar> nonZero() {
    return GROUP.scalars().subList(1, ToyGroup.ORDER);
  }

  @Test
  void theOutputDependsOnKeyAndInputAlone() throws Exception {
    int refused = 0;
    for (int number = 0; number < 60; number++) {
      for (ToyScalar key : nonZero()) {
        Set<Bytes> outputs = new HashSet<>();
        for (ToyScalar blind : nonZero()) {
          try {
            ToyElement blinded = OPRF.blind(input(number), blind).blindedElement();
            ToyElement evaluated = OPRF.evaluate(key, GROUP.decode(blinded.encode()));
            outputs.add(Bytes.wrap(OPRF.finalizeOutput(input(number), blind, evaluated).copy()));
          } catch (Rejected identity) {
            assertEquals(RejectionCode.BAD_ELEMENT, identity.code());
            refused++;
          }
        }
        assertTrue(outputs.size() <= 1, "blinds must cancel");
      }
    }
    // One input in eleven hashes to the identity; none would mean that the refusal was never tried.
    assertTrue(refused > 0);
  }

  /**
   * Over all blinds an input's blinded elements are all ten elements but the identity: they say
   * nothing about it.
   */
  @Test
  void blindedElementsAreUniform() throws Exception {
    for (int number = 0; number < 30; number++) {
      Set<Bytes> seen = new HashSet<>();
      for (ToyScalar blind : nonZero()) {
        try {
          seen.add(OPRF.blind(input(number), blind).blindedElement().encode());
        } catch (Rejected identity) {
          continue;
        }
      }
      assertTrue(seen.isEmpty() || seen.size() == ToyGroup.ORDER - 1);
    }
  }

  @Test
  void aZeroBlindIsABrokenInvariant() {
    assertThrows(Invariant.Broken.class, () -> OPRF.blind(input(1), GROUP.scalar(0)));
    assertThrows(
        Invariant.Broken.class,
        () -> Oprf.RISTRETTO255.blind(input(1), Ristretto255.GROUP.scalar(0)));
  }

  @Test
  void inputsHaveALimit() throws Exception {
    RistrettoScalar one = Ristretto255.GROUP.scalar(1);
    SecretBytes tooLong = SecretBytes.wrap(new byte[65_536]);
    RistrettoElement element = Ristretto255.GROUP.generator();
    assertThrows(
        Invariant.Broken.class, () -> Oprf.RISTRETTO255.finalizeOutput(tooLong, one, element));
  }

  @Test
  void freshBlindsGiveOtherElementsAndTheSameOutput() throws Exception {
    Random random = new Random(9497);
    Oprf<RistrettoElement, RistrettoScalar> oprf = Oprf.RISTRETTO255;
    RistrettoScalar key = Ristretto255.GROUP.randomScalar(random::nextBytes);
    Set<Bytes> blinded = new HashSet<>();
    Set<Bytes> outputs = new HashSet<>();
    for (int round = 0; round < 20; round++) {
      Oprf.Blinding<RistrettoElement, RistrettoScalar> blinding =
          oprf.blind(input(42), random::nextBytes);
      blinded.add(blinding.blindedElement().encode());
      RistrettoElement evaluated = oprf.evaluate(key, blinding.blindedElement());
      outputs.add(Bytes.wrap(oprf.finalizeOutput(input(42), blinding.blind(), evaluated).copy()));
      assertEquals("Blinding[redacted]", blinding.toString());
    }
    assertEquals(20, blinded.size());
    assertEquals(1, outputs.size());
    assertEquals(64, outputs.iterator().next().size());
  }

  /** RFC 9497 §3.2.1: a counter goes on until the key is not zero, and ends. */
  @Test
  void derivedKeysAreNeverZero() throws Exception {
    int drawnAgain = 0;
    for (int number = 0; number < 100; number++) {
      SecretBytes seed = SecretBytes.wrap(new byte[] {(byte) number});
      ToyScalar key = OPRF.deriveKey(seed, Bytes.EMPTY);
      assertTrue(key.value() != 0);
      drawnAgain += firstDraw(number) == 0 ? 1 : 0;
    }
    assertTrue(drawnAgain > 0, "no seed of these gave zero at first");
  }

  private static int firstDraw(int number) {
    Bytes tag = Bytes.wrap("DeriveKeyPairOPRFV1-\0-toy-SHA512".getBytes(StandardCharsets.US_ASCII));
    byte[] input = {(byte) number, 0, 0, 0};
    return GROUP.hashToScalar(SecretBytes.wrap(input), tag).value();
  }

  @Test
  void aGroupThatGivesOnlyZeroGetsNoKey() {
    AtomicInteger draws = new AtomicInteger();
    InvocationHandler zeros =
        (proxy, method, arguments) -> {
          if (method.getName().equals("hashToScalar")) {
            draws.incrementAndGet();
            return GROUP.scalar(0);
          }
          return method.invoke(GROUP, arguments);
        };
    @SuppressWarnings("unchecked")
    PrimeOrderGroup<ToyElement, ToyScalar> broken =
        (PrimeOrderGroup<ToyElement, ToyScalar>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PrimeOrderGroup.class}, zeros);
    Oprf<ToyElement, ToyScalar> oprf = new Oprf<>(broken, "toy-SHA512");
    assertThrows(IllegalStateException.class, () -> oprf.deriveKey(input(1), Bytes.EMPTY));
    assertEquals(256, draws.get());
  }

  @Test
  void aGeneratorThatGivesOnlyZerosBlindsNothing() {
    assertThrows(
        IllegalStateException.class,
        () -> Ristretto255.GROUP.randomScalar(target -> Arrays.fill(target, (byte) 0)));
  }
}
