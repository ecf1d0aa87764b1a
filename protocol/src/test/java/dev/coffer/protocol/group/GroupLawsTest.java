package dev.coffer.protocol.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.crypto.SecretBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What PrimeOrderGroup promises, for everything in the toy group and for random members of
 * ristretto255.
 */
@Tag("long")
class GroupLawsTest {
  @Test
  void holdInTheWholeToyGroup() throws Exception {
    List<ToyGroup.ToyScalar> scalars = ToyGroup.GROUP.scalars();
    check(ToyGroup.GROUP, ToyGroup.GROUP.elements(), scalars);
    for (ToyGroup.ToyScalar scalar : scalars.subList(1, scalars.size())) {
      SecretBytes encoding = ToyGroup.GROUP.encodeScalar(scalar);
      assertEquals(scalar.value(), ToyGroup.GROUP.decodeScalar(encoding).value());
    }
  }

  @Test
  void holdInRistretto255() throws Exception {
    Random random = new Random(255);
    Ristretto255 group = Ristretto255.GROUP;
    List<RistrettoScalar> scalars =
        new ArrayList<>(
            List.of(
                group.scalar(0), group.scalar(1), group.scalar(-1), group.scalar(Long.MIN_VALUE)));
    List<RistrettoElement> elements =
        new ArrayList<>(
            List.of(group.multiply(group.scalar(0), group.generator()), group.generator()));
    for (int i = 0; i < 6; i++) {
      scalars.add(group.randomScalar(random::nextBytes));
      elements.add(group.multiply(group.randomScalar(random::nextBytes), group.generator()));
    }
    check(group, elements, scalars);
  }

  private static <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> void check(
      PrimeOrderGroup<E, S> group, List<E> elements, List<S> scalars) throws Exception {
    E identity = group.multiply(group.scalar(0), group.generator());
    assertTrue(group.isIdentity(identity));
    for (E a : elements) {
      assertTrue(group.equal(a, group.add(a, identity)));
      assertTrue(group.isIdentity(group.add(a, group.negate(a))));
      if (!group.isIdentity(a)) {
        assertTrue(group.equal(a, group.decode(a.encode())));
        assertEquals(a.encode(), group.decode(a.encode()).encode());
      }
      for (E b : elements) {
        assertTrue(group.equal(group.add(a, b), group.add(b, a)));
        assertEquals(a.encode().equals(b.encode()), group.equal(a, b));
      }
      for (long small = -25; small <= 25; small++) {
        assertTrue(
            group.equal(group.multiply(group.scalar(small), a), group.multiplyVarTime(small, a)));
      }
    }
    for (S x : scalars) {
      assertEquals(group.isZero(x), group.isIdentity(group.multiply(x, group.generator())));
      if (!group.isZero(x)) {
        S one = group.multiplyScalars(x, group.invert(x));
        assertTrue(group.encodeScalar(one).sameAs(group.encodeScalar(group.scalar(1))));
      }
      for (S y : scalars) {
        for (E a : elements) {
          E sum = group.multiply(group.addScalars(x, y), a);
          assertTrue(group.equal(sum, group.add(group.multiply(x, a), group.multiply(y, a))));
          E product = group.multiply(group.multiplyScalars(x, y), a);
          assertTrue(group.equal(product, group.multiply(x, group.multiply(y, a))));
        }
      }
    }
    assertFalse(group.isIdentity(group.generator()));
  }
}
