package dev.coffer.analysis.search;

import dev.coffer.hsm.seal.Member;
import dev.coffer.protocol.codec.Bytes;
import dev.coffer.protocol.codec.CanonicalWriter;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.threshold.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * INV-3 on the keys that the founded HSMs really hold: whichever t−1 of them are corrupted, one K_A
 * stands nowhere in what they give away, and of the live registration's key they compute no part
 * but their own shares. The scheme's own proof says that this is enough.
 */
final class SharingRules {
  private final FoundedWorld world;
  private final Sharing sharing;

  SharingRules(FoundedWorld world, int n) {
    this.world = world;
    this.sharing = Sharing.among(n);
  }

  void check() {
    for (int number = 0; number < sharing.subsets().size(); number++) {
      keptFromOthers(number);
    }
    differing();
    degree();
  }

  /** K_A of set number {@code number}: those outside of A are t−1, and do not hold it. */
  private void keptFromOthers(int number) {
    List<Integer> insiders = sharing.subsets().get(number);
    Bytes key = key(insiders.getFirst(), number);
    for (int index = 1; index <= sharing.n(); index++) {
      if (insiders.contains(index)) {
        BrokenPromise.unless(
            key.equals(key(index, number)), "INV-3", "holders of one set hold different keys");
      } else {
        BrokenPromise.unless(
            !everything(world.member(index)).contains(key.hex()),
            "INV-3",
            "HSM " + index + " holds the key of a set that it does not belong to");
      }
    }
  }

  private Bytes key(int index, int number) {
    SecretBytes key = Objects.requireNonNull(HsmMemory.subsetKeys(world.member(index)).get(number));
    return Bytes.wrap(key.copy());
  }

  private static String everything(Member member) {
    CanonicalWriter out = new CanonicalWriter();
    member.keys().write(out);
    return out.toBytes().hex();
  }

  /** No two sets share a key: else fewer than t HSMs would hold all of them between them. */
  private void differing() {
    List<Bytes> keys = new ArrayList<>();
    for (int number = 0; number < sharing.subsets().size(); number++) {
      keys.add(key(sharing.subsets().get(number).getFirst(), number));
    }
    BrokenPromise.unless(
        keys.stream().distinct().count() == keys.size(), "INV-3", "two sets have one key");
  }

  /**
   * The shares of the live registration lie on a polynomial of degree t−1 exactly: the difference
   * of order t−1 over the first t of them is not 0, as it would be for any lower degree, where
   * fewer HSMs than t could put the key together.
   */
  private void degree() {
    Bytes nonce = Records.of(world, world.base()).liveNonce().orElseThrow();
    RistrettoElement sum = partial(1, nonce);
    long choose = 1;
    for (int j = 1; j < sharing.t(); j++) {
      choose = choose * (sharing.t() - j) / j;
      long coefficient = j % 2 == 0 ? choose : -choose;
      RistrettoElement scaled =
          Ristretto255.GROUP.multiplyVarTime(coefficient, partial(j + 1, nonce));
      sum = Ristretto255.GROUP.add(sum, scaled);
    }
    BrokenPromise.unless(
        !Ristretto255.GROUP.isIdentity(sum), "INV-3", "fewer than t shares make the key");
  }

  private RistrettoElement partial(int index, Bytes nonce) {
    return Ristretto255.GROUP.multiply(
        world.member(index).keys().share(sharing.n(), index, nonce),
        Ristretto255.GROUP.generator());
  }
}
