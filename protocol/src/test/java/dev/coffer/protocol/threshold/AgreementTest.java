package dev.coffer.protocol.threshold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.group.ToyGroup;
import dev.coffer.protocol.group.ToyGroup.ToyElement;
import dev.coffer.protocol.threshold.Sharing.Agreement;
import dev.coffer.protocol.threshold.Sharing.Candidate;
import dev.coffer.protocol.threshold.Sharing.Partial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Liars, exhaustively over the toy group: which HSMs lie and by which of the ten possible
 * differences each. Honest partials lie on a polynomial that does not matter, as lying means adding
 * to it.
 */
@Tag("long")
class AgreementTest {
  private static final ToyGroup TOY = ToyGroup.GROUP;

  /** Exponents of honest partials: some polynomial of degree t−1 at the index. */
  private static int honest(Sharing sharing, int index) {
    int value = 0;
    for (int degree = sharing.t() - 1; degree >= 0; degree--) {
      value = (value * index + degree + 4) % ToyGroup.ORDER;
    }
    return value;
  }

  private static ToyElement expected(Sharing sharing) {
    return TOY.multiplyVarTime(sharing.delta() * honest(sharing, 0), TOY.generator());
  }

  /** Partials of {@code indices}; position i lies by {@code offsets[i]}. */
  private static List<Partial<ToyElement>> partials(
      Sharing sharing, List<Integer> indices, int[] offsets) {
    List<Partial<ToyElement>> partials = new ArrayList<>();
    for (int i = 0; i < indices.size(); i++) {
      int index = indices.get(i);
      partials.add(
          new Partial<>(
              index, TOY.multiplyVarTime(honest(sharing, index) + offsets[i], TOY.generator())));
    }
    return partials;
  }

  private interface Check {
    void run(List<Integer> indices, List<Integer> liars, Agreement<ToyElement> agreement);
  }

  /**
   * Every choice of m answering HSMs, of {@code count} liars among them, and of what each liar
   * adds.
   */
  private static void forEveryLie(Sharing sharing, int m, int count, Check check) {
    forEveryLie(
        sharing,
        m,
        count,
        (indices, offsets) -> {
          List<Integer> liars =
              IntStream.range(0, m).filter(i -> offsets[i] != 0).mapToObj(indices::get).toList();
          check.run(indices, liars, sharing.agree(TOY, partials(sharing, indices, offsets)));
        });
  }

  private static void forEveryLie(
      Sharing sharing, int m, int count, BiConsumer<List<Integer>, int[]> check) {
    for (List<Integer> indices : Combinations.of(m, sharing.n())) {
      for (List<Integer> lying :
          count == 0 ? List.of(List.<Integer>of()) : Combinations.of(count, m)) {
        int[] offsets = new int[m];
        lying.forEach(position -> offsets[position - 1] = 1);
        do {
          check.accept(indices, offsets);
        } while (next(offsets));
      }
    }
  }

  /** Counts the non-zero offsets from 1 to 10 each; false after the last. */
  private static boolean next(int[] offsets) {
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] == 0) {
        continue;
      }
      if (offsets[i] < ToyGroup.ORDER - 1) {
        offsets[i]++;
        return true;
      }
      offsets[i] = 1;
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 7})
  void honestPartialsAreConfirmedFromTPlusOneOn(int n) {
    Sharing sharing = Sharing.among(n);
    for (int m = 0; m <= n; m++) {
      int count = m;
      if (m == 0) {
        assertInstanceOf(Agreement.Inconsistent.class, sharing.agree(TOY, List.of()));
        continue;
      }
      forEveryLie(
          sharing,
          m,
          0,
          (indices, liars, agreement) -> {
            if (count < sharing.t()) {
              assertInstanceOf(Agreement.Inconsistent.class, agreement);
            } else if (count == sharing.t()) {
              assertTrue(
                  TOY.equal(
                      expected(sharing), ((Agreement.Unconfirmed<ToyElement>) agreement).result()));
            } else {
              assertConfirmed(sharing, indices, liars, agreement);
            }
          });
    }
  }

  private static void assertConfirmed(
      Sharing sharing,
      List<Integer> indices,
      List<Integer> liars,
      Agreement<ToyElement> agreement) {
    Agreement.Confirmed<ToyElement> confirmed = (Agreement.Confirmed<ToyElement>) agreement;
    assertTrue(TOY.equal(expected(sharing), confirmed.result()));
    assertEquals(liars, confirmed.liars());
    assertEquals(
        indices.stream().filter(index -> !liars.contains(index)).toList(), confirmed.agreeing());
  }

  /** ⌊(m−t)/2⌋ liars are corrected and named. */
  @ParameterizedTest
  @CsvSource({"5, 5, 1", "7, 6, 1", "7, 7, 1"})
  void liarsAreCorrected(int n, int m, int count) {
    Sharing sharing = Sharing.among(n);
    forEveryLie(
        sharing,
        m,
        count,
        (indices, liars, agreement) -> assertConfirmed(sharing, indices, liars, agreement));
  }

  /**
   * Up to m−t liars are detected: never do all m partials agree. And what is confirmed is wrong
   * only if there are at least (agreeing − t) + 1 liars among the agreeing: "t+c exclude c".
   */
  @ParameterizedTest
  @CsvSource({"3, 3, 1", "5, 4, 1", "5, 5, 2", "7, 5, 1", "7, 6, 2", "7, 7, 2"})
  void liarsAreDetected(int n, int m, int count) {
    Sharing sharing = Sharing.among(n);
    forEveryLie(
        sharing,
        m,
        count,
        (indices, liars, agreement) -> {
          if (agreement instanceof Agreement.Confirmed<ToyElement> confirmed) {
            assertTrue(confirmed.agreeing().size() < m, "a lie went unnoticed");
            long lying = confirmed.agreeing().stream().filter(liars::contains).count();
            boolean right = TOY.equal(expected(sharing), confirmed.result());
            assertTrue(right || lying > confirmed.agreeing().size() - sharing.t());
          } else {
            assertInstanceOf(Agreement.Inconsistent.class, agreement);
          }
        });
  }

  /** With one liar too many to correct, a single one among t+1, nobody can say who it is. */
  @ParameterizedTest
  @CsvSource({"3, 3", "5, 4", "7, 5"})
  void oneLiarAmongTPlusOneIsInconsistent(int n, int m) {
    Sharing sharing = Sharing.among(n);
    forEveryLie(
        sharing,
        m,
        1,
        (indices, liars, agreement) -> assertInstanceOf(Agreement.Inconsistent.class, agreement));
  }

  /**
   * Two colluding liars of seven can draw three honest partials onto a second polynomial: five
   * stand against five.
   */
  @Test
  void twoSetsOfEqualWeightAreInconsistent() {
    Sharing sharing = Sharing.among(7);
    List<Integer> all = List.of(1, 2, 3, 4, 5, 6, 7);
    int[] offsets = new int[7];
    for (int liar : new int[] {6, 7}) {
      offsets[liar - 1] = Math.floorMod((liar - 1) * (liar - 2) * (liar - 3), ToyGroup.ORDER);
      assertFalse(offsets[liar - 1] == 0);
    }
    assertInstanceOf(
        Agreement.Inconsistent.class, sharing.agree(TOY, partials(sharing, all, offsets)));
  }

  /**
   * With t honest partials the right result is a candidate, under the name of exactly those that
   * lie on its polynomial; candidates are distinct, and the best supported stand first.
   */
  @ParameterizedTest
  @CsvSource({
    "3, 2, 0, 1",
    "3, 3, 1, 3",
    "5, 4, 1, 4",
    "5, 5, 2, 10",
    "7, 5, 1, 5",
    "7, 6, 2, 15",
    "7, 7, 2, 35"
  })
  void theRightResultIsAmongTheCandidates(int n, int m, int count, int most) {
    Sharing sharing = Sharing.among(n);
    forEveryLie(
        sharing,
        m,
        count,
        (indices, offsets) -> {
          List<Candidate<ToyElement>> candidates =
              sharing.candidates(TOY, partials(sharing, indices, offsets));
          assertTrue(candidates.size() <= most);
          List<Integer> honest = new ArrayList<>(indices);
          for (int i = 0; i < m; i++) {
            if (offsets[i] != 0) {
              honest.remove(indices.get(i));
            }
          }
          Candidate<ToyElement> right =
              candidates.stream()
                  .filter(c -> c.agreeing().equals(honest))
                  .findFirst()
                  .orElseThrow();
          assertTrue(TOY.equal(expected(sharing), right.result()));
          assertEquals(
              candidates.size(), candidates.stream().map(Candidate::agreeing).distinct().count());
          for (int i = 1; i < candidates.size(); i++) {
            assertTrue(
                candidates.get(i - 1).agreeing().size() >= candidates.get(i).agreeing().size());
          }
        });
  }

  @Test
  void fewerThanTheThresholdHaveNoCandidates() {
    Sharing sharing = Sharing.among(5);
    assertEquals(
        List.of(), sharing.candidates(TOY, partials(sharing, List.of(1, 5), new int[] {0, 0})));
  }

  @Test
  void theOrderOfPartialsDoesNotMatter() {
    Sharing sharing = Sharing.among(5);
    List<Partial<ToyElement>> partials =
        partials(sharing, List.of(5, 2, 4, 1, 3), new int[] {0, 7, 0, 0, 0});
    Agreement.Confirmed<ToyElement> confirmed =
        (Agreement.Confirmed<ToyElement>) sharing.agree(TOY, partials);
    assertEquals(List.of(2), confirmed.liars());
    assertEquals(List.of(1, 3, 4, 5), confirmed.agreeing());
    assertTrue(TOY.equal(expected(sharing), confirmed.result()));
  }

  /** An HSM that counted twice would give one liar two votes. */
  @Test
  void oneIndexTwiceIsABrokenInvariant() {
    Sharing sharing = Sharing.among(3);
    ToyElement g = TOY.generator();
    List<Partial<ToyElement>> twice =
        List.of(new Partial<>(1, g), new Partial<>(1, g), new Partial<>(2, g));
    assertThrows(Invariant.Broken.class, () -> sharing.agree(TOY, twice));
    List<Partial<ToyElement>> outside =
        List.of(new Partial<>(1, g), new Partial<>(4, g), new Partial<>(2, g));
    assertThrows(Invariant.Broken.class, () -> sharing.agree(TOY, outside));
  }
}
