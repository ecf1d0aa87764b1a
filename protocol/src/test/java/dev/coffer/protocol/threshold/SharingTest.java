package dev.coffer.protocol.threshold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.group.RistrettoScalar;
import dev.coffer.protocol.group.ToyGroup;
import dev.coffer.protocol.group.ToyGroup.ToyElement;
import dev.coffer.protocol.group.ToyGroup.ToyScalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shares and their combination: the sets, the polynomials, and what t−1 HSMs do not know. */
@Tag("long")
class SharingTest {
  private static final ToyGroup TOY = ToyGroup.GROUP;
  private static final Bytes NU = Bytes.fromHex("ab".repeat(32));

  /** For each toy scalar a key K_A whose r_A under NU it is. */
  private static List<SecretBytes> keysByScalar() {
    Map<Integer, SecretBytes> found = new HashMap<>();
    for (int i = 0; found.size() < ToyGroup.ORDER; i++) {
      byte[] octets = new byte[32];
      octets[0] = (byte) i;
      octets[1] = (byte) (i >> 8);
      SecretBytes key = SecretBytes.wrap(octets);
      found.putIfAbsent(Sharing.subsetScalar(TOY, key, NU).value(), key);
    }
    List<SecretBytes> keys = new ArrayList<>();
    for (int value = 0; value < ToyGroup.ORDER; value++) {
      keys.add(found.get(value));
    }
    return keys;
  }

  private static Map<Integer, SecretBytes> keysOf(
      Sharing sharing, int index, List<SecretBytes> all) {
    Map<Integer, SecretBytes> own = new HashMap<>();
    sharing.subsetsOf(index).forEach(position -> own.put(position, all.get(position)));
    return own;
  }

  private static int share(Sharing sharing, int index, List<SecretBytes> all) {
    return sharing.share(TOY, index, keysOf(sharing, index, all), NU).value();
  }

  @Test
  void thereAreAsManySetsAsTheDesignSays() {
    int[][] expected = {{3, 2, 3, 2, 2}, {5, 3, 10, 6, 24}, {7, 4, 35, 20, 720}};
    for (int[] e : expected) {
      Sharing sharing = Sharing.among(e[0]);
      assertEquals(e[1], sharing.t());
      assertEquals(e[2], sharing.subsets().size());
      assertEquals(e[2], new HashSet<>(sharing.subsets()).size());
      for (int index = 1; index <= e[0]; index++) {
        assertEquals(e[3], sharing.subsetsOf(index).size());
      }
      assertEquals(e[4], sharing.delta());
      sharing.subsets().forEach(set -> assertEquals(sharing.n() - sharing.t() + 1, set.size()));
    }
    assertEquals(List.of(1, 2, 3), Sharing.among(5).subsets().get(0));
    assertEquals(List.of(3, 4, 5), Sharing.among(5).subsets().get(9));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void anyFewerThanTMissASetEntirely(int n) {
    Sharing sharing = Sharing.among(n);
    for (List<Integer> coalition : Combinations.of(sharing.t() - 1, n)) {
      long missed =
          sharing.subsets().stream()
              .filter(set -> set.stream().noneMatch(coalition::contains))
              .count();
      assertEquals(1, missed, "exactly one K_A is out of their reach");
    }
    for (List<Integer> majority : Combinations.of(sharing.t(), n)) {
      assertTrue(
          sharing.subsets().stream().allMatch(set -> set.stream().anyMatch(majority::contains)));
    }
  }

  /**
   * n = 3 with all 11³ assignments; for 5 and 7 one set at a time (shares are linear in the r_A)
   * and many mixtures.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void everyTSharesCombineToDeltaTimesTheSum(int n) {
    Sharing sharing = Sharing.among(n);
    for (int[] values : assignments(sharing)) {
      List<SecretBytes> keys = keysFor(values);
      int k = Arrays.stream(values).sum() % ToyGroup.ORDER;
      ToyElement expected = TOY.multiplyVarTime(sharing.delta() * k, TOY.generator());
      List<Sharing.Partial<ToyElement>> partials = partials(sharing, keys);
      for (List<Integer> choice : Combinations.of(sharing.t(), n)) {
        List<Sharing.Partial<ToyElement>> chosen =
            choice.stream().map(i -> partials.get(i - 1)).toList();
        assertTrue(TOY.equal(expected, sharing.combine(TOY, chosen)));
      }
    }
  }

  private static List<Sharing.Partial<ToyElement>> partials(
      Sharing sharing, List<SecretBytes> keys) {
    List<Sharing.Partial<ToyElement>> partials = new ArrayList<>();
    for (int index = 1; index <= sharing.n(); index++) {
      ToyScalar share = sharing.share(TOY, index, keysOf(sharing, index, keys), NU);
      partials.add(new Sharing.Partial<>(index, TOY.multiply(share, TOY.generator())));
    }
    return partials;
  }

  private static List<SecretBytes> keysFor(int[] values) {
    List<SecretBytes> byScalar = keysByScalar();
    return Arrays.stream(values).mapToObj(byScalar::get).toList();
  }

  private static List<int[]> assignments(Sharing sharing) {
    List<int[]> all = new ArrayList<>();
    int sets = sharing.subsets().size();
    if (sharing.n() == 3) {
      for (int code = 0; code < 11 * 11 * 11; code++) {
        all.add(new int[] {code % 11, code / 11 % 11, code / 121});
      }
      return all;
    }
    for (int set = 0; set < sets; set++) {
      int[] one = new int[sets];
      one[set] = 1;
      all.add(one);
    }
    Random random = new Random(sharing.n());
    for (int i = 0; i < 60; i++) {
      all.add(random.ints(sets, 0, ToyGroup.ORDER).toArray());
    }
    return all;
  }

  /**
   * What t−1 HSMs hold is the same for every value of the one r_A they miss, and k takes every
   * value with it.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void coalitionsBelowTLearnNothing(int n) {
    Sharing sharing = Sharing.among(n);
    int[] values = new Random(17).ints(sharing.subsets().size(), 0, ToyGroup.ORDER).toArray();
    for (List<Integer> coalition : Combinations.of(sharing.t() - 1, n)) {
      int missed = 0;
      while (sharing.subsets().get(missed).stream().anyMatch(coalition::contains)) {
        missed++;
      }
      Set<List<Integer>> views = new HashSet<>();
      Set<Integer> secrets = new HashSet<>();
      for (int guess = 0; guess < ToyGroup.ORDER; guess++) {
        values[missed] = guess;
        List<SecretBytes> keys = keysFor(values);
        views.add(coalition.stream().map(index -> share(sharing, index, keys)).toList());
        secrets.add(Arrays.stream(values).sum() % ToyGroup.ORDER);
      }
      assertEquals(1, views.size());
      assertEquals(ToyGroup.ORDER, secrets.size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void worksOverRistretto255(int n) {
    Ristretto255 group = Ristretto255.GROUP;
    Sharing sharing = Sharing.among(n);
    Random random = new Random(n);
    List<SecretBytes> keys = new ArrayList<>();
    RistrettoScalar k = group.scalar(0);
    for (int i = 0; i < sharing.subsets().size(); i++) {
      SecretBytes key = SecretBytes.random(random::nextBytes, 32);
      keys.add(key);
      k = group.addScalars(k, Sharing.subsetScalar(group, key, NU));
    }
    RistrettoElement b = group.multiply(group.randomScalar(random::nextBytes), group.generator());
    RistrettoElement expected =
        group.multiply(group.multiplyScalars(group.scalar(sharing.delta()), k), b);
    List<Sharing.Partial<RistrettoElement>> partials = new ArrayList<>();
    for (int index = 1; index <= n; index++) {
      RistrettoScalar share = sharing.share(group, index, keysOf(sharing, index, keys), NU);
      partials.add(new Sharing.Partial<>(index, group.multiply(share, b)));
    }
    for (List<Integer> choice : Combinations.of(sharing.t(), n)) {
      List<Sharing.Partial<RistrettoElement>> chosen =
          choice.stream().map(i -> partials.get(i - 1)).toList();
      assertTrue(group.equal(expected, sharing.combine(group, chosen)));
    }
    Sharing.Agreement.Confirmed<RistrettoElement> confirmed =
        (Sharing.Agreement.Confirmed<RistrettoElement>) sharing.agree(group, partials);
    assertTrue(group.equal(expected, confirmed.result()));
    assertEquals(n, confirmed.agreeing().size());
  }

  @Test
  void anotherNonceGivesAnotherShare() {
    Sharing sharing = Sharing.among(3);
    Ristretto255 group = Ristretto255.GROUP;
    Map<Integer, SecretBytes> keys = new HashMap<>();
    sharing.subsetsOf(1).forEach(position -> keys.put(position, SecretBytes.wrap(new byte[32])));
    SecretBytes one = group.encodeScalar(sharing.share(group, 1, keys, NU));
    SecretBytes other = group.encodeScalar(sharing.share(group, 1, keys, Bytes.zeros(32)));
    assertTrue(!one.sameAs(other));
    assertTrue(one.sameAs(group.encodeScalar(sharing.share(group, 1, keys, NU))));
  }

  @Test
  void lagrangeCoefficientsInterpolateEveryPolynomialOfItsDegree() {
    for (int n : new int[] {3, 5, 7}) {
      Sharing sharing = Sharing.among(n);
      for (List<Integer> indices : Combinations.of(sharing.t(), n)) {
        for (int x = 0; x <= n; x++) {
          long[] coefficients = sharing.lagrangeAt(x, indices);
          for (int degree = 0; degree < sharing.t(); degree++) {
            long sum = 0;
            for (int i = 0; i < coefficients.length; i++) {
              sum += coefficients[i] * (long) Math.pow(indices.get(i), degree);
            }
            assertEquals(sharing.delta() * (long) Math.pow(x, degree), sum);
          }
        }
      }
    }
  }

  @Test
  void misuseIsABrokenInvariant() {
    Sharing sharing = Sharing.among(3);
    for (int n : new int[] {-1, 0, 1, 2, 4, 6, 8, 9}) {
      assertThrows(Invariant.Broken.class, () -> Sharing.among(n));
    }
    for (int index : new int[] {-1, 0, 4}) {
      assertThrows(Invariant.Broken.class, () -> sharing.subsetsOf(index));
    }
    Map<Integer, SecretBytes> tooFew = Map.of(0, SecretBytes.wrap(new byte[32]));
    assertThrows(Invariant.Broken.class, () -> sharing.share(TOY, 1, tooFew, NU));
    for (List<Integer> wrong :
        List.of(List.of(1), List.of(1, 1), List.of(1, 2, 3), List.of(0, 1), List.of(1, 4))) {
      assertThrows(Invariant.Broken.class, () -> sharing.lagrange(wrong));
    }
  }
}
