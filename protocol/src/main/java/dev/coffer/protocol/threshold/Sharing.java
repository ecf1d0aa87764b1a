package dev.coffer.protocol.threshold;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.Invariant;
import dev.coffer.protocol.codec.Label;
import dev.coffer.protocol.crypto.Hashes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.PrimeOrderGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Pseudorandom secret sharing (Cramer, Damgård, Ishai, TCC 2005) for n HSMs with threshold t =
 * ⌊n/2⌋+1: for every set A of n−t+1 HSMs there is one 32-octet key K_A; whoever holds the keys of
 * all sets it belongs to computes its Shamir share of k = Σ_A r_A for any nonce ν alone. Any t−1
 * HSMs miss one K_A. Immutable and thread-safe.
 *
 * <p><b>Security guarantees:</b> fewer than t shares say nothing about k. <b>Not guaranteed:</b>
 * what t colluding holders do; and with exactly t partial results, none of which can be checked
 * against another, that the combination is right.
 */
public final class Sharing {
  private static final List<Sharing> ALL = List.of(new Sharing(3), new Sharing(5), new Sharing(7));

  private final int n;
  private final int t;
  private final long delta;
  private final List<List<Integer>> subsets;
  private final List<List<Integer>> subsetsByIndex;

  /**
   * f_A(index) for each of an index's subsets; a handful of public numbers whose inverses are worth
   * keeping.
   */
  private final Map<Holder, List<? extends PrimeOrderGroup.Scalar>> coefficients =
      new ConcurrentHashMap<>();

  private record Holder(PrimeOrderGroup<?, ?> group, int index) {}

  private Sharing(int n) {
    this.n = n;
    this.t = n / 2 + 1;
    this.delta = factorial(n - 1);
    this.subsets = Combinations.of(n - t + 1, n);
    this.subsetsByIndex = IntStream.rangeClosed(1, n).mapToObj(this::positionsOf).toList();
  }

  /** The sharing among {@code n} = 3, 5 or 7 HSMs. */
  public static Sharing among(int n) {
    Invariant.check(n == 3 || n == 5 || n == 7, "a fleet has 3, 5 or 7 HSMs");
    return ALL.get((n - 3) / 2);
  }

  /** HSMs in all. */
  public int n() {
    return n;
  }

  /** Partial results that determine the whole. */
  public int t() {
    return t;
  }

  /** Δ: 2, 24, 720 for n = 3, 5, 7, that is (n−1)!. The effective OPRF key is Δ·k. */
  public long delta() {
    return delta;
  }

  /**
   * All sets A in canonical (lexicographic) order, each a sorted list of 1-based indices: 3, 10, 35
   * sets.
   */
  public List<List<Integer>> subsets() {
    return subsets;
  }

  /**
   * Positions in {@link #subsets} of the sets that HSM {@code index} belongs to: 2, 6, 20 of them.
   */
  public List<Integer> subsetsOf(int index) {
    return subsetsByIndex.get(checkIndex(index) - 1);
  }

  private List<Integer> positionsOf(int index) {
    return IntStream.range(0, subsets.size())
        .filter(position -> subsets.get(position).contains(index))
        .boxed()
        .toList();
  }

  /**
   * k_i for nonce ν: Σ_{A∋i} r_A·f_A(i), r_A = scalarFromUniform(HMAC-SHA512(K_A, label ‖ ν)). f_A
   * has degree t−1, f_A(0) = 1 and f_A(j) = 0 for every j outside A.
   *
   * @param subsetKeys K_A by position in {@link #subsets}; exactly those of {@link
   *     #subsetsOf}(index)
   */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> S share(
      PrimeOrderGroup<E, S> group, int index, Map<Integer, SecretBytes> subsetKeys, Bytes nu) {
    List<Integer> positions = subsetsOf(index);
    Invariant.check(
        subsetKeys.keySet().equals(Set.copyOf(positions)),
        "an HSM holds exactly the keys of its own sets");
    List<S> factors = coefficients(group, index, positions);
    S sum = group.scalar(0);
    for (int i = 0; i < positions.size(); i++) {
      S term = subsetScalar(group, Objects.requireNonNull(subsetKeys.get(positions.get(i))), nu);
      S product = group.multiplyScalars(term, factors.get(i));
      S next = group.addScalars(sum, product);
      term.destroy();
      product.destroy();
      sum.destroy();
      sum = next;
    }
    return sum;
  }

  /** r_A. */
  static <S extends PrimeOrderGroup.Scalar> S subsetScalar(
      PrimeOrderGroup<?, S> group, SecretBytes subsetKey, Bytes nu) {
    try (SecretBytes uniform =
        Hashes.hmacSha512(subsetKey, Label.SUBSET_SCALAR.tuple().field(nu))) {
      return group.scalarFromUniform(uniform);
    }
  }

  @SuppressWarnings("unchecked") // The list stored for a group was made by that group.
  private <S extends PrimeOrderGroup.Scalar> List<S> coefficients(
      PrimeOrderGroup<?, S> group, int index, List<Integer> positions) {
    return (List<S>)
        coefficients.computeIfAbsent(
            new Holder(group, index),
            holder ->
                positions.stream()
                    .map(position -> coefficient(group, subsets.get(position), index))
                    .toList());
  }

  /** f_A(index) = Π_{j∉A} (j − index)/j. */
  private <S extends PrimeOrderGroup.Scalar> S coefficient(
      PrimeOrderGroup<?, S> group, List<Integer> subset, int index) {
    long numerator = 1;
    long denominator = 1;
    for (int j = 1; j <= n; j++) {
      if (!subset.contains(j)) {
        numerator *= j - index;
        denominator *= j;
      }
    }
    return group.multiplyScalars(group.scalar(numerator), group.invert(group.scalar(denominator)));
  }

  /** λ'_i = Δ·λ_i at 0 for the {@code indices} (exactly t distinct ones), in their order. */
  public long[] lagrange(List<Integer> indices) {
    return lagrangeAt(0, indices);
  }

  /**
   * Δ·λ_i(x). The denominator Π (i−j) divides (i−1)!·(n−i)!, which divides (n−1)! = Δ, so these are
   * integers at every integer x, and small: multiplying by them takes a dozen additions instead of
   * a scalar multiplication.
   */
  long[] lagrangeAt(int x, List<Integer> indices) {
    Invariant.check(
        indices.size() == t && new HashSet<>(indices).size() == t,
        "interpolation takes t distinct indices");
    long[] coefficients = new long[t];
    for (int position = 0; position < t; position++) {
      int i = checkIndex(indices.get(position));
      long numerator = delta;
      long denominator = 1;
      for (int j : indices) {
        if (j != i) {
          numerator *= x - j;
          denominator *= i - j;
        }
      }
      Invariant.check(numerator % denominator == 0, "scaled Lagrange coefficients are integers");
      coefficients[position] = numerator / denominator;
    }
    return coefficients;
  }

  /** One HSM's answer. */
  public record Partial<E>(int index, E element) {}

  /** Σ λ'_i·partial_i = (Δ·k)·B from exactly t partials of distinct indices, unverified. */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> E combine(
      PrimeOrderGroup<E, S> group, List<Partial<E>> partials) {
    return interpolate(group, 0, partials);
  }

  private <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> E interpolate(
      PrimeOrderGroup<E, S> group, int x, List<Partial<E>> partials) {
    long[] coefficients = lagrangeAt(x, partials.stream().map(Partial::index).toList());
    E sum = group.multiplyVarTime(coefficients[0], partials.get(0).element());
    for (int i = 1; i < coefficients.length; i++) {
      sum = group.add(sum, group.multiplyVarTime(coefficients[i], partials.get(i).element()));
    }
    return sum;
  }

  /**
   * What a list of partials of one evaluation says. {@code agreeing} lists the indices on the one
   * polynomial that the most partials lie on; {@code result} is its combination; with fewer than
   * t+1 agreeing partials nothing is confirmed.
   */
  public sealed interface Agreement<E> {
    /**
     * At least t+1 partials lie on one polynomial of degree t−1: {@code agreeing} − t liars are
     * excluded.
     */
    record Confirmed<E>(E result, List<Integer> agreeing, List<Integer> liars)
        implements Agreement<E> {}

    /** Exactly t partials, so nothing to check them against. */
    record Unconfirmed<E>(E result) implements Agreement<E> {}

    /** More than t partials and no t+1 agree, or two different sets of t+1 do; or fewer than t. */
    record Inconsistent<E>() implements Agreement<E> {}
  }

  /**
   * Finds the largest consistent set of {@code partials} (distinct indices). Variable time in who
   * lied, which is public; the usual case, all honest, costs m−t interpolations.
   */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> Agreement<E> agree(
      PrimeOrderGroup<E, S> group, List<Partial<E>> partials) {
    Set<Integer> indices = new HashSet<>();
    partials.forEach(partial -> indices.add(checkIndex(partial.index())));
    Invariant.check(indices.size() == partials.size(), "one partial an HSM");
    if (partials.size() < t) {
      return new Agreement.Inconsistent<>();
    }
    if (partials.size() == t) {
      return new Agreement.Unconfirmed<>(combine(group, partials));
    }
    List<Partial<E>> found = List.of();
    for (List<Integer> choice : Combinations.of(t, partials.size())) {
      List<Partial<E>> base = choice.stream().map(position -> partials.get(position - 1)).toList();
      List<Partial<E>> agreeing = onPolynomialThrough(group, base, partials);
      if (agreeing.size() == partials.size()) {
        return confirmed(group, agreeing, partials);
      }
      // Two polynomials that t+1 partials each lie on: whom to believe would be a guess, so nobody
      // is.
      if (agreeing.size() > t && !found.isEmpty() && !agreeing.equals(found)) {
        return new Agreement.Inconsistent<>();
      }
      found = agreeing.size() > t ? agreeing : found;
    }
    return found.isEmpty() ? new Agreement.Inconsistent<>() : confirmed(group, found, partials);
  }

  /** What some t partials combine to, and the indices of all partials on that polynomial. */
  public record Candidate<E>(E result, List<Integer> agreeing) {}

  /**
   * Everything that t of the {@code partials} combine to: at most C(m, t) candidates, each once,
   * those that more partials agree on first. For partials that {@link #agree} calls inconsistent:
   * with at least t honest ones the right result is among them, and only what it opens can show
   * which it is. Empty below t.
   */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar>
      List<Candidate<E>> candidates(PrimeOrderGroup<E, S> group, List<Partial<E>> partials) {
    Map<List<Integer>, Candidate<E>> found = new LinkedHashMap<>();
    for (List<Integer> choice : Combinations.of(t, partials.size())) {
      List<Partial<E>> base = choice.stream().map(position -> partials.get(position - 1)).toList();
      List<Integer> agreeing =
          onPolynomialThrough(group, base, partials).stream().map(Partial::index).sorted().toList();
      found.computeIfAbsent(agreeing, same -> new Candidate<>(combine(group, base), same));
    }
    return found.values().stream()
        .sorted(Comparator.comparingInt(candidate -> -candidate.agreeing().size()))
        .toList();
  }

  private <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar>
      List<Partial<E>> onPolynomialThrough(
          PrimeOrderGroup<E, S> group, List<Partial<E>> base, List<Partial<E>> partials) {
    List<Partial<E>> agreeing = new ArrayList<>();
    for (Partial<E> partial : partials) {
      if (base.contains(partial)
          || group.equal(
              group.multiplyVarTime(delta, partial.element()),
              interpolate(group, partial.index(), base))) {
        agreeing.add(partial);
      }
    }
    return agreeing;
  }

  private <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar>
      Agreement<E> confirmed(
          PrimeOrderGroup<E, S> group, List<Partial<E>> agreeing, List<Partial<E>> partials) {
    List<Integer> honest = agreeing.stream().map(Partial::index).sorted().toList();
    List<Integer> liars =
        partials.stream()
            .map(Partial::index)
            .filter(index -> !honest.contains(index))
            .sorted()
            .toList();
    return new Agreement.Confirmed<>(combine(group, agreeing.subList(0, t)), honest, liars);
  }

  private int checkIndex(int index) {
    Invariant.check(index >= 1 && index <= n, "an HSM's index lies between 1 and n");
    return index;
  }

  private static long factorial(int of) {
    return of <= 1 ? 1 : of * factorial(of - 1);
  }
}
