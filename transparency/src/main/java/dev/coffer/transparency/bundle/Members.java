package dev.coffer.transparency.bundle;

import dev.coffer.protocol.fleet.Fleet;
import java.util.ArrayList;
import java.util.List;

/**
 * A fleet's frozen settings and its HSMs as a bundle lists them.
 *
 * @param n HSMs: 3, 5 or 7
 * @param t threshold, ⌊n/2⌋+1
 * @param q capture quorum, t to n
 * @param limit the largest guess limit, 1 to 10
 * @param partitions 1 to 1,024
 * @param hsms HSM i stands at i−1
 */
public record Members(int n, int t, int q, int limit, int partitions, List<ListedHsm> hsms) {
  public Members {
    hsms = List.copyOf(hsms);
  }

  /**
   * How a bundle lists {@code fleet}.
   *
   * @param sites one word an HSM
   */
  public static Members of(Fleet fleet, List<String> sites) {
    List<ListedHsm> hsms = new ArrayList<>();
    for (int i = 0; i < fleet.hsms().size(); i++) {
      hsms.add(ListedHsm.of(fleet.hsms().get(i), sites.get(i)));
    }
    return new Members(
        fleet.settings().n(),
        fleet.settings().t(),
        fleet.settings().q(),
        fleet.settings().guessLimitMax(),
        fleet.settings().partitions(),
        hsms);
  }

  /** Whether these lines describe {@code fleet}: every setting and every key. */
  public boolean describes(Fleet fleet) {
    return hsms.size() == fleet.hsms().size()
        && equals(of(fleet, hsms.stream().map(ListedHsm::site).toList()));
  }

  /** Whether any HSM says that it protects nothing against its host. */
  public boolean simulated() {
    return hsms.stream().anyMatch(hsm -> hsm.model().contains("SIMULATED"));
  }
}
