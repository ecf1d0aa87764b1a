package dev.coffer.protocol.shared;

import static dev.coffer.protocol.shared.SharedVectors.fields;

import dev.coffer.protocol.crypto.Randomness;
import dev.coffer.protocol.crypto.SecretBytes;
import dev.coffer.protocol.group.Ristretto255;
import dev.coffer.protocol.group.RistrettoElement;
import dev.coffer.protocol.oprf.Oprf;
import dev.coffer.protocol.threshold.Sharing;
import dev.coffer.protocol.threshold.Sharing.Partial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Partial results of fleets of every size, honest and lying, and what a client makes of them. */
final class SharingVectors {
  private SharingVectors() {}

  static Map<String, Object> file(Randomness randomness) {
    List<Map<String, Object>> cases = new ArrayList<>();
    for (int n : new int[] {3, 5, 7}) {
      List<Partial<RistrettoElement>> honest = partials(n, randomness);
      int t = Sharing.among(n).t();
      for (int count = t - 1; count <= n; count++) {
        cases.add(of(n, count + " honest", honest.subList(n - count, n)));
      }
      for (int lies = 1; lies <= n - t; lies++) {
        cases.add(of(n, lies + " of all lie apart", lying(honest, lies, false)));
        cases.add(of(n, lies + " of all lie alike", lying(honest, lies, true)));
      }
      cases.add(of(n, "one of t+1 lies", lying(honest.subList(0, t + 1), 1, false)));
    }
    return fields(
        "what",
        "Partial results (index, element), which agreement they come to, and every candidate in"
            + " the order in which a code is tried on them.",
        "cases",
        cases);
  }

  private static List<Partial<RistrettoElement>> partials(int n, Randomness randomness) {
    Sharing sharing = Sharing.among(n);
    List<SecretBytes> keys = new ArrayList<>();
    sharing.subsets().forEach(subset -> keys.add(SecretBytes.random(randomness, 32)));
    RistrettoElement blinded = Ristretto255.GROUP.generator();
    List<Partial<RistrettoElement>> partials = new ArrayList<>();
    for (int index = 1; index <= n; index++) {
      Map<Integer, SecretBytes> own = new HashMap<>();
      sharing.subsetsOf(index).forEach(position -> own.put(position, keys.get(position)));
      partials.add(
          new Partial<>(
              index,
              Oprf.RISTRETTO255.evaluate(
                  sharing.share(Ristretto255.GROUP, index, own, randomness.bytes(0)), blinded)));
    }
    return partials;
  }

  private static List<Partial<RistrettoElement>> lying(
      List<Partial<RistrettoElement>> honest, int lies, boolean alike) {
    List<Partial<RistrettoElement>> changed = new ArrayList<>(honest);
    for (int i = 0; i < lies; i++) {
      Partial<RistrettoElement> one = honest.get(i);
      RistrettoElement lie = Ristretto255.GROUP.multiplyVarTime(alike ? 3 : 3 + i, one.element());
      changed.set(i, new Partial<>(one.index(), lie));
    }
    return changed;
  }

  private static Map<String, Object> of(
      int n, String name, List<Partial<RistrettoElement>> partials) {
    Sharing sharing = Sharing.among(n);
    Sharing.Agreement<RistrettoElement> agreement = sharing.agree(Ristretto255.GROUP, partials);
    Optional<RistrettoElement> result = Optional.empty();
    String kind = "inconsistent";
    if (agreement instanceof Sharing.Agreement.Confirmed<RistrettoElement> confirmed) {
      kind = "confirmed";
      result = Optional.of(confirmed.result());
    } else if (agreement instanceof Sharing.Agreement.Unconfirmed<RistrettoElement> unconfirmed) {
      kind = "unconfirmed";
      result = Optional.of(unconfirmed.result());
    }
    List<Map<String, Object>> candidates =
        sharing.candidates(Ristretto255.GROUP, partials).stream()
            .map(c -> fields("result", c.result().encode().hex(), "agreeing", c.agreeing()))
            .toList();
    return fields(
        "n", n,
        "name", name,
        "partials",
            partials.stream()
                .map(p -> fields("index", p.index(), "element", p.element().encode().hex()))
                .toList(),
        "agreement", kind,
        "result", result.map(e -> e.encode().hex()).orElse(""),
        "candidates", candidates);
  }
}
