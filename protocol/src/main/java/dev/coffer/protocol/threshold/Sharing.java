package dev.coffer.protocol.threshold;

import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.PrimeOrderGroup;
import java.util.List;
import java.util.Map;

/**
 * Pseudorandom secret sharing (Cramer, Damgård, Ishai, TCC 2005) for n HSMs with threshold t = ⌊n/2⌋+1: for every set A of
 * n−t+1 HSMs there is one 32-octet key K_A; whoever holds the keys of all sets it belongs to computes its Shamir share of
 * k = Σ_A r_A for any nonce ν alone. Any t−1 HSMs miss one K_A. Immutable and thread-safe.
 */
public final class Sharing {
  private final int n;
  private final int t;

  private Sharing(int n, int t) {
    this.n = n;
    this.t = t;
  }

  /** The sharing among {@code n} = 3, 5 or 7 HSMs. */
  public static Sharing among(int n) {
    return new Sharing(n, n / 2 + 1);
  }

  public int n() {
    return n;
  }

  public int t() {
    return t;
  }

  /** Δ: 2, 24, 720 for n = 3, 5, 7. The effective OPRF key is Δ·k. */
  public long delta() {
    throw new UnsupportedOperationException();
  }

  /** All sets A in canonical (lexicographic) order, each a sorted list of 1-based indices: 3, 10, 35 sets. */
  public List<List<Integer>> subsets() {
    throw new UnsupportedOperationException();
  }

  /** Positions in {@link #subsets} of the sets that HSM {@code index} belongs to: 2, 6, 20 of them. */
  public List<Integer> subsetsOf(int index) {
    throw new UnsupportedOperationException();
  }

  /**
   * k_i for nonce ν: Σ_{A∋i} r_A·f_A(i), r_A = scalarFromUniform(HMAC-SHA512(K_A, label ‖ ν)).
   *
   * @param subsetKeys K_A by position in {@link #subsets}; exactly those of {@link #subsetsOf}(index)
   */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> S share(
      PrimeOrderGroup<E, S> group, int index, Map<Integer, SecretBytes> subsetKeys, Bytes nu) {
    throw new UnsupportedOperationException();
  }

  /** λ'_i = Δ·λ_i at 0 for the {@code indices} (exactly t distinct ones), in their order. */
  public long[] lagrange(List<Integer> indices) {
    throw new UnsupportedOperationException();
  }

  /** One HSM's answer. */
  public record Partial<E>(int index, E element) {}

  /** Σ λ'_i·partial_i = (Δ·k)·B from exactly t partials of distinct indices, unverified. */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> E combine(
      PrimeOrderGroup<E, S> group, List<Partial<E>> partials) {
    throw new UnsupportedOperationException();
  }

  /**
   * What a list of partials of one evaluation says. {@code agreeing} lists the indices on the one polynomial that the most
   * partials lie on; {@code result} is its combination; with fewer than t+1 agreeing partials nothing is confirmed.
   */
  public sealed interface Agreement<E> {
    /** At least t+1 partials lie on one polynomial of degree t−1: {@code agreeing} − t liars are excluded. */
    record Confirmed<E>(E result, List<Integer> agreeing, List<Integer> liars) implements Agreement<E> {}

    /** Exactly t partials, so nothing to check them against. */
    record Unconfirmed<E>(E result) implements Agreement<E> {}

    /** More than t partials and no t+1 agree, or two different sets of t+1 do; or fewer than t. */
    record Inconsistent<E>() implements Agreement<E> {}
  }

  /** Finds the largest consistent set of {@code partials} (distinct indices). */
  public <E extends PrimeOrderGroup.Element, S extends PrimeOrderGroup.Scalar> Agreement<E> agree(
      PrimeOrderGroup<E, S> group, List<Partial<E>> partials) {
    throw new UnsupportedOperationException();
  }
}
